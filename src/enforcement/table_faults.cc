#include <algorithm>

#include "enforcement/decision_table.h"
#include "enforcement/internal/table_view.h"

namespace proviso::enforcement::internal {
namespace {

// What every reader of JSON tells apart; no log comes near it.
constexpr std::uint64_t kNumberMax = std::uint64_t{1} << 53U;

// Takes `count` parts of `size` bytes from what is left, or fails. Never overflows.
bool Take(std::uint64_t count, std::uint64_t size, std::uint64_t& left) {
  if (count > left / size) return false;
  left -= count * size;
  return true;
}

bool Holds(const TableView& table, TextRef ref) {
  return ref.offset <= table.text.size() && ref.length <= table.text.size() - ref.offset;
}

const char* FindNameFault(const TableView& table, const std::uint8_t* names, std::uint32_t count) {
  std::string_view last;  // before the first name is the blank one, which is no name
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto ref = Load<TextRef>(names + sizeof(TextRef) * i);
    if (!Holds(table, ref)) return "a name points outside";
    const std::string_view name = table.TextAt(ref);
    if (name.empty()) return "a name is blank";
    if (name <= last) return "its names are not in order";
    last = name;
  }
  return nullptr;
}

const char* FindRestrictionFault(const TableView& table) {
  for (std::uint32_t i = 0; i < table.header.restrictions; ++i) {
    const RestrictionRecord record = table.RestrictionAt(i);
    if (!Holds(table, record.id) || !Holds(table, record.clause) || !Holds(table, record.of_case)) {
      return "a restriction points outside";
    }
    if (record.id.length == 0) return "a restriction has a blank id";
    if (record.clause.length == 0) return "a restriction has a blank clause";
    if (record.stage > kStageMax) return "a restriction has an unknown stage";
    if (record.operations == 0) return "a restriction covers no operation";
    if (record.operations > kAllOperations) return "a restriction covers an unknown operation";
  }
  return nullptr;
}

const char* FindRuleFault(const TableView& table, std::uint32_t cell, std::uint64_t restriction) {
  if (cell >= std::uint64_t{table.header.services} * table.header.regions) {
    return "a rule is about a service or region without a name";
  }
  if (restriction >= table.header.restrictions) return "a rule points outside";
  return nullptr;
}

const char* FindSpilledFault(const TableView& table) {
  for (std::uint64_t i = 0; i < table.header.spilled; ++i) {
    const SpilledRule rule = table.SpilledAt(i);
    if (const char* fault = FindRuleFault(table, rule.cell, rule.restriction)) return fault;
    if (rule.denied == 0) return "a rule denies nothing";
    if (rule.denied > kAllDenied) return "a rule denies an unknown operation";
    if (rule.zero != 0) return "a rule has content where none must be";
  }
  return nullptr;
}

const char* FindInlineFault(const TableView& table, const Slot& slot) {
  if (slot.rule_count == 0) return "a slot has no rule";
  if (slot.rule_count > kInlineRulesMax) return "a slot has too many rules";
  for (std::size_t i = 0; i < slot.rule_count; ++i) {
    const std::uint32_t rule = slot.rules[i];
    const std::uint64_t restriction = std::uint64_t{slot.base} + DeltaOf(rule);
    if (const char* fault = FindRuleFault(table, CellOf(rule), restriction)) return fault;
    if (DeniedOf(rule) == 0) return "a rule denies nothing";
  }
  return nullptr;
}

// Slots as a reader meets them, one after the other.
class SlotCheck {
 public:
  explicit SlotCheck(const TableView& table) : table_(table) {}

  const char* Run() {
    for (std::uint64_t i = 0; i < table_.header.slots; ++i) {
      const Slot slot = table_.SlotAt(i);
      if (slot.kind == SlotKind::kEmpty) {
        run_begin_ = i + 1;
        continue;
      }
      ++used_;
      if (const char* fault = FindKeyFault(i, slot)) return fault;
      if (const char* fault = FindRulesFault(slot)) return fault;
    }
    if (used_ != table_.header.subscriptions) return "the number of slots in use is wrong";
    if (spilled_ != table_.header.spilled) return "a spilled rule is of no slot";
    // A search ends at an empty slot.
    if (run_begin_ != table_.header.slots) return "its last slot is not empty";
    return nullptr;
  }

