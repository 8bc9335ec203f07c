#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "enforcement/internal/subscription_key.h"
#include "enforcement/internal/table_layout.h"

namespace proviso::enforcement::internal {

// A rule of one subscription.
struct TableRule {
  std::uint32_t restriction = 0;  // index
  std::uint32_t cell = 0;
  auto operator<=>(const TableRule&) const = default;
};

// A restriction as a table knows it.
struct TableRestriction {
  std::int64_t from = 0;
  std::int64_t until = kNoEnd;
  std::string_view id;
  std::string_view clause;
  std::string_view of_case;
  std::uint32_t stage = 0;
  std::uint32_t operations = 0;
  std::uint32_t denied = 0;  // by this stage, of these operations
  // What denies nothing has no rule.
  bool HasRules() const { return denied != 0 && from < until; }
  bool operator==(const TableRestriction&) const = default;
};

// All of a table but its rules. Refers to text of the caller.
struct TableFrame {
  std::uint64_t number = 0;
  std::uint64_t seed = 0;
  std::uint32_t subscriptions = 0;  // that have a rule
  std::uint64_t spilled_guess = 0;  // so that memory is asked for once; any number will do
  std::vector<std::string_view> services;
  std::vector<std::string_view> regions;
  std::vector<TableRestriction> restrictions;
};

std::uint64_t FilterWordsFor(std::uint64_t subscriptions);
std::uint64_t HomesFor(std::uint64_t subscriptions);

// Writes the bytes of one table. They follow from the frame and the rules alone, so that every way
// to make a table gives the same bytes. `frame` must outlive it.
class TableWriter {
 public:
  explicit TableWriter(const TableFrame& frame);

  // The rules of the subscription with the next larger key (high half first): at least one, in
  // their order, each once, of restrictions that have rules.
  void Place(SubscriptionKey key, std::span<const TableRule> rules);
  // The same for a slot with inline rules that holds the very restrictions of the frame.
  void PlaceInline(const Slot& slot);

  // kResourceExhausted when the text is too long.
  Result<Bytes> Finish();

 private:
  // Takes the next free slot from the home of `key` on, and puts the key into the filter.
  std::uint8_t* TakeSlot(SubscriptionKey key);
  bool FitsInline(std::span<const TableRule> rules) const;
  void FillInline(Slot& slot, std::span<const TableRule> rules) const;
  void FillSpilled(Slot& slot, std::span<const TableRule> rules);
  void Append(const void* data, std::size_t size);
  void WriteHeader(std::uint64_t text_bytes);

  const TableFrame& frame_;
  std::uint64_t filter_words_;
  std::uint64_t homes_;
  std::uint64_t slots_begin_;      // in bytes_
  std::uint64_t slots_taken_ = 0;  // up to the last one in use
  std::uint64_t placed_ = 0;
  std::vector<SpilledRule> spilled_;
  Bytes bytes_;
};

}  // namespace proviso::enforcement::internal
