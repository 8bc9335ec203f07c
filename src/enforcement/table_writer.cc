#include "enforcement/internal/table_writer.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <tuple>

#include "base/check.h"
#include "enforcement/table_memory.h"

namespace proviso::enforcement::internal {
namespace {

constexpr std::uint64_t kSubscriptionsPerFilterWord = 4;  // 16 bits each
constexpr std::uint64_t kFilterWordsStep = 8;             // whole cache lines
constexpr std::uint64_t kHomesPerSubscription = 2;

// The text of a table, written behind what is there. Neighbours mostly have the same clause and
// the same case, which are then written once.
class TextWriter {
 public:
  TextRef Write(std::string_view text) {
    const TextRef ref{static_cast<std::uint32_t>(text_.size()),
                      static_cast<std::uint32_t>(text.size())};
    text_ += text;
    return ref;
  }
  // Like `last` when it says the same.
  TextRef WriteUnless(TextRef last, std::string_view text) {
    if (std::string_view(text_).substr(last.offset, last.length) == text) return last;
    return Write(text);
  }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

}  // namespace

std::uint64_t FilterWordsFor(std::uint64_t subscriptions) {
  const std::uint64_t in_step = kSubscriptionsPerFilterWord * kFilterWordsStep;
  return std::max<std::uint64_t>(1, (subscriptions + in_step - 1) / in_step) * kFilterWordsStep;
}

std::uint64_t HomesFor(std::uint64_t subscriptions) {
  return std::max<std::uint64_t>(1, kHomesPerSubscription * subscriptions);
}

TableWriter::TableWriter(const TableFrame& frame)
    : frame_(frame),
      filter_words_(FilterWordsFor(frame.subscriptions)),
      homes_(HomesFor(frame.subscriptions)),
      slots_begin_(sizeof(TableHeader) + 8 * filter_words_) {
  std::uint64_t guess = slots_begin_ + sizeof(Slot) * (homes_ + 64) +
                        sizeof(SpilledRule) * frame.spilled_guess + kChecksumBytes;
  for (const TableRestriction& one : frame.restrictions) {
    guess += sizeof(RestrictionRecord) + one.id.size() + one.clause.size() + one.of_case.size();
  }
  bytes_.reserve(guess);
  WishForLargePages(bytes_.data(), bytes_.capacity());
  // Slots follow one by one, so that memory is written to once.
  bytes_.resize(slots_begin_);
}

std::uint8_t* TableWriter::TakeSlot(SubscriptionKey key) {
  std::uint8_t* word = bytes_.data() + sizeof(TableHeader) + 8 * Spread(key.low, filter_words_);
  const std::uint64_t bits = Load<std::uint64_t>(word) | FilterMask(key.high);
  std::memcpy(word, &bits, sizeof bits);
  const std::uint64_t index = std::max(slots_taken_, Spread(key.high, homes_));
  slots_taken_ = index + 1;
  ++placed_;
  bytes_.resize(slots_begin_ + sizeof(Slot) * slots_taken_);
  return bytes_.data() + bytes_.size() - sizeof(Slot);
}

void TableWriter::PlaceInline(const Slot& slot) {
  std::memcpy(TakeSlot({slot.key_low, slot.key_high}), &slot, sizeof slot);
}

void TableWriter::Place(SubscriptionKey key, std::span<const TableRule> rules) {
  Slot slot{};
  slot.key_low = key.low;
  slot.key_high = key.high;
  if (FitsInline(rules)) {
    FillInline(slot, rules);
  } else {
    FillSpilled(slot, rules);
  }
  std::memcpy(TakeSlot(key), &slot, sizeof slot);
}

bool TableWriter::FitsInline(std::span<const TableRule> rules) const {
  if (rules.size() > kInlineRulesMax) return false;
  const TableRestriction& first = frame_.restrictions[rules.front().restriction];
  return std::all_of(rules.begin(), rules.end(), [&](const TableRule& rule) {
    const TableRestriction& other = frame_.restrictions[rule.restriction];
    return other.from == first.from && other.until == first.until &&
           rule.restriction - rules.front().restriction < kDeltasMax;
  });
}

void TableWriter::FillInline(Slot& slot, std::span<const TableRule> rules) const {
  const TableRestriction& first = frame_.restrictions[rules.front().restriction];
  slot.kind = SlotKind::kInline;
  slot.rule_count = static_cast<std::uint8_t>(rules.size());
  slot.base = rules.front().restriction;
  slot.from_or_first = first.from;
  slot.until_or_count = first.until;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    slot.rules[i] = PackRule(rules[i].cell, frame_.restrictions[rules[i].restriction].denied,
                             rules[i].restriction - slot.base);
  }
}

void TableWriter::FillSpilled(Slot& slot, std::span<const TableRule> rules) {
  slot.kind = SlotKind::kSpilled;
  slot.from_or_first = static_cast<std::int64_t>(spilled_.size());
  slot.until_or_count = static_cast<std::int64_t>(rules.size());
  for (const TableRule& rule : rules) {
    const TableRestriction& restriction = frame_.restrictions[rule.restriction];
    spilled_.push_back(
        {rule.cell, rule.restriction, restriction.denied, 0, restriction.from, restriction.until});
  }
  std::sort(spilled_.end() - slot.until_or_count, spilled_.end(),
            [](const SpilledRule& a, const SpilledRule& b) {
              return std::tie(a.cell, a.restriction) < std::tie(b.cell, b.restriction);
            });
}

void TableWriter::Append(const void* data, std::size_t size) {
  if (size == 0) return;
  const auto* from = static_cast<const std::uint8_t*>(data);
  bytes_.insert(bytes_.end(), from, from + size);
}

void TableWriter::WriteHeader(std::uint64_t text_bytes) {
  TableHeader header{};
  std::memcpy(header.magic, kMagic, sizeof header.magic);
  header.version = kVersion;
  header.length = bytes_.size() + kChecksumBytes;
  header.number = frame_.number;
  header.seed = frame_.seed;
  header.services = static_cast<std::uint32_t>(frame_.services.size());
  header.regions = static_cast<std::uint32_t>(frame_.regions.size());
  header.restrictions = static_cast<std::uint32_t>(frame_.restrictions.size());
  header.subscriptions = frame_.subscriptions;
  header.filter_words = filter_words_;
  header.homes = homes_;
  header.slots = std::max(homes_, slots_taken_) + 1;
  header.spilled = spilled_.size();
  header.text_bytes = text_bytes;
  std::memcpy(bytes_.data(), &header, sizeof header);
}

Result<Bytes> TableWriter::Finish() {
  PROVISO_CHECK(placed_ == frame_.subscriptions, "another number of subscriptions than was told");
  TextWriter text;
  std::vector<TextRef> names;
  for (const std::string_view name : frame_.services) names.push_back(text.Write(name));
  for (const std::string_view name : frame_.regions) names.push_back(text.Write(name));
  // A search ends at the one behind all others at the latest.
  bytes_.resize(slots_begin_ + sizeof(Slot) * (std::max(homes_, slots_taken_) + 1));
  Append(spilled_.data(), spilled_.size() * sizeof(SpilledRule));
  TextRef clause{};
  TextRef of_case{};
  for (const TableRestriction& one : frame_.restrictions) {
    const TextRef id = text.Write(one.id);
    clause = text.WriteUnless(clause, one.clause);
    of_case = text.WriteUnless(of_case, one.of_case);
    const RestrictionRecord record{one.from,  one.until,     id, clause, of_case,
                                   one.stage, one.operations};
    Append(&record, sizeof record);
  }
  const std::uint64_t text_bytes = text.text().size();
  if (text_bytes > UINT32_MAX) {
    return Fail(ErrorCode::kResourceExhausted,
                "a decision table holds at most 4 GiB of text, found " +
                    std::to_string(text_bytes) + " bytes");
  }
  Append(names.data(), names.size() * sizeof(TextRef));
  Append(text.text().data(), text_bytes);
  WriteHeader(text_bytes);
  const XXH128_hash_t sum = XXH3_128bits(bytes_.data(), bytes_.size());
  Append(&sum.low64, sizeof sum.low64);
  Append(&sum.high64, sizeof sum.high64);
  return std::move(bytes_);
}

}  // namespace proviso::enforcement::internal