 private:
  const char* FindKeyFault(std::uint64_t index, const Slot& slot) {
    const std::uint64_t home = Spread(slot.key_high, table_.header.homes);
    if (home > index || home < run_begin_) return "a slot is where nobody finds it";
    const bool first = used_ == 1;
    if (!first && std::pair(slot.key_high, slot.key_low) <= last_key_) {
      return "its slots are not in order";
    }
    last_key_ = {slot.key_high, slot.key_low};
    const std::uint64_t mask = FilterMask(slot.key_high);
    const std::uint64_t word = Spread(slot.key_low, table_.header.filter_words);
    if ((Load<std::uint64_t>(table_.filter + 8 * word) & mask) != mask) {
      return "its filter hides a slot";
    }
    return nullptr;
  }

  const char* FindRulesFault(const Slot& slot) {
    if (slot.zero != 0) return "a slot has content where none must be";
    if (slot.kind == SlotKind::kInline) return FindInlineFault(table_, slot);
    if (slot.kind != SlotKind::kSpilled) return "a slot is of no known kind";
    const auto first = static_cast<std::uint64_t>(slot.from_or_first);
    const auto count = static_cast<std::uint64_t>(slot.until_or_count);
    if (first != spilled_ || count == 0 || count > table_.header.spilled - first) {
      return "a slot points outside";
    }
    spilled_ += count;
    return nullptr;
  }

  const TableView& table_;
  std::uint64_t used_ = 0;
  std::uint64_t spilled_ = 0;    // rules that the slots up to here have
  std::uint64_t run_begin_ = 0;  // behind the last empty slot
  std::pair<std::uint64_t, std::uint64_t> last_key_;
};

}  // namespace

std::optional<TableView> Lay(ByteView bytes) {
  TableView table{};
  table.header = Load<TableHeader>(bytes.data());
  const TableHeader& header = table.header;
  std::uint64_t left = bytes.size() - sizeof(TableHeader) - kChecksumBytes;
  const bool fits = Take(header.filter_words, 8, left) && Take(header.slots, sizeof(Slot), left) &&
                    Take(header.spilled, sizeof(SpilledRule), left) &&
                    Take(header.restrictions, sizeof(RestrictionRecord), left) &&
                    Take(header.services, sizeof(TextRef), left) &&
                    Take(header.regions, sizeof(TextRef), left) && left == header.text_bytes;
  if (!fits) return std::nullopt;
  table.filter = bytes.data() + sizeof(TableHeader);
  table.slots = table.filter + 8 * header.filter_words;
  table.spilled = table.slots + sizeof(Slot) * header.slots;
  table.restrictions = table.spilled + sizeof(SpilledRule) * header.spilled;
  table.service_names = table.restrictions + sizeof(RestrictionRecord) * header.restrictions;
  table.region_names = table.service_names + sizeof(TextRef) * header.services;
  table.text = AsText({table.region_names + sizeof(TextRef) * header.regions, header.text_bytes});
  return table;
}

const char* FindFault(const TableView& table) {
  const TableHeader& header = table.header;
  const bool reserved = std::any_of(std::begin(header.reserved), std::end(header.reserved),
                                    [](std::uint64_t one) { return one != 0; });
  if (header.zero != 0 || reserved) return "its header has content where none must be";
  if (header.number > kNumberMax) return "its number is that of no log entry";
  if (header.filter_words == 0) return "it has no filter";
  if (header.homes == 0 || header.homes >= header.slots) return "it has no empty slot at its end";
  if (header.services >= DecisionTable::kUnknown || header.regions >= DecisionTable::kUnknown ||
      std::uint64_t{header.services} * header.regions > kCellsMax) {
    return "it has too many services and regions";
  }
  if (const char* fault = FindNameFault(table, table.service_names, header.services)) return fault;
  if (const char* fault = FindNameFault(table, table.region_names, header.regions)) return fault;
  if (const char* fault = FindRestrictionFault(table)) return fault;
  if (const char* fault = FindSpilledFault(table)) return fault;
  return SlotCheck(table).Run();
}

}  // namespace proviso::enforcement::internal
