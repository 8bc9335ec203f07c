// Decisions that take the place of others, and whom that concerns.
#include <algorithm>
#include <utility>

#include "verifier/internal/history.h"
#include "verifier/internal/history_step.h"

namespace proviso::verifier {
namespace {

tl::unexpected<Error> Bad(std::string what) { return Fail(ErrorCode::kDataLoss, std::move(what)); }

}  // namespace

// What a decision is to take the place of: decisions that were in force then. Only one that
// restricts does so.
Status History::NoteSupersedes(const Step& step, Decision& decision) {
  const std::vector<std::string> ids = PROVISO_TRY(step.data.StringsAt("supersedes"));
  if (decision.lift && !ids.empty()) return Bad("expected a lift to supersede nothing");
  for (const std::string& id : ids) {
    const auto superseded = decisions_.find(id);
    if (superseded == decisions_.end() || !superseded->second.InForce()) {
      return Bad("expected a decision in force to supersede, found `" + id + "`");
    }
  }
  decision.supersedes = ids;
  return CheckSupersedes(step, decision);
}

// Each entry about its plan and its adoption names the same decisions, and nobody makes it who
// declared a conflict in the case of one of them.
Status History::CheckSupersedes(const Step& step, const Decision& decision) const {
  if (step.type != "decision.signed") {
    const std::vector<std::string> said = PROVISO_TRY(step.data.StringsAt("supersedes"));
    if (said != decision.supersedes) {
      return Bad("expected it to supersede what was proposed, found other decisions");
    }
  }
  for (const std::string& id : decision.supersedes) {
    CasePeople::Deed deed = step;
    deed.case_id = decisions_.find(id)->second.case_id;
    PROVISO_TRY(people_.CheckMayAct(deed));
  }
  return {};
}

// A won appeal is carried out by a lift of the decision, or of one that took its place, or the
// place of that.
Status History::CheckCarriesOut(const Step& step, const std::string& appeal,
                                const std::string& lifts) {
  std::vector<std::string> earlier = {lifts};
  for (std::size_t i = 0; i < earlier.size(); ++i) {
    const Decision& decision = decisions_.find(earlier[i])->second;
    CasePeople::Deed deed = step;
    deed.case_id = decision.case_id;
    if (people_.CheckDecided(deed, appeal, earlier[i])) return {};
    // Only what was adopted took a place; each is older than the one before, so this ends.
    if (decision.adopted) {
      earlier.insert(earlier.end(), decision.supersedes.begin(), decision.supersedes.end());
    }
  }
  return people_.CheckDecided(step, appeal, lifts);
}

// A decision needs as many as its terms say, and to end another as many as a lift of that one.
std::int64_t History::QuorumFor(const Decision& decision, const Quorum& terms) const {
  if (decision.lift) return terms.lift;
  std::int64_t quorum = terms.decision;
  for (const std::string& id : decision.supersedes) {
    quorum = std::max(quorum, decisions_.find(id)->second.lift_quorum);
  }
  return quorum;
}

// In its case, or in that of a decision that it ends.
bool History::HasConflict(const Decision& decision, std::string_view person) const {
  return people_.HasConflict(decision.case_id, person) ||
         std::ranges::any_of(decision.supersedes, [&](const std::string& id) {
           return people_.HasConflict(decisions_.find(id)->second.case_id, person);
         });
}

// What it takes the place of must be in force until then, and is not afterwards.
Status History::EndSuperseded(const Step& step, const Decision& decision) {
  for (const std::string& id : decision.supersedes) {
    Decision& superseded = decisions_.find(id)->second;
    if (!superseded.InForce()) {
      return Bad("expected a decision in force to supersede, found `" + id + "`, which has ended");
    }
    superseded.superseded_by = step.data.StringOr("decision", "");
  }
  return {};
}

// Whoever works on what ends a decision has a part in the case of that one too.
void History::NoteParts(const Step& step) {
  people_.NotePart(step);
  if (!step.type.starts_with("decision.")) return;
  const auto decision = decisions_.find(step.data.StringOr("decision", ""));
  if (decision == decisions_.end()) return;
  for (const std::string& id : decision->second.supersedes) {
    CasePeople::Deed deed = step;
    deed.case_id = decisions_.find(id)->second.case_id;
    people_.NotePart(deed);
  }
}

}  // namespace proviso::verifier
