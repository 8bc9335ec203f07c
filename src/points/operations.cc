#include "points/operations.h"

#include <algorithm>
#include <array>
#include <utility>

namespace proviso::points {
namespace {

using enforcement::Operation;

// Sorted by word, for a search by halves.
constexpr std::array kOperations = std::to_array<std::pair<std::string_view, Operation>>({
    {"COPY", Operation::kWrite},    {"DELETE", Operation::kDelete},
    {"GET", Operation::kRead},      {"HEAD", Operation::kRead},
    {"LOCK", Operation::kWrite},    {"MKCOL", Operation::kCreate},
    {"MOVE", Operation::kWrite},    {"OPTIONS", Operation::kRead},
    {"PATCH", Operation::kWrite},   {"POST", Operation::kInvoke},
    {"PROPFIND", Operation::kRead}, {"PROPPATCH", Operation::kWrite},
    {"PUT", Operation::kWrite},     {"REPORT", Operation::kRead},
    {"SEARCH", Operation::kRead},   {"UNLOCK", Operation::kWrite},
    {"create", Operation::kCreate}, {"delete", Operation::kDelete},
    {"invoke", Operation::kInvoke}, {"manage", Operation::kManage},
    {"read", Operation::kRead},     {"write", Operation::kWrite},
});
static_assert(std::ranges::is_sorted(kOperations, {},
                                     &std::pair<std::string_view, Operation>::first));

}  // namespace

std::optional<Operation> OperationOf(std::string_view word) {
  const auto* const found = std::ranges::lower_bound(
      kOperations, word, {}, &std::pair<std::string_view, Operation>::first);
  if (found == kOperations.end() || found->first != word) return std::nullopt;
  return found->second;
}

}  // namespace proviso::points
