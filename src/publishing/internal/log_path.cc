#include "publishing/internal/log_path.h"

#include <algorithm>
#include <cstddef>
#include <optional>

namespace proviso::publishing {
namespace {

constexpr int kLevelMax = 63;
constexpr int kWidthMax = 255;
// 63-bit sizes have tile numbers of up to 17 digits.
constexpr std::size_t kGroupsMax = 6;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// A number from `least` to `most`, in the one way to write it.
bool IsNumber(std::string_view text, int least, int most) {
  if (text.empty() || text.size() > 3 || !std::ranges::all_of(text, IsDigit)) return false;
  if (text.size() > 1 && text.front() == '0') return false;
  int value = 0;
  for (const char digit : text) value = value * 10 + (digit - '0');
  return value >= least && value <= most;
}

bool IsGroup(std::string_view text) {
  return text.size() == 3 && std::ranges::all_of(text, IsDigit);
}

// What stands before the next slash, which goes too; absent when there is none.
std::optional<std::string_view> Take(std::string_view& rest) {
  const std::size_t end = rest.find('/');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view taken = rest.substr(0, end);
  rest.remove_prefix(end + 1);
  return taken;
}

// "x001/x234/067", or "067.p/12".
bool IsTileNumber(std::string_view rest) {
  std::size_t groups = 1;
  while (rest.starts_with('x')) {
    const auto group = Take(rest);
    if (!group || !IsGroup(group->substr(1)) || ++groups > kGroupsMax) return false;
    if (groups == 2 && *group == "x000") return false;  // leading zeros have no group
  }
  const auto partial = Take(rest);
  if (!partial) return IsGroup(rest);
  return partial->ends_with(".p") && IsGroup(partial->substr(0, partial->size() - 2)) &&
         IsNumber(rest, 1, kWidthMax);
}

}  // namespace

LogPath KindOfPath(std::string_view path) {
  if (path == "checkpoint") return LogPath::kCheckpoint;
  if (path == "addenda.v1") return LogPath::kMarker;
  if (Take(path) != "tile") return LogPath::kNone;
  const auto level = Take(path);
  if (!level || (*level != "entries" && !IsNumber(*level, 0, kLevelMax))) return LogPath::kNone;
  return IsTileNumber(path) ? LogPath::kTile : LogPath::kNone;
}

}  // namespace proviso::publishing
