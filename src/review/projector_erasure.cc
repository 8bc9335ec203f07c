// Projects erasures: proposed by one person, approved by another.
#include <utility>

#include "review/internal/projector.h"

namespace proviso::review {

Status Projector::ProposeErasure() {
  Erasure erasure;
  erasure.id = PROVISO_TRY(Open("erasure"));
  PROVISO_TRY(ExpectNext(state_.NextErasureId(), erasure.id));
  const std::int64_t entry = PROVISO_TRY(event_.event.open.IntegerAt("entry"));
  if (entry < 0 || std::cmp_greater_equal(entry, event_.index)) {
    return Damaged("expected an entry before it, found " + std::to_string(entry));
  }
  erasure.entry = static_cast<std::uint64_t>(entry);
  erasure.about = PROVISO_TRY(Open("about"));
  erasure.case_id = event_.case_id;
  erasure.parts = PROVISO_TRY(ParseParts(event_.event.open));
  const std::string basis = PROVISO_TRY(Open("basis"));
  erasure.basis = PROVISO_TRY(ParseErasureBasis(basis));
  erasure.reason = SealedText("reason");
  erasure.proposed_by = event_.actor;
  erasure.proposed_at = event_.time;
  state_.erasures_.push_back(std::move(erasure));
  return {};
}

Status Projector::WithdrawErasure() {
  const std::string id = PROVISO_TRY(Open("erasure"));
  const Erasure* found = state_.FindErasure(id);
  if (found == nullptr || found->case_id != event_.case_id) {
    return Damaged("there is no erasure `" + id + "`");
  }
  if (!found->waits()) return Damaged(id + " was approved or withdrawn already");
  Erasure& erasure = state_.erasures_[static_cast<std::size_t>(found - state_.erasures_.data())];
  erasure.withdrawn_by = event_.actor;
  erasure.withdrawn_at = event_.time;
  return {};
}

// INVARIANT (design, section 3, "different people"): checked at each replay too, before any key is
// destroyed on the word of the log.
Status Projector::EraseParts() {
  const std::string id = PROVISO_TRY(Open("erasure"));
  const Erasure* found = state_.FindErasure(id);
  if (found == nullptr || found->case_id != event_.case_id) {
    return Damaged("there is no erasure `" + id + "`");
  }
  if (found->done()) return Damaged(id + " was approved already");
  if (!found->waits()) return Damaged(id + " was withdrawn");
  if (found->proposed_by == event_.actor) {
    return Damaged(event_.actor + " proposed " + id + " and cannot approve it");
  }
  if (event_.event.open != found->OpenJson()) return Damaged("it is about other parts than " + id);
  const ErasedEntry entry{.index = found->entry,
                          .type = found->about,
                          .case_id = found->case_id,
                          .open = Json::MakeObject(),
                          .held = {},
                          .newest_of_its_type = false};
  for (const PartName& part : found->parts) PROVISO_TRY(CheckErasable(state_, entry, part.name));
  for (const Decision& decision : state_.decisions_) {
    const bool needed = decision.planned_index == entry.index && !decision.withdrawal &&
                        (!decision.adopted() || decision.in_force());
    if (needed && entry.type == "decision.planned") {
      return Damaged("the plan of " + decision.id + " is needed while it is in force or pursued");
    }
  }
  Erasure& erasure = state_.erasures_[static_cast<std::size_t>(found - state_.erasures_.data())];
  erasure.approved_by = event_.actor;
  erasure.erased_at = event_.time;
  erasure.erased_index = event_.index;
  return {};
}

// In older logs the operator said it, nobody signed it, and it does not say what was missed.
Status Projector::ForgetKeys() {
  ForgottenKeys forgotten;
  forgotten.by = event_.actor;
  forgotten.at = event_.time;
  forgotten.index = event_.index;
  forgotten.entries = event_.index;
  if (const Json* details = Sealed("details")) forgotten.folder = details->StringOr("folder", "");
  forgotten.reason = SealedText("reason");
  if (event_.event.open.Find("erasures") != nullptr) {
    const std::int64_t entries = PROVISO_TRY(event_.event.open.IntegerAt("entries"));
    if (entries < 0 || std::cmp_greater(entries, event_.index)) {
      return Damaged("expected `entries` before it, found " + std::to_string(entries));
    }
    forgotten.entries = static_cast<std::uint64_t>(entries);
    forgotten.missed.emplace();
    for (const Json& item : *PROVISO_TRY(event_.event.open.ArrayAt("erasures"))) {
      const std::string* id = item.AsString();
      const Erasure* erasure = id == nullptr ? nullptr : state_.FindErasure(*id);
      if (erasure == nullptr || !erasure->done())
        return Damaged("it names no erasure that is done");
      forgotten.missed->push_back(*id);
    }
  }
  state_.forgotten_keys_.push_back(std::move(forgotten));
  return {};
}

}  // namespace proviso::review
