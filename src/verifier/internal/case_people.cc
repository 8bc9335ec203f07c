#include "verifier/internal/case_people.h"

#include <utility>

namespace proviso::verifier {
namespace {

tl::unexpected<Error> Bad(std::string what) { return Fail(ErrorCode::kDataLoss, std::move(what)); }

std::string Quoted(std::string_view text) { return "`" + std::string(text) + "`"; }

}  // namespace

const CasePeople::CaseFile* CasePeople::Find(std::string_view case_id) const {
  const auto found = cases_.find(case_id);
  return found == cases_.end() ? nullptr : &found->second;
}

Status CasePeople::CheckMayAct(const Deed& deed) const {
  const CaseFile* const file = Find(deed.case_id);
  if (file == nullptr || deed.type == "conflict.declared") return {};
  const auto conflict = file->conflicts.find(deed.actor);
  if (conflict == file->conflicts.end()) return {};
  return Bad("expected somebody without a conflict in " + Quoted(deed.case_id) + ", found " +
             Quoted(deed.actor) + ", who declared one in entry " +
             std::to_string(conflict->second));
}

bool CasePeople::HasConflict(std::string_view case_id, std::string_view person) const {
  const CaseFile* const file = Find(case_id);
  return file != nullptr && file->conflicts.contains(person);
}

void CasePeople::NotePart(const Deed& deed) {
  if (deed.case_id.empty()) return;
  cases_[std::string(deed.case_id)].parts.try_emplace(std::string(deed.actor),
                                                      Part{deed.index, std::string(deed.type)});
}

Status CasePeople::DeclareConflict(const Deed& deed) {
  if (deed.case_id.empty()) return Bad("expected the conflict to belong to a case, found none");
  cases_[std::string(deed.case_id)].conflicts.try_emplace(std::string(deed.actor), deed.index);
  return {};
}

Status CasePeople::FileAppeal(const Deed& deed, std::string_view appeal,
                              std::string_view decision) {
  if (deed.case_id.empty()) return Bad("expected the appeal to belong to a case, found none");
  const auto [place, added] = cases_[std::string(deed.case_id)].appeals.try_emplace(
      std::string(appeal), Appeal{std::string(decision), {}});
  if (!added) return Bad(Quoted(place->first) + " was filed before");
  return {};
}

Status CasePeople::DecideAppeal(const Deed& deed, std::string_view appeal) {
  CaseFile& file = cases_[std::string(deed.case_id)];
  const auto found = file.appeals.find(appeal);
  if (found == file.appeals.end() || !found->second.heard_by.empty()) {
    return Bad("expected an appeal of " + Quoted(deed.case_id) + " that waits, found " +
               Quoted(appeal));
  }
  if (const auto part = file.parts.find(deed.actor); part != file.parts.end()) {
    return Bad("expected somebody without a part in " + Quoted(deed.case_id) + " to hear " +
               Quoted(appeal) + ", found " + Quoted(deed.actor) + ", who has entry " +
               std::to_string(part->second.index) + " (" + Quoted(part->second.type) + ") in it");
  }
  for (const auto& [id, earlier] : file.appeals) {
    if (earlier.decision != found->second.decision || earlier.heard_by != deed.actor) continue;
    return Bad("expected somebody to hear " + Quoted(appeal) + " who heard no appeal against " +
               Quoted(earlier.decision) + ", found " + Quoted(deed.actor) + ", who heard " +
               Quoted(id));
  }
  found->second.heard_by = deed.actor;
  return {};
}

Status CasePeople::CheckDecided(const Deed& deed, std::string_view appeal,
                                std::string_view decision) const {
  const CaseFile* const file = Find(deed.case_id);
  if (file != nullptr) {
    const auto found = file->appeals.find(appeal);
    if (found != file->appeals.end() && found->second.decision == decision &&
        !found->second.heard_by.empty()) {
      return {};
    }
  }
  return Bad("expected an appeal against " + Quoted(decision) + " that was decided before, found " +
             Quoted(appeal));
}

}  // namespace proviso::verifier
