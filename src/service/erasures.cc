// Erasing confidential parts of entries: proposed by one person, approved by another, and then
// their keys are destroyed.
#include "service/internal/erasures.h"

#include <algorithm>

#include "ledger/opening.h"
#include "review/commands.h"
#include "service/internal/backup_places.h"
#include "service/internal/reports_kept.h"

namespace proviso::service {
namespace {

// No later entry of the log has the type of this one; asked for imports alone.
bool IsNewest(const State& state, const RecordedEvent& event) {
  if (event.event.type == "catalogue.imported") return event.index == state.catalogue_index;
  if (event.event.type == "customers.imported") return event.index == state.customers_index;
  return true;
}

Result<review::ErasedEntry> EntryOf(const Context& context, const Json& args) {
  const std::int64_t index = PROVISO_TRY(args.IntegerAt("entry"));
  if (index < 0 || static_cast<std::uint64_t>(index) >= context.state().next_index) {
    return Fail(ErrorCode::kNotFound,
                "there is no entry " + std::to_string(index) + "; `proviso log show` lists them");
  }
  const ledger::OpenedEntry opened = PROVISO_TRY(
      ledger::OpenEntry(context.core.ledger->options(), static_cast<std::uint64_t>(index)));
  review::ErasedEntry entry;
  entry.index = opened.event.index;
  entry.type = opened.event.event.type;
  entry.case_id = opened.event.case_id;
  entry.open = opened.event.event.open;
  entry.newest_of_its_type = IsNewest(context.state(), opened.event);
  for (const ledger::OpenedPart& part : opened.parts) {
    // What is damaged beyond help is erased, so that the log says what became of it.
    const bool here = part.state == ledger::PartState::kHeld ||
                      part.state == ledger::PartState::kDamaged ||
                      (part.state == ledger::PartState::kErased &&
                       ErasureOf(context.state(), entry.index, part.name) == nullptr);
    if (here) entry.held.push_back({.name = part.name, .digest = part.digest.Hex()});
  }
  return entry;
}

Json ErasureJson(const review::Erasure& erasure) {
  Json json = erasure.OpenJson();
  json["id"] = erasure.id;
  if (!erasure.case_id.empty()) json["case"] = erasure.case_id;
  json["reason"] = erasure.reason;
  json["proposed_by"] = erasure.proposed_by;
  json["proposed_at"] = FormatTime(erasure.proposed_at);
  json["done"] = erasure.done();
  if (erasure.done()) {
    json["approved_by"] = erasure.approved_by;
    json["erased_at"] = FormatTime(*erasure.erased_at);
    json["index"] = erasure.erased_index;
  }
  if (erasure.withdrawn_at) {
    json["withdrawn_by"] = erasure.withdrawn_by;
    json["withdrawn_at"] = FormatTime(*erasure.withdrawn_at);
  }
  return json;
}

// True when a key was here and is destroyed now.
Result<bool> Destroy(Instance::Core& core, const review::Erasure& erasure) {
  bool destroyed = false;
  for (const review::PartName& part : erasure.parts) {
    const Status erased = core.ledger->Erase(erasure.entry, part.name);
    if (!erased && erased.error().code() != ErrorCode::kNotFound) {
      return Fail(erased.error().code(),
                  erasure.id + " is in the log, and the key of `" + part.name + "` of entry " +
                      std::to_string(erasure.entry) + " may still be on the disk (" +
                      erased.error().message() + "); to destroy it is tried again at each start");
    }
    destroyed |= erased.has_value();
  }
  return destroyed;
}

}  // namespace

const review::Erasure* ErasureOf(const State& state, std::uint64_t entry, std::string_view name) {
  for (const review::Erasure& erasure : state.review.erasures()) {
    if (!erasure.done() || erasure.entry != entry) continue;
    if (std::ranges::find(erasure.parts, name, &review::PartName::name) != erasure.parts.end()) {
      return &erasure;
    }
  }
  return nullptr;
}

Status CarryOutErasures(Instance::Core& core) {
  bool destroyed = false;
  for (const review::Erasure& erasure : core.state.review.erasures()) {
    if (erasure.done()) destroyed |= PROVISO_TRY(Destroy(core, erasure));
  }
  // What cannot be reached now is said by `erasure list`, and keeps nobody from opening the log.
  [[maybe_unused]] const auto caught_up = CatchUpBackupPlaces(core);
  if (!destroyed) return {};
  // What was read before is forgotten.
  core.state = PROVISO_TRY(ReplayLog(core));
  core.grouped_reports.clear();
  core.stories = Json::MakeArray();
  return RemoveUnrecordedReports(core);
}

Result<Json> ProposeErasure(const Context& context) {
  const Json& args = context.request.args;
  review::ProposeErasure command;
  command.entry = PROVISO_TRY(EntryOf(context, args));
  command.parts = PROVISO_TRY(review::ParseParts(args));
  command.basis = PROVISO_TRY(args.StringAt("basis"));
  command.reason = PROVISO_TRY(context.request.attachments.StringAt("reason"));
  Event event =
      PROVISO_TRY(review::Handle(context.state().review, command, {.person = context.person}));
  const std::string id = context.state().review.NextErasureId();
  PROVISO_TRY(context.Record(command.entry.case_id, std::move(event)));
  return ErasureJson(*context.state().review.FindErasure(id));
}

Result<Json> ApproveErasure(const Context& context) {
  const Json& args = context.request.args;
  review::ApproveErasure command;
  command.erasure = PROVISO_TRY(args.StringAt("erasure"));
  command.entry = PROVISO_TRY(EntryOf(context, args));
  command.parts = PROVISO_TRY(review::ParseParts(args));
  Event event =
      PROVISO_TRY(review::Handle(context.state().review, command, {.person = context.person}));
  // INVARIANT: the log says it before it is done, so that what vanished is always accounted for.
  PROVISO_TRY(context.Record(command.entry.case_id, std::move(event)));
  PROVISO_TRY(CarryOutErasures(context.core));
  const review::Erasure& erasure = *context.state().review.FindErasure(command.erasure);
  Json answer = ErasureJson(erasure);
  answer["found_again"] = PROVISO_TRY(TakeBackForgotten(context.core));
  answer["unreached"] = PROVISO_TRY(CatchUpBackupPlaces(context.core));
  answer["forgotten"] = PROVISO_TRY(ForgottenWithout(context.core, erasure));
  Json names = NamesIn(context.state(), answer);
  answer["names"] = std::move(names);
  return answer;
}

Result<Json> WithdrawErasure(const Context& context) {
  const Json& args = context.request.args;
  review::WithdrawErasure command;
  command.erasure = PROVISO_TRY(args.StringAt("erasure"));
  command.reason = PROVISO_TRY(args.StringAt("reason"));
  Event event =
      PROVISO_TRY(review::Handle(context.state().review, command, {.person = context.person}));
  const std::string of_case = context.state().review.FindErasure(command.erasure)->case_id;
  PROVISO_TRY(context.Record(of_case, std::move(event)));
  return ErasureJson(*context.state().review.FindErasure(command.erasure));
}

Result<Json> ForgetKeys(const Context& context) {
  const Json& args = context.request.args;
  const BackupPlace place =
      PROVISO_TRY(FindForgettable(context.core, PROVISO_TRY(args.StringAt("folder"))));
  review::ForgetKeys command;
  command.folder = place.folder.string();
  command.reason = PROVISO_TRY(args.StringAt("reason"));
  command.entries = place.entries.value_or(context.state().next_index);
  command.missed = MissedErasures(context.state(), place);
  Event event =
      PROVISO_TRY(review::Handle(context.state().review, command, {.person = context.person}));
  Json answer = event.open;
  answer["folder"] = command.folder;
  answer["index"] = PROVISO_TRY(context.Record("", std::move(event)));
  PROVISO_TRY(ForgetBackupPlace(context.core, place.folder));
  return answer;
}

Result<Json> DisclosePart(const Context& context) {
  const Json& args = context.request.args;
  review::DisclosePart command;
  command.entry = PROVISO_TRY(EntryOf(context, args));
  command.part = PROVISO_TRY(args.StringAt("part"));
  command.purpose = PROVISO_TRY(args.StringAt("purpose"));
  command.to = PROVISO_TRY(args.StringAt("to"));
  Event event =
      PROVISO_TRY(review::Handle(context.state().review, command, {.person = context.person}));
  const Bytes addendum = PROVISO_TRY(
      ledger::ReadAddendum(context.core.ledger->options(), command.entry.index, command.part));
  Json answer = event.open;
  answer["index"] = PROVISO_TRY(context.Record(command.entry.case_id, std::move(event)));
  answer["base64"] = Base64Encode(addendum);
  return answer;
}

Result<Json> ListErasures(const Context& context) {
  Json answer = Json::MakeObject();
  answer["found_again"] = PROVISO_TRY(TakeBackForgotten(context.core));
  answer["unreached"] = PROVISO_TRY(CatchUpBackupPlaces(context.core));
  Json erasures = Json::MakeArray();
  for (const review::Erasure& erasure : context.state().review.erasures()) {
    Json json = ErasureJson(erasure);
    if (erasure.done()) json["forgotten"] = PROVISO_TRY(ForgottenWithout(context.core, erasure));
    erasures.Append(std::move(json));
  }
  answer["erasures"] = std::move(erasures);
  Json names = NamesIn(context.state(), answer);
  answer["names"] = std::move(names);
  return answer;
}

}  // namespace proviso::service
