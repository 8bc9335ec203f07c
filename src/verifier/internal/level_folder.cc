#include "verifier/internal/level_folder.h"

#include <algorithm>

namespace proviso::verifier {
namespace {

constexpr std::uint64_t kGroup = 1000;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

std::string ThreeDigits(std::uint64_t value) {
  std::string text = std::to_string(value);
  return std::string(3 - text.size(), '0') + text;
}

// The value of exactly three digits.
std::optional<std::uint64_t> ParseThreeDigits(std::string_view text) {
  if (text.size() != 3 || !std::all_of(text.begin(), text.end(), IsDigit)) return std::nullopt;
  std::uint64_t value = 0;
  for (const char digit : text) value = value * 10 + static_cast<std::uint64_t>(digit - '0');
  return value;
}

// "1" to "255", in the one way to write it.
std::optional<std::size_t> ParseWidth(std::string_view text) {
  if (text.empty() || text.size() > 3 || !std::all_of(text.begin(), text.end(), IsDigit) ||
      text[0] == '0') {
    return std::nullopt;
  }
  std::size_t value = 0;
  for (const char digit : text) value = value * 10 + static_cast<std::size_t>(digit - '0');
  if (value >= kTileWidth) return std::nullopt;
  return value;
}

// The folder of a group of a thousand: "" for the first, "/x001/x234" for 1234.
std::string GroupPath(std::uint64_t group) {
  std::string path;
  for (; group > 0; group /= kGroup) path.insert(0, "/x" + ThreeDigits(group % kGroup));
  return path;
}

Problem Missing(const TileFile& file, std::uint64_t entry) {
  return {.text = "`" + file.name + "`: missing",
          .entry = entry,
          .expected = "the file `" + file.name + "`",
          .found = "none"};
}

}  // namespace

std::string NumberPath(std::uint64_t number) {
  const std::string group = GroupPath(number / kGroup);
  const std::string last = ThreeDigits(number % kGroup);
  return group.empty() ? last : group.substr(1) + "/" + last;
}

std::size_t LevelFolder::WidthWithin(std::uint64_t number, std::uint64_t hashes) {
  const std::uint64_t before = number * kTileWidth;
  if (before >= hashes) return 0;
  return static_cast<std::size_t>(std::min(kTileWidth, hashes - before));
}

TileFile LevelFolder::RequiredFile(std::uint64_t number) const {
  const std::size_t width = WidthOf(number);
  std::string path = name_ + "/" + NumberPath(number);
  if (width < kTileWidth) path += ".p/" + std::to_string(width);
  return {.name = std::move(path), .width = width, .number = number};
}

Status LevelFolder::OpenGroup(std::uint64_t group) {
  if (group_ == group) return {};
  group_ = group;
  names_.clear();
  const std::string folder = name_ + GroupPath(group);
  auto names = source_.List(folder);
  if (!names && names.error().code() == ErrorCode::kNotFound) return {};  // every tile is missing
  if (!names) return tl::unexpected(std::move(names).error());
  for (const std::string& name : *names) CheckName(group, folder, name);
  return {};
}

void LevelFolder::CheckName(std::uint64_t group, const std::string& folder,
                            const std::string& name) {
  const std::string_view text = name;
  const std::string place = "`" + folder + "/" + name + "`";
  if (text.starts_with('x')) {
    const auto digits = ParseThreeDigits(text.substr(1));
    const std::uint64_t child = group * kGroup + digits.value_or(0);
    const std::uint64_t within = std::max(extent_.hashes, extent_.unfinished);
    const bool known = digits && child > 0 && WidthWithin(child * kGroup, within) > 0;
    if (!known) problems_.Add({place + ": no such folder in a log of this size"});
    return;
  }
  const bool partial = text.ends_with(".p");
  const auto digits = ParseThreeDigits(partial ? text.substr(0, text.size() - 2) : text);
  if (!digits) {
    if (io::IsTemporaryName(name)) {
      ++temporaries_;
    } else {
      problems_.Add({place + ": unknown file"});
    }
    return;
  }
  const std::uint64_t number = group * kGroup + *digits;
  const std::size_t width = WidthOf(number);
  const std::size_t unfinished = WidthWithin(number, extent_.unfinished);
  const bool beyond = width == 0 || (!partial && width < kTileWidth);
  if (beyond && (partial ? unfinished > 0 : unfinished == kTileWidth)) {
    ++temporaries_;
    return;
  }
  if (beyond) {
    problems_.Add({place + ": lies beyond the checkpoint"});
    return;
  }
  names_.insert(name);
}

Result<std::vector<TileFile>> LevelFolder::Partials(std::uint64_t number) {
  const std::string folder = name_ + "/" + NumberPath(number) + ".p";
  const std::size_t width = WidthOf(number);
  const std::vector<std::string> names = PROVISO_TRY(source_.List(folder));
  std::vector<TileFile> found;
  for (const std::string& name : names) {
    const std::string path = folder + "/" + name;
    const auto parsed = ParseWidth(name);
    if (!parsed && io::IsTemporaryName(name)) {
      ++temporaries_;
    } else if (!parsed) {
      problems_.Add({"`" + path + "`: unknown file"});
    } else if (*parsed > width && *parsed <= WidthWithin(number, extent_.unfinished)) {
      ++temporaries_;
    } else if (*parsed > width) {
      problems_.Add({"`" + path + "`: lies beyond the checkpoint"});
    } else {
      found.push_back({path, *parsed, number});
    }
  }
  std::sort(found.begin(), found.end(),
            [](const TileFile& a, const TileFile& b) { return a.width > b.width; });
  return found;
}

Result<LevelFolder::Files> LevelFolder::FilesOf(std::uint64_t number) {
  Files result;
  const TileFile required = RequiredFile(number);
  if (!source_.CanList()) {
    result.required = true;
    result.files.push_back(required);
    return result;
  }
  PROVISO_TRY(OpenGroup(number / kGroup));
  const std::string last = ThreeDigits(number % kGroup);
  if (required.width == kTileWidth && names_.contains(last)) result.files.push_back(required);
  if (names_.contains(last + ".p")) {
    std::vector<TileFile> partials = PROVISO_TRY(Partials(number));
    std::move(partials.begin(), partials.end(), std::back_inserter(result.files));
  }
  result.required = !result.files.empty() && result.files.front().width == required.width;
  if (!result.required) problems_.Add(Missing(required, EntryOf(number, 0)));
  return result;
}

Result<Bytes> LevelFolder::ReadOrFull(const TileFile& file, std::uint64_t bytes_max, Cut cut) {
  auto bytes = source_.Read(file.name, bytes_max);
  const bool gone = !bytes && bytes.error().code() == ErrorCode::kNotFound;
  if (!gone || source_.CanList() || file.width == kTileWidth) return bytes;
  auto full = source_.Read(name_ + "/" + NumberPath(file.number), bytes_max);
  if (full) full->resize(std::min(full->size(), cut(*full, file.width)));
  return full;
}

Result<std::optional<Bytes>> LevelFolder::Read(const TileFile& file, std::uint64_t bytes_max,
                                               Cut cut) {
  auto bytes = ReadOrFull(file, bytes_max, cut);
  if (bytes) {
    ++files_read_;
    return std::optional<Bytes>(std::move(*bytes));
  }
  const std::uint64_t entry = EntryOf(file.number, 0);
  if (bytes.error().code() == ErrorCode::kNotFound) {
    problems_.Add(Missing(file, entry));
    return std::optional<Bytes>();
  }
  if (bytes.error().code() == ErrorCode::kResourceExhausted) {
    problems_.Add(Differs("`" + file.name + "`", "at most " + std::to_string(bytes_max) + " bytes",
                          "more", entry));
    return std::optional<Bytes>();
  }
  return tl::unexpected(std::move(bytes).error());
}

}  // namespace proviso::verifier
