#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "catalogue/catalogue.h"
#include "enforcement/internal/table_writer.h"
#include "enforcement/restriction.h"

namespace proviso::enforcement::internal {

// The seed of the hash of subscriptions: that of attempt 0 unless two subscriptions share a key.
std::uint64_t SeedOf(std::uint64_t attempt);

// Refers to the text of `restriction`.
TableRestriction ForTable(const Restriction& restriction);

// kInvalidArgument when no table can be made of `restriction`: it has a blank where something must
// stand, or a stage or an operation that does not exist.
Status CheckRestriction(const Restriction& restriction);

// The services of a catalogue that stay on whatever is decided. Refers to its arguments.
class KeptOn {
 public:
  KeptOn(const catalogue::Catalogue& catalogue, const std::vector<std::string>& classes);
  // kFailedPrecondition when `restriction` would touch one of them.
  Status Check(const Restriction& restriction) const;

 private:
  std::unordered_map<std::string_view, std::string_view> classes_;  // by service
};

}  // namespace proviso::enforcement::internal
