#include "enforcement/decision_table.h"

#include <algorithm>
#include <chrono>

#include "enforcement/internal/subscription_key.h"
#include "enforcement/internal/table_layout.h"
#include "enforcement/internal/table_view.h"

namespace proviso::enforcement {
namespace {

using internal::Load;
using internal::RestrictionRecord;
using internal::Slot;
using internal::SlotKind;
using internal::SpilledRule;
using internal::TableHeader;
using internal::TextRef;

Error Damaged(std::string what) {
  return {ErrorCode::kDataLoss, "the decision table is damaged: " + std::move(what)};
}

Error OfVersion(std::uint32_t found) {
  return {ErrorCode::kUnimplemented,
          "the decision table has version " + std::to_string(found) + ", expected version " +
              std::to_string(internal::kVersion) +
              (found > internal::kVersion ? ": a newer" : ": an older") +
              " program wrote it; a table follows from the log: start `proviso serve` or run "
              "`proviso log rebuild` with this program, which compiles it anew"};
}

}  // namespace

Status DecisionTable::CheckBeginning(std::span<const std::uint8_t> beginning, std::uint64_t size) {
  const std::uint64_t least = sizeof(TableHeader) + internal::kChecksumBytes;
  if (size < least || beginning.size() < sizeof(TableHeader)) {
    return tl::unexpected(Damaged("expected at least " + std::to_string(least) + " bytes, found " +
                                  std::to_string(size)));
  }
  const auto header = Load<TableHeader>(beginning.data());
  if (!std::equal(std::begin(header.magic), std::end(header.magic), internal::kMagic)) {
    return tl::unexpected(Damaged("it does not begin with `PRVTABLE`"));
  }
  if (header.version != internal::kVersion) return tl::unexpected(OfVersion(header.version));
  if (header.length != size) {
    return tl::unexpected(Damaged("expected " + std::to_string(header.length) + " bytes, found " +
                                  std::to_string(size)));
  }
  return {};
}

Result<DecisionTable> DecisionTable::Open(std::span<const std::uint8_t> bytes) {
  PROVISO_TRY(CheckBeginning(bytes, bytes.size()));
  const auto header = Load<TableHeader>(bytes.data());
  const std::size_t covered = bytes.size() - internal::kChecksumBytes;
  const XXH128_hash_t sum = XXH3_128bits(bytes.data(), covered);
  if (sum.low64 != Load<std::uint64_t>(bytes.data() + covered) ||
      sum.high64 != Load<std::uint64_t>(bytes.data() + covered + 8)) {
    return tl::unexpected(Damaged("the checksum does not match"));
  }
  const std::optional<internal::TableView> view = internal::Lay(bytes);
  if (!view) return tl::unexpected(Damaged("its parts do not add up to its length"));
  if (const char* fault = internal::FindFault(*view)) return tl::unexpected(Damaged(fault));
  DecisionTable table;
  table.bytes_ = bytes;
  table.filter_ = view->filter;
  table.slots_ = view->slots;
  table.spilled_ = view->spilled;
  table.restrictions_ = view->restrictions;
  table.service_names_ = view->service_names;
  table.region_names_ = view->region_names;
  table.text_ = view->text;
  table.number_ = header.number;
  table.seed_ = header.seed;
  table.filter_words_ = header.filter_words;
  table.homes_ = header.homes;
  table.service_count_ = header.services;
  table.region_count_ = header.regions;
  return table;
}

std::string_view DecisionTable::NameAt(const std::uint8_t* names, std::uint32_t index) const {
  const auto ref = Load<TextRef>(names + sizeof(TextRef) * index);
  return text_.substr(ref.offset, ref.length);
}

std::uint16_t DecisionTable::NumberOf(const std::uint8_t* names, std::uint32_t count,
                                      std::string_view name) const {
  std::uint32_t low = 0;
  std::uint32_t high = count;
  while (low < high) {
    const std::uint32_t middle = low + (high - low) / 2;
    if (NameAt(names, middle) < name) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  if (low == count || NameAt(names, low) != name) return kUnknown;
  return static_cast<std::uint16_t>(low);
}

std::uint64_t DecisionTable::number() const { return number_; }

std::uint16_t DecisionTable::ServiceNumber(std::string_view service) const {
  return NumberOf(service_names_, service_count_, service);
}

std::uint16_t DecisionTable::RegionNumber(std::string_view region) const {
  return NumberOf(region_names_, region_count_, region);
}

std::vector<std::string_view> DecisionTable::ServiceNames() const {
  std::vector<std::string_view> names;
  for (std::uint32_t i = 0; i < service_count_; ++i) names.push_back(NameAt(service_names_, i));
  return names;
}

std::vector<std::string_view> DecisionTable::RegionNames() const {
  std::vector<std::string_view> names;
  for (std::uint32_t i = 0; i < region_count_; ++i) names.push_back(NameAt(region_names_, i));
  return names;
}

inline const std::uint8_t* DecisionTable::Find(std::string_view subscription) const {
  const internal::SubscriptionKey key = internal::KeyOf(subscription, seed_);

  // Almost all customers are under no restriction: one word, near the processor, says so.
  const auto word = Load<std::uint64_t>(filter_ + 8 * internal::Spread(key.low, filter_words_));
  const std::uint64_t mask = internal::FilterMask(key.high);
  if ((word & mask) != mask) return nullptr;

  const std::uint8_t* slot = slots_ + sizeof(Slot) * internal::Spread(key.high, homes_);
  // The last slot is empty.
  for (; Load<SlotKind>(slot + offsetof(Slot, kind)) != SlotKind::kEmpty; slot += sizeof(Slot)) {
    if (Load<std::uint64_t>(slot) == key.low && Load<std::uint64_t>(slot + 8) == key.high) {
      return slot;
    }
  }
  return nullptr;
}

bool DecisionTable::Knows(std::string_view subscription) const noexcept {
  return Find(subscription) != nullptr;
}

Verdict DecisionTable::Decide(const FastQuestion& question) const noexcept {
  if (question.operation == Operation::kManage) return {};
  if (question.service >= service_count_ || question.region >= region_count_) return {};
  const std::uint8_t* slot = Find(question.subscription);
  if (slot == nullptr) return {};
  const std::uint32_t cell = question.service * region_count_ + question.region;
  return Load<SlotKind>(slot + offsetof(Slot, kind)) == SlotKind::kInline
             ? DecideInline(slot, cell, question)
             : DecideSpilled(slot, cell, question);
}

Verdict DecisionTable::DecideInline(const std::uint8_t* bytes, std::uint32_t cell,
                                    const FastQuestion& question) {
  const auto slot = Load<Slot>(bytes);
  if (question.at < slot.from_or_first || question.at >= slot.until_or_count) return {};
  const std::uint32_t asked =
      internal::PackRule(cell, 1U << static_cast<unsigned>(question.operation), 0);
  constexpr std::uint32_t kWholeCell = internal::kCellsMax - 1;
  for (std::size_t i = 0; i < slot.rule_count; ++i) {
    const std::uint32_t rule = slot.rules[i];
    if ((rule & (asked | kWholeCell)) == asked) {
      return {.allowed = false, .restriction = slot.base + internal::DeltaOf(rule) + 1};
    }
  }
  return {};
}

Verdict DecisionTable::DecideSpilled(const std::uint8_t* bytes, std::uint32_t cell,
                                     const FastQuestion& question) const {
  const auto slot = Load<Slot>(bytes);
  const auto end = static_cast<std::uint64_t>(slot.from_or_first + slot.until_or_count);
  auto low = static_cast<std::uint64_t>(slot.from_or_first);
  std::uint64_t high = end;
  while (low < high) {  // the first rule of the cell
    const std::uint64_t middle = low + (high - low) / 2;
    if (Load<std::uint32_t>(spilled_ + sizeof(SpilledRule) * middle) < cell) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  for (; low < end; ++low) {
    const auto rule = Load<SpilledRule>(spilled_ + sizeof(SpilledRule) * low);
    if (rule.cell != cell) break;
    if (question.at >= rule.from && question.at < rule.until &&
        ((rule.denied >> static_cast<unsigned>(question.operation)) & 1U) != 0) {
      return {.allowed = false, .restriction = rule.restriction + 1};
    }
  }
  return {};
}

Answer DecisionTable::Describe(const Question& question, bool unknown_allowed) const {
  Answer answer;
  answer.table = number_;
  if (question.operation == Operation::kManage) return answer;
  const FastQuestion fast{.subscription = question.subscription,
                          .service = ServiceNumber(question.service),
                          .region = RegionNumber(question.region),
                          .operation = question.operation,
                          .at = question.at.time_since_epoch().count()};
  if (fast.service == kUnknown || fast.region == kUnknown) {
    answer.allowed = unknown_allowed;
    answer.reason = fast.service == kUnknown ? "unknown service" : "unknown region";
    return answer;
  }
  const Verdict verdict = Decide(fast);
  if (verdict.allowed) return answer;
  const auto record = Load<RestrictionRecord>(restrictions_ + sizeof(RestrictionRecord) *
                                                                  (verdict.restriction - 1));
  const auto stage = static_cast<terms::Stage>(record.stage);
  answer.allowed = false;
  answer.restriction = text_.substr(record.id.offset, record.id.length);
  answer.clause = text_.substr(record.clause.offset, record.clause.length);
  answer.of_case = text_.substr(record.of_case.offset, record.of_case.length);
  answer.stage = stage;
  if (record.until != internal::kNoEnd)
    answer.until = Time(std::chrono::milliseconds(record.until));
  answer.reason = DenialReason(answer.restriction, answer.clause, stage);
  return answer;
}

}  // namespace proviso::enforcement
