// One entry of the log, opened: which confidential parts it has, whether each is still held, and
// that what is held has the digest which the entry commits to.
#include "service/internal/log_opening.h"

#include <algorithm>
#include <array>

#include "ledger/opening.h"
#include "service/internal/damaged_parts.h"
#include "service/internal/erasures.h"
#include "service/internal/log_comparison.h"

namespace proviso::service {
namespace {

struct ShownPart {
  std::string_view type;
  std::string_view part;
};

// What other commands show without a person's signature. All else is compared, and not shown:
// reading it is an act of its own (`report show`, `hearing show`), or it is a secret of this
// program.
constexpr std::array kShownParts = {
    ShownPart{"catalogue.imported", "catalogue"}, ShownPart{"customers.imported", "customers"},
    ShownPart{"terms.imported", "terms"},         ShownPart{"case.opened", "details"},
    ShownPart{"claim.added", "details"},
};

bool IsShown(std::string_view type, std::string_view part) {
  return std::ranges::any_of(kShownParts, [&](const ShownPart& shown) {
    return shown.type == type && shown.part == part;
  });
}

Json ComparedPart(const ledger::OpenedPart& part) {
  Json json = Json::Of({{"digest", part.digest.Hex()},
                        {"name", part.name},
                        {"shown", false},
                        {"state", ledger::PartStateName(part.state)}});
  if (!part.fault.empty()) json["fault"] = part.fault;
  return json;
}

Json PartJson(const ledger::OpenedPart& part, std::string_view type) {
  const bool is_shown = IsShown(type, part.name);
  Json json = ComparedPart(part);
  json["shown"] = is_shown;
  if (is_shown && part.state == ledger::PartState::kHeld) json["text"] = part.value;
  return json;
}

}  // namespace

Json ComparedEntry(const ledger::OpenedEntry& opened) {
  const RecordedEvent& event = opened.event;
  Json parts = Json::MakeArray();
  for (const ledger::OpenedPart& part : opened.parts) parts.Append(ComparedPart(part));
  Json answer = Json::Of({{"actor", event.actor},
                          {"data", event.event.open},
                          {"index", event.index},
                          {"parts", std::move(parts)},
                          {"time", FormatTime(event.time)},
                          {"type", event.event.type}});
  if (!event.case_id.empty()) answer["case"] = event.case_id;
  return answer;
}

Result<Json> OpenLogEntry(const Context& context) {
  const std::int64_t index = context.request.args.IntegerOr("index", -1);
  const std::uint64_t size = context.core.ledger->latest().size;
  if (index < 0 || static_cast<std::uint64_t>(index) >= size) {
    return Fail(ErrorCode::kNotFound, "there is no entry " + std::to_string(index) +
                                          ": the log has " + std::to_string(size) +
                                          ", counted from 0; `proviso log show` lists them");
  }
  const ledger::OpenedEntry opened = PROVISO_TRY(
      ledger::OpenEntry(context.core.ledger->options(), static_cast<std::uint64_t>(index)));
  const RecordedEvent& event = opened.event;
  Json parts = Json::MakeArray();
  for (ledger::OpenedPart part : opened.parts) {
    NameDamage(context.state(), event.index, part);
    Json json = PartJson(part, event.event.type);
    if (const review::Erasure* erasure = ErasureOf(context.state(), event.index, part.name)) {
      json["erased"] = Json::Of({{"at", FormatTime(*erasure->erased_at)},
                                 {"basis", review::ErasureBasisName(erasure->basis)},
                                 {"erasure", erasure->id},
                                 {"reason", erasure->reason}});
    }
    parts.Append(std::move(json));
  }
  Json answer = ComparedEntry(opened);
  answer["parts"] = std::move(parts);
  Json names = NamesIn(context.state(), answer);
  answer["names"] = std::move(names);
  return answer;
}

}  // namespace proviso::service
