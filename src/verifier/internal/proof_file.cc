#include "verifier/internal/proof_file.h"

#include <charconv>
#include <string>

namespace proviso::verifier {
namespace {

constexpr std::string_view kHeader = "c2sp.org/tlog-proof@v1";
constexpr std::string_view kExtra = "extra ";
constexpr std::string_view kIndex = "index ";
constexpr std::size_t kShownMax = 80;

tl::unexpected<Error> Bad(std::size_t line, std::string_view expected, std::string_view found) {
  return Fail(ErrorCode::kDataLoss, "line " + std::to_string(line) + ": expected " +
                                        std::string(expected) + ", found `" +
                                        std::string(found.substr(0, kShownMax)) + "`");
}

// Takes a file line by line, and counts.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}
  // The next line, which must have an end.
  std::optional<std::string_view> Next() {
    const std::size_t end = rest_.find('\n');
    if (end == std::string_view::npos) return std::nullopt;
    const std::string_view line = rest_.substr(0, end);
    rest_.remove_prefix(end + 1);
    ++number_;
    return line;
  }
  std::size_t number() const { return number_; }
  std::string_view rest() const { return rest_; }
  tl::unexpected<Error> EndsEarly(std::string_view expected) const {
    return Bad(number_ + 1, expected, rest_.empty() ? "the end" : rest_);
  }

 private:
  std::string_view rest_;
  std::size_t number_ = 0;
};

Result<std::uint64_t> ReadIndex(std::string_view line, std::size_t number) {
  const std::string_view digits = line.starts_with(kIndex) ? line.substr(kIndex.size()) : "";
  std::uint64_t index = 0;
  const char* const end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, index);
  // One spelling, and no more than other readers take.
  const bool is_good = error == std::errc() && stop == end &&
                       (digits == "0" || digits.front() != '0') &&
                       index <= static_cast<std::uint64_t>(INT64_MAX);
  if (!is_good) return Bad(number, "`index ` and a number without leading zeros", line);
  return index;
}

Result<std::vector<crypto::Hash>> ReadPath(Lines& lines) {
  std::vector<crypto::Hash> path;
  for (;;) {
    const auto line = lines.Next();
    if (!line) return lines.EndsEarly("a hash, or an empty line before the checkpoint");
    if (line->empty()) return path;
    const auto bytes = Base64Decode(*line);
    if (!bytes || bytes->size() != crypto::Hash::kSize) {
      return Bad(lines.number(), "a hash of 32 bytes in canonical base64", *line);
    }
    if (path.size() == kProofHashesMax) {
      return Bad(lines.number(), "at most 63 hashes", *line);
    }
    path.push_back(PROVISO_TRY(crypto::Hash::FromBytes(*bytes)));
  }
}

}  // namespace

Result<ProofFile> ReadProofFile(std::string_view text) {
  Lines lines(text);
  auto line = lines.Next();
  if (!line) return lines.EndsEarly("`" + std::string(kHeader) + "`");
  if (*line != kHeader) return Bad(1, "`" + std::string(kHeader) + "`", *line);
  ProofFile file;
  line = lines.Next();
  if (line && line->starts_with(kExtra)) {
    auto extra = Base64Decode(line->substr(kExtra.size()));
    if (!extra) return Bad(lines.number(), "`extra ` and canonical base64", *line);
    file.extra = std::move(*extra);
    line = lines.Next();
  }
  if (!line) return lines.EndsEarly("`index ` and a number");
  file.index = PROVISO_TRY(ReadIndex(*line, lines.number()));
  file.path = PROVISO_TRY(ReadPath(lines));
  file.checkpoint = lines.rest();
  return file;
}

Result<crypto::Hash> RootFromPath(const crypto::Hash& leaf, std::uint64_t index, std::uint64_t size,
                                  const std::vector<crypto::Hash>& path) {
  const auto wrong_length = [&](std::string_view how) {
    return Fail(ErrorCode::kDataLoss, "expected the hashes for entry " + std::to_string(index) +
                                          " of " + std::to_string(size) + ", found " +
                                          std::to_string(path.size()) + ": too " +
                                          std::string(how));
  };
  crypto::Hash root = leaf;
  std::uint64_t node = index;
  std::uint64_t last = size - 1;  // the rightmost node of the same height
  for (const crypto::Hash& hash : path) {
    if (last == 0) return wrong_length("many");
    if ((node & 1U) != 0 || node == last) {
      root = crypto::NodeHash(hash, root);
      // A last node without a neighbour stands for itself until it is a right child.
      while ((node & 1U) == 0 && node != 0) {
        node >>= 1U;
        last >>= 1U;
      }
    } else {
      root = crypto::NodeHash(root, hash);
    }
    node >>= 1U;
    last >>= 1U;
  }
  if (last != 0) return wrong_length("few");
  return root;
}

}  // namespace proviso::verifier
