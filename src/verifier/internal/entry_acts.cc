#include "verifier/internal/entry_acts.h"

#include <algorithm>

namespace proviso::verifier {
namespace {

using Needs = EntryActs::Needs;
constexpr std::array<EntryActs, 50> kEntryActs = {{
    {"appeal.decided", {"appeal decide"}, Needs::kAlways},
    {"appeal.filed", {}, Needs::kByCode},
    {"attribution.recorded", {"attribution record"}, Needs::kAlways},
    {"backup.begun", {}, Needs::kNever},
    {"case.closed", {"case close"}, Needs::kAlways},
    {"case.evaluated", {"case run"}, Needs::kAlways},
    {"case.linked", {"case link"}, Needs::kAlways},
    {"case.opened", {"case open"}, Needs::kAlways},
    {"case.reopened", {"case reopen"}, Needs::kAlways},
    {"catalogue.imported", {"import catalogue"}, Needs::kOnceRostered},
    {"cessation.checked", {"cessation"}, Needs::kAlways},
    {"claim.added", {"claim add"}, Needs::kAlways},
    {"claim.dropped", {"claim drop"}, Needs::kAlways},
    {"claim.edited", {"claim edit"}, Needs::kAlways},
    {"code.renewed", {"code renew"}, Needs::kAlways},
    {"conflict.declared", {"conflict declare"}, Needs::kAlways},
    {"customers.imported", {"import customers"}, Needs::kOnceRostered},
    {"decision.adopted", {"decision adopt"}, Needs::kAlways},
    {"decision.lift_reviewed", {"decision review"}, Needs::kAlways},
    {"decision.lifted_in_emergency", {"decision lift emergency"}, Needs::kAlways},
    {"decision.planned", {"decision plan"}, Needs::kAlways},
    {"decision.proposed", {"decision propose", "decision lift"}, Needs::kAlways},
    {"decision.signed", {"decision sign"}, Needs::kAlways},
    {"decision.withdrawn", {"decision withdraw"}, Needs::kAlways},
    {"erasure.proposed", {"erasure propose"}, Needs::kAlways},
    {"erasure.withdrawn", {"erasure withdraw"}, Needs::kAlways},
    {"export.begun", {}, Needs::kNever},
    {"finding.recorded", {"finding record"}, Needs::kAlways},
    {"hearing.acknowledged", {"hearing acknowledge"}, Needs::kAlways},
    {"hearing.answered", {"hearing answer"}, Needs::kUnlessByCode},
    {"hearing.opened", {"hearing open"}, Needs::kAlways},
    {"keys.forgotten", {"erasure forget"}, Needs::kUnlessOld},
    {"log.initialised", {}, Needs::kNever},
    {"notice.issued", {"notice issue"}, Needs::kAlways},
    {"part.disclosed", {"part disclose"}, Needs::kAlways},
    {"part.erased", {"erasure approve"}, Needs::kAlways},
    {"record.read", {"report show", "records read", "hearing show", "appeal show"}, Needs::kAlways},
    {"records.imported", {"records import"}, Needs::kAlways},
    {"report.joined", {"report join"}, Needs::kAlways},
    {"report.received", {"report add"}, Needs::kAlways},
    {"roster.proposed", {"roster propose"}, Needs::kAlways},
    {"roster.signed", {"roster sign"}, Needs::kAlways},
    {"source.registered", {"records register"}, Needs::kAlways},
    {"statement.issued", {"statement issue"}, Needs::kAlways},
    {"step.agreed", {"step agree"}, Needs::kAlways},
    {"step.recorded", {"step record"}, Needs::kAlways},
    {"terms.imported", {"import terms"}, Needs::kOnceRostered},
    {"update.scheduled", {"update schedule"}, Needs::kAlways},
    {"usage.delivered", {}, Needs::kNever},
    {"usage.read", {}, Needs::kNever},
}};
static_assert(std::ranges::is_sorted(kEntryActs, {}, &EntryActs::type));

}  // namespace

bool EntryActs::MayHave(std::string_view act) const {
  return !act.empty() && std::ranges::find(acts, act) != acts.end();
}

std::span<const EntryActs> AllEntryActs() { return kEntryActs; }

const EntryActs* FindEntryActs(std::string_view type) {
  const auto found = std::ranges::lower_bound(kEntryActs, type, {}, &EntryActs::type);
  return found == kEntryActs.end() || found->type != type ? nullptr : &*found;
}

}  // namespace proviso::verifier
