#include <cstring>
#include <functional>

#include "enforcement/decision_table.h"
#include "enforcement/internal/example_provider.h"
#include "enforcement/internal/table_view.h"

namespace proviso::enforcement {
namespace {

using internal::Slot;
using internal::SlotKind;
using internal::TableView;

Restriction Make(std::string id, std::int64_t from, std::vector<Target> targets) {
  return {.id = std::move(id),
          .clause = "4.2",
          .stage = terms::Stage::kReadOnly,
          .from = Time(std::chrono::milliseconds(from)),
          .until = std::nullopt,
          .targets = std::move(targets),
          .of_case = "case-1"};
}

// Slots of both kinds: `sub-2` has rules of two windows.
Bytes MakeTable() {
  return DecisionTable::Compile(
             5,
             {Make("decision-1/1", 1000,
                   {{"sub-1", "blob-store", "nl-1"}, {"sub-2", "blob-store", "nl-1"}}),
              Make("decision-2/1", 2000, {{"sub-2", "blob-store", "nl-1"}})},
             internal::ExampleCatalogue(), {})
      .value();
}

// The bytes of one part of `table`.
struct Place {
  Bytes& table;
  TableView view = internal::Lay(table).value();

  std::uint8_t* At(const std::uint8_t* part, std::size_t offset) const {
    return table.data() + (part - table.data()) + offset;
  }
  // The first slot of `kind`.
  std::uint8_t* SlotOf(internal::SlotKind kind, std::size_t offset) const {
    std::uint64_t index = 0;
    while (view.SlotAt(index).kind != kind) ++index;
    return At(view.slots, sizeof(Slot) * index + offset);
  }
  std::uint8_t* Restriction(std::size_t offset) const { return At(view.restrictions, offset); }
  std::uint8_t* Header(std::size_t offset) const { return table.data() + offset; }
};

void Write(std::uint8_t* to, std::uint32_t value) { std::memcpy(to, &value, sizeof value); }

// Both slots at the very end, where a search beyond them would leave the table.
void FillToTheEnd(const Place& place) {
  const std::uint64_t slots = place.view.header.slots;
  const Slot inline_slot = internal::Load<Slot>(place.SlotOf(SlotKind::kInline, 0));
  const Slot spilled_slot = internal::Load<Slot>(place.SlotOf(SlotKind::kSpilled, 0));
  std::memset(place.At(place.view.slots, 0), 0, sizeof(Slot) * slots);
  std::memset(place.Header(128), 0xFF, 64);
  for (Slot slot : {spilled_slot, inline_slot}) {
    const bool last = slot.kind == SlotKind::kInline;
    slot.key_high = last ? UINT64_MAX : UINT64_MAX - 1;
    std::memcpy(place.At(place.view.slots, sizeof(Slot) * (slots - (last ? 1 : 2))), &slot,
                sizeof slot);
  }
}

struct Forgery {
  std::string said;
  std::function<void(const Place&)> forge;
};

const std::vector<Forgery>& Forgeries() {
  static const std::vector<Forgery> kForgeries = {
      {"begin with", [](const Place& place) { *place.Header(0) = 'Q'; }},
      {"has version 9", [](const Place& place) { *place.Header(8) = 9; }},
      {"header has content", [](const Place& place) { *place.Header(12) = 1; }},
      {"header has content", [](const Place& place) { *place.Header(127) = 1; }},
      {"number is that of no log entry", [](const Place& place) { *place.Header(30) = 0x40; }},
      {"expected 0 bytes", [](const Place& place) { std::memset(place.Header(16), 0, 8); }},
      {"no empty slot at its end", [](const Place& place) { *place.Header(64) = 200; }},
      {"no empty slot at its end", [](const Place& place) { *place.Header(64) = 0; }},
      {"add up to its length", [](const Place& place) { *place.Header(72) = 200; }},
      {"add up to its length", [](const Place& place) { *place.Header(87) = 0xFF; }},
      {"slots in use", [](const Place& place) { *place.Header(52) = 9; }},
      {"a name is blank",
       [](const Place& place) { Write(place.At(place.view.region_names, 4), 0); }},
      {"names are not in order",
       [](const Place& place) {
         std::swap(*place.At(place.view.service_names, 0), *place.At(place.view.service_names, 8));
       }},
      {"a name points outside",
       [](const Place& place) { Write(place.At(place.view.service_names, 0), 0xFFFFFFFF); }},
      {"blank id", [](const Place& place) { Write(place.Restriction(20), 0); }},
      {"blank clause", [](const Place& place) { Write(place.Restriction(28), 0); }},
      {"restriction points outside",
       [](const Place& place) { Write(place.Restriction(36), 9999); }},
      {"unknown stage", [](const Place& place) { Write(place.Restriction(40), 4); }},
      {"covers no operation", [](const Place& place) { Write(place.Restriction(44), 0); }},
      {"covers an unknown operation", [](const Place& place) { Write(place.Restriction(44), 64); }},
      {"a service or region without a name",
       [](const Place& place) { Write(place.At(place.view.spilled, 0), 15); }},
      {"a rule points outside",
       [](const Place& place) { Write(place.At(place.view.spilled, 4), 2); }},
      {"a rule denies nothing",
       [](const Place& place) { Write(place.At(place.view.spilled, 8), 0); }},
      {"denies an unknown operation",
       [](const Place& place) { Write(place.At(place.view.spilled, 8), 32); }},
      {"a rule has content",
       [](const Place& place) { Write(place.At(place.view.spilled, 12), 1); }},
      {"no known kind", [](const Place& place) { *place.SlotOf(SlotKind::kInline, 16) = 3; }},
      {"a slot has no rule", [](const Place& place) { *place.SlotOf(SlotKind::kInline, 17) = 0; }},
      {"too many rules", [](const Place& place) { *place.SlotOf(SlotKind::kInline, 17) = 7; }},
      {"a slot has content", [](const Place& place) { *place.SlotOf(SlotKind::kInline, 18) = 1; }},
      {"a rule points outside",
       [](const Place& place) { *place.SlotOf(SlotKind::kInline, 20) = 9; }},
      {"a rule denies nothing",
       [](const Place& place) { Write(place.SlotOf(SlotKind::kInline, 40), 0); }},
      {"a service or region without a name",
       [](const Place& place) {
         Write(place.SlotOf(SlotKind::kInline, 40), internal::PackRule(15, 7, 0));
       }},
      {"a slot points outside",
       [](const Place& place) { *place.SlotOf(SlotKind::kSpilled, 24) = 1; }},
      {"a slot points outside",
       [](const Place& place) { *place.SlotOf(SlotKind::kSpilled, 32) = 3; }},
      {"is of no slot", [](const Place& place) { *place.SlotOf(SlotKind::kSpilled, 32) = 1; }},
      {"where nobody finds it",
       [](const Place& place) { *place.SlotOf(SlotKind::kInline, 15) ^= 0x80U; }},
      {"filter hides", [](const Place& place) { std::memset(place.Header(128), 0, 64); }},
      {"last slot is not empty", [](const Place& place) { FillToTheEnd(place); }},
  };
  return kForgeries;
}

TEST(TableFaults, RefusesEachWithItsReason) {
  for (std::size_t i = 0; i < Forgeries().size(); ++i) {
    Bytes bytes = MakeTable();
    ASSERT_TRUE(DecisionTable::Open(bytes));
    Forgeries()[i].forge(Place{bytes});
    internal::WriteChecksum(bytes);
    const auto table = DecisionTable::Open(bytes);
    ASSERT_FALSE(table) << "forgery " << i << ": " << Forgeries()[i].said;
    const bool is_version = std::string_view(Forgeries()[i].said).starts_with("has version");
    EXPECT_EQ(table.error().code(), is_version ? ErrorCode::kUnimplemented : ErrorCode::kDataLoss);
    EXPECT_NE(table.error().message().find(Forgeries()[i].said), std::string::npos)
        << "forgery " << i << ": " << Forgeries()[i].said << "\n"
        << table.error().message();
  }
}

TEST(TableFaults, CompilesNothingFromARestrictionWithABlankOrAnUnknownAndNamesIt) {
  const Restriction good = Make("decision-1/1", 1000, {{"sub-1", "blob-store", "nl-1"}});
  struct Case {
    std::string said;
    std::function<void(Restriction&)> spoil;
  };
  const std::vector<Case> cases = {
      {"restriction ``: its id is blank", [](Restriction& one) { one.id = ""; }},
      {"`decision-2/1`: its clause is blank", [](Restriction& one) { one.clause = ""; }},
      {"`decision-2/1`: its clause has a control character",
       [](Restriction& one) { one.clause = "4.2\r\nX-Proviso-Verdict: allow"; }},
      {"`decision-2/1`: its case has a control character",
       [](Restriction& one) { one.of_case = "case\x7F"; }},
      {"`decision-2/1`: its stage does not exist",
       [](Restriction& one) { one.stage = static_cast<terms::Stage>(4); }},
      {"`decision-2/1`: its operations are none", [](Restriction& one) { one.operations = 0; }},
      {"`decision-2/1`: its operations include one that does not exist",
       [](Restriction& one) { one.operations = 0x41; }},
      {"`decision-2/1`: its target has a blank subscription",
       [](Restriction& one) {
         one.targets.push_back({"", "blob-store", "nl-1"});
       }},
      {"`decision-2/1`: its target has a blank service",
       [](Restriction& one) {
         one.targets.push_back({"sub-1", "", "nl-1"});
       }},
      {"`decision-2/1`: its target has a blank region",
       [](Restriction& one) {
         one.targets.push_back({"sub-1", "blob-store", ""});
       }},
  };
  for (const Case& one : cases) {
    Restriction bad = Make("decision-2/1", 2000, {{"sub-2", "blob-store", "nl-1"}});
    one.spoil(bad);
    const auto compiled = DecisionTable::Compile(5, {good, bad}, internal::ExampleCatalogue(), {});
    ASSERT_FALSE(compiled) << one.said;
    EXPECT_EQ(compiled.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_NE(compiled.error().message().find(one.said), std::string::npos)
        << compiled.error().message();
  }
}

TEST(TableFaults, TakesARestrictionThatIsOfNoCase) {
  Restriction restriction = Make("decision-1/1", 1000, {{"sub-1", "blob-store", "nl-1"}});
  restriction.of_case = "";
  EXPECT_TRUE(DecisionTable::Compile(5, {restriction}, internal::ExampleCatalogue(), {}));
}

}  // namespace
}  // namespace proviso::enforcement
