#pragma once

// The hash is compiled into its callers: a call costs more than hashing an id.
#define XXH_INLINE_ALL
#include <xxhash.h>

#include <cstdint>
#include <string_view>

namespace proviso::enforcement::internal {

// What the table knows a subscription by: XXH3 with 128 bits, under the table's seed.
struct SubscriptionKey {
  std::uint64_t low;
  std::uint64_t high;
  bool operator==(const SubscriptionKey&) const = default;
};

inline SubscriptionKey KeyOf(std::string_view subscription, std::uint64_t seed) {
  const XXH128_hash_t hash = XXH3_128bits_withSeed(subscription.data(), subscription.size(), seed);
  return {hash.low64, hash.high64};
}

}  // namespace proviso::enforcement::internal
