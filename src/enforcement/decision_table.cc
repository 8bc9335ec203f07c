#include "enforcement/decision_table.h"

#include <algorithm>
#include <chrono>

#include "enforcement/internal/subscription_key.h"
#include "enforcement/internal/table_layout.h"

namespace proviso::enforcement {
namespace {

using internal::Load;
using internal::RestrictionRecord;
using internal::Slot;
using internal::SlotKind;
using internal::SpilledRule;
using internal::TableHeader;
using internal::TextRef;

// Denies() as bits: a byte a stage, a bit an operation. A test compares.
constexpr std::uint32_t kDenied = 0x1F070100;

bool StageDenies(std::uint32_t stage, Operation operation) {
  return ((kDenied >> (stage * 8U + (static_cast<std::uint32_t>(operation) & 7U))) & 1U) != 0;
}

Error Damaged(std::string what) {
  return {ErrorCode::kDataLoss, "the decision table is damaged: " + std::move(what)};
}

// Takes `count` parts of `size` bytes from what is left, or fails. Never overflows.
bool Take(std::uint64_t count, std::uint64_t size, std::uint64_t& left) {
  if (count > left / size) return false;
  left -= count * size;
  return true;
}

}  // namespace

Result<DecisionTable> DecisionTable::Open(std::span<const std::uint8_t> bytes) {
  const std::uint64_t least = sizeof(TableHeader) + internal::kChecksumBytes;
  if (bytes.size() < least) {
    return tl::unexpected(Damaged("expected at least " + std::to_string(least) + " bytes, found " +
                                  std::to_string(bytes.size())));
  }
  const auto header = Load<TableHeader>(bytes.data());
  if (!std::equal(std::begin(header.magic), std::end(header.magic), internal::kMagic)) {
    return tl::unexpected(Damaged("it does not begin with `PRVTABLE`"));
  }
  if (header.version != internal::kVersion) {
    return tl::unexpected(Damaged("expected version 1, found " + std::to_string(header.version) +
                                  "; compile it anew with this program"));
  }
  if (header.length != bytes.size()) {
    return tl::unexpected(Damaged("expected " + std::to_string(header.length) + " bytes, found " +
                                  std::to_string(bytes.size())));
  }
  const std::size_t covered = bytes.size() - internal::kChecksumBytes;
  const XXH128_hash_t sum = XXH3_128bits(bytes.data(), covered);
  if (sum.low64 != Load<std::uint64_t>(bytes.data() + covered) ||
      sum.high64 != Load<std::uint64_t>(bytes.data() + covered + 8)) {
    return tl::unexpected(Damaged("the checksum does not match"));
  }
  DecisionTable table;
  if (!table.Lay(bytes)) {
    return tl::unexpected(Damaged("its parts do not add up to its length"));
  }
  if (const char* fault = table.FindFault()) return tl::unexpected(Damaged(fault));
  return table;
}

bool DecisionTable::Lay(std::span<const std::uint8_t> bytes) {
  const auto header = Load<TableHeader>(bytes.data());
  std::uint64_t left = bytes.size() - sizeof(TableHeader) - internal::kChecksumBytes;
  const bool fits = Take(header.filter_words, 8, left) && Take(header.slots, sizeof(Slot), left) &&
                    Take(header.spilled, sizeof(SpilledRule), left) &&
                    Take(header.restrictions, sizeof(RestrictionRecord), left) &&
                    Take(header.services, sizeof(TextRef), left) &&
                    Take(header.regions, sizeof(TextRef), left) && left == header.text_bytes;
  if (!fits) return false;
  number_ = header.number;
  seed_ = header.seed;
  filter_words_ = header.filter_words;
  slot_count_ = header.slots;
  spilled_count_ = header.spilled;
  subscription_count_ = header.subscriptions;
  restriction_count_ = header.restrictions;
  service_count_ = header.services;
  region_count_ = header.regions;
  filter_ = bytes.data() + sizeof(TableHeader);
  slots_ = filter_ + 8 * filter_words_;
  spilled_ = slots_ + sizeof(Slot) * slot_count_;
  restrictions_ = spilled_ + sizeof(SpilledRule) * spilled_count_;
  service_names_ = restrictions_ + sizeof(RestrictionRecord) * restriction_count_;
  region_names_ = service_names_ + sizeof(TextRef) * service_count_;
  const std::uint8_t* text = region_names_ + sizeof(TextRef) * region_count_;
  text_ = AsText({text, header.text_bytes});
  return true;
}

// After this, Decide() and Describe() need no check of their own: whatever they follow stays
// inside.
const char* DecisionTable::FindFault() const {
  if (filter_words_ == 0) return "it has no filter";
  if (service_count_ >= kUnknown || region_count_ >= kUnknown ||
      std::uint64_t{service_count_} * region_count_ > internal::kCellsMax) {
    return "it has too many services and regions";
  }
  if (!NamesInOrder(service_names_, service_count_) ||
      !NamesInOrder(region_names_, region_count_)) {
    return "its names are not in order";
  }
  for (std::uint32_t i = 0; i < restriction_count_; ++i) {
    const auto record = Load<RestrictionRecord>(restrictions_ + sizeof(RestrictionRecord) * i);
    if (record.stage > 3 || !Holds(record.id.offset, record.id.length) ||
        !Holds(record.clause.offset, record.clause.length)) {
      return "a restriction points outside";
    }
  }
  for (std::uint64_t i = 0; i < spilled_count_; ++i) {
    const auto rule = Load<SpilledRule>(spilled_ + sizeof(SpilledRule) * i);
    if (rule.stage > 3 || rule.restriction >= restriction_count_) return "a rule points outside";
  }
  return FindSlotFault();
}

const char* DecisionTable::FindSlotFault() const {
  std::uint64_t used = 0;
  for (std::uint64_t i = 0; i < slot_count_; ++i) {
    const auto slot = Load<Slot>(slots_ + sizeof(Slot) * i);
    if (slot.kind == SlotKind::kEmpty) continue;
    ++used;
    if (slot.kind == SlotKind::kInline) {
      if (slot.rule_count > internal::kInlineRulesMax) return "a slot has too many rules";
      for (std::size_t rule = 0; rule < slot.rule_count; ++rule) {
        const std::uint64_t restriction =
            std::uint64_t{slot.base} + internal::DeltaOf(slot.rules[rule]);
        if (restriction >= restriction_count_) return "a rule points outside";
      }
    } else if (slot.kind == SlotKind::kSpilled) {
      const auto first = static_cast<std::uint64_t>(slot.from_or_first);
      const auto count = static_cast<std::uint64_t>(slot.until_or_count);
      if (first > spilled_count_ || count > spilled_count_ - first) return "a slot points outside";
    } else {
      return "a slot is of no known kind";
    }
  }
  if (used != subscription_count_) return "the number of slots in use is wrong";
  // A search ends at an empty slot.
  if (used >= slot_count_) return "it has no empty slot";
  return nullptr;
}

bool DecisionTable::Holds(std::uint64_t offset, std::uint64_t length) const {
  return offset <= text_.size() && length <= text_.size() - offset;
}

std::string_view DecisionTable::NameAt(const std::uint8_t* names, std::uint32_t index) const {
  const auto ref = Load<TextRef>(names + sizeof(TextRef) * index);
  return text_.substr(ref.offset, ref.length);
}

bool DecisionTable::NamesInOrder(const std::uint8_t* names, std::uint32_t count) const {
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto ref = Load<TextRef>(names + sizeof(TextRef) * i);
    if (!Holds(ref.offset, ref.length)) return false;
    if (i > 0 && NameAt(names, i - 1) >= NameAt(names, i)) return false;
  }
  return true;
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

Verdict DecisionTable::Decide(const FastQuestion& question) const noexcept {
  if (question.operation == Operation::kManage) return {};
  if (question.service >= service_count_ || question.region >= region_count_) return {};
  const internal::SubscriptionKey key = internal::KeyOf(question.subscription, seed_);

  // Almost all customers are under no restriction: one word, near the processor, says so.
  const auto word = Load<std::uint64_t>(filter_ + 8 * internal::Spread(key.low, filter_words_));
  const std::uint64_t mask = internal::FilterMask(key.high);
  if ((word & mask) != mask) return {};

  const std::uint32_t cell = question.service * region_count_ + question.region;
  std::uint64_t index = internal::Spread(key.high, slot_count_);
  while (true) {
    const std::uint8_t* slot = slots_ + sizeof(Slot) * index;
    const auto kind = Load<SlotKind>(slot + offsetof(Slot, kind));
    if (kind == SlotKind::kEmpty) return {};
    if (Load<std::uint64_t>(slot) == key.low && Load<std::uint64_t>(slot + 8) == key.high) {
      return kind == SlotKind::kInline ? DecideInline(slot, cell, question)
                                       : DecideSpilled(slot, cell, question);
    }
    if (++index == slot_count_) index = 0;
  }
}

Verdict DecisionTable::DecideInline(const std::uint8_t* bytes, std::uint32_t cell,
                                    const FastQuestion& question) {
  const auto slot = Load<Slot>(bytes);
  if (question.at < slot.from_or_first || question.at >= slot.until_or_count) return {};
  for (std::size_t i = 0; i < slot.rule_count; ++i) {
    const std::uint32_t rule = slot.rules[i];
    if (internal::CellOf(rule) == cell &&
        StageDenies(internal::StageOf(rule), question.operation)) {
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
        StageDenies(rule.stage, question.operation)) {
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
  answer.stage = stage;
  if (record.until != internal::kNoEnd)
    answer.until = Time(std::chrono::milliseconds(record.until));
  answer.reason = DenialReason(answer.restriction, answer.clause, stage);
  return answer;
}

}  // namespace proviso::enforcement
