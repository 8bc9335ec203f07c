#include "points/table_heartbeat.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstring>
#include <utility>

#include "io/files/descriptor.h"

namespace proviso::points {
namespace {

// "table 118 beat 42 sum bcbe075f6fa77d89", padded, so that a text never holds the end of a longer
// one.
constexpr std::size_t kTextBytes = 64;
constexpr std::string_view kBegin = "table ";
constexpr std::string_view kBeat = " beat ";
constexpr std::string_view kSum = " sum ";
constexpr std::size_t kSumDigits = 16;
constexpr std::uint64_t kNumberMax = std::uint64_t{1} << 53U;  // as of a table
// So that the longest number leaves room for all.
constexpr std::uint64_t kBeatsMax = 1'000'000;

Error Failed(std::string_view doing, const std::filesystem::path& path) {
  return {ErrorCode::kUnavailable,
          "cannot " + std::string(doing) + " `" + path.string() + "`: " + std::strerror(errno)};
}

}  // namespace

Status TableHeartbeat::Beat(const TableName& name) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): open has no other form.
  const io::Descriptor file(
      ::open(path_.c_str(), O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, mode_));
  if (!file.IsOpen()) return tl::unexpected<Error>(Failed("open", path_));
  struct stat info {};
  const auto mode = static_cast<mode_t>(mode_);
  if (::fstat(file.number(), &info) != 0 ||
      ((info.st_mode & 07777U) != mode && ::fchmod(file.number(), mode) != 0)) {
    return tl::unexpected<Error>(Failed("set the mode of", path_));
  }
  count_ = (count_ + 1) % kBeatsMax;
  std::string words(kBegin);
  words.append(std::to_string(name.number)).append(kBeat).append(std::to_string(count_));
  if (!name.sum.empty()) words.append(kSum).append(name.sum);
  std::array<char, kTextBytes + 1> text{};
  std::snprintf(text.data(), text.size(), "%-63s\n", words.c_str());
  if (::pwrite(file.number(), text.data(), kTextBytes, 0) != static_cast<ssize_t>(kTextBytes)) {
    return tl::unexpected<Error>(Failed("write", path_));
  }
  return {};
}

std::optional<TableName> TableHeartbeat::Read(std::string_view text) {
  if (text.size() != kTextBytes || !text.starts_with(kBegin)) return std::nullopt;
  text.remove_prefix(kBegin.size());
  TableName name;
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), name.number);
  if (problem != std::errc() || name.number > kNumberMax) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (!text.starts_with(kBeat)) return std::nullopt;
  const std::size_t sum = text.find(kSum);
  if (sum == std::string_view::npos) return name;
  const std::string_view digits = text.substr(sum + kSum.size(), kSumDigits);
  constexpr std::string_view kDigits = "0123456789abcdef";
  if (digits.find_first_not_of(kDigits) != std::string_view::npos) return std::nullopt;
  if (digits.size() < kSumDigits) return std::nullopt;
  name.sum = digits;
  return name;
}

}  // namespace proviso::points
