#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <limits>

namespace proviso::enforcement::internal {

// The parts of a decision table as they lie in its bytes: docs/formats/decision-table.md, which
// has the offsets. All numbers are little-endian. Read with Load(), for the bytes may lie anywhere.

inline constexpr char kMagic[8] = {'P', 'R', 'V', 'T', 'A', 'B', 'L', 'E'};
inline constexpr std::uint32_t kVersion = 2;
inline constexpr std::size_t kChecksumBytes = 16;
inline constexpr std::int64_t kNoEnd = std::numeric_limits<std::int64_t>::max();

struct TableHeader {
  char magic[8];
  std::uint32_t version;
  std::uint32_t zero;
  std::uint64_t length;  // of the whole table
  std::uint64_t number;
  std::uint64_t seed;
  std::uint32_t services;
  std::uint32_t regions;
  std::uint32_t restrictions;
  std::uint32_t subscriptions;  // slots in use
  std::uint64_t filter_words;
  std::uint64_t homes;  // slots at which a search may begin
  std::uint64_t slots;  // and those behind them: what found its home taken goes on into these
  std::uint64_t spilled;
  std::uint64_t text_bytes;
  std::uint64_t reserved[4];
};
static_assert(sizeof(TableHeader) == 128);

enum class SlotKind : std::uint8_t { kEmpty, kInline, kSpilled };
inline constexpr std::size_t kInlineRulesMax = 6;

struct Slot {
  std::uint64_t key_low;
  std::uint64_t key_high;
  SlotKind kind;
  std::uint8_t rule_count;  // kInline
  std::uint16_t zero;
  std::uint32_t base;           // kInline: the restriction that deltas count from
  std::int64_t from_or_first;   // kInline: window of all rules; kSpilled: first rule
  std::int64_t until_or_count;  //                               kSpilled: number of rules
  std::uint32_t rules[kInlineRulesMax];
};
static_assert(sizeof(Slot) == 64);

struct SpilledRule {
  std::uint32_t cell;
  std::uint32_t restriction;  // index
  std::uint32_t denied;       // operations, a bit each
  std::uint32_t zero;
  std::int64_t from;
  std::int64_t until;
};
static_assert(sizeof(SpilledRule) == 32);

struct TextRef {
  std::uint32_t offset;
  std::uint32_t length;
};

struct RestrictionRecord {
  std::int64_t from;
  std::int64_t until;
  TextRef id;
  TextRef clause;
  TextRef of_case;
  std::uint32_t stage;
  std::uint32_t operations;  // that it covers, a bit each
};
static_assert(sizeof(RestrictionRecord) == 48);
inline constexpr std::uint32_t kStageMax = 3;

// Operations as bits: 0 create, 1 invoke, 2 write, 3 read, 4 delete. `manage` is never denied.
inline constexpr unsigned kDeniableOperations = 5;
inline constexpr std::uint32_t kAllDenied = (1U << kDeniableOperations) - 1;

// An inline rule: bits 0-19 cell, 20-24 what it denies, 25-31 restriction minus base. A cell is
// service * regions + region.
inline constexpr std::uint32_t kCellBits = 20;
inline constexpr std::uint32_t kCellsMax = 1U << kCellBits;
inline constexpr std::uint32_t kDeltasMax = 1U << 7U;
inline constexpr unsigned kDeltaShift = kCellBits + kDeniableOperations;
inline std::uint32_t PackRule(std::uint32_t cell, std::uint32_t denied, std::uint32_t delta) {
  return cell | (denied << kCellBits) | (delta << kDeltaShift);
}
inline std::uint32_t CellOf(std::uint32_t rule) { return rule & (kCellsMax - 1); }
inline std::uint32_t DeniedOf(std::uint32_t rule) { return (rule >> kCellBits) & kAllDenied; }
inline std::uint32_t DeltaOf(std::uint32_t rule) { return rule >> kDeltaShift; }

template <typename T>
T Load(const std::uint8_t* from) {
  T value;
  std::memcpy(&value, from, sizeof value);
  return value;
}

// Maps `hash` evenly to 0..count-1 (the high half of the product).
inline std::uint64_t Spread(std::uint64_t hash, std::uint64_t count) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>((static_cast<Wide>(hash) * count) >> 64U);
}

// The five bits that a key sets in its word of the filter.
inline std::uint64_t FilterMask(std::uint64_t key_high) {
  const auto bit = [&](unsigned shift) { return std::uint64_t{1} << ((key_high >> shift) & 63U); };
  return bit(0) | bit(6) | bit(12) | bit(18) | bit(24);
}

}  // namespace proviso::enforcement::internal
