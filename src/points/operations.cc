#include "points/operations.h"

#include <array>
#include <span>
#include <utility>

namespace proviso::points {
namespace {

using enforcement::Operation;
using Word = std::pair<std::string_view, Operation>;

constexpr std::array kMethods = std::to_array<Word>({
    {"COPY", Operation::kWrite},
    {"DELETE", Operation::kDelete},
    {"GET", Operation::kRead},
    {"HEAD", Operation::kRead},
    {"LOCK", Operation::kWrite},
    {"MKCOL", Operation::kCreate},
    {"MOVE", Operation::kWrite},
    {"OPTIONS", Operation::kRead},
    {"PATCH", Operation::kWrite},
    {"POST", Operation::kInvoke},
    {"PROPFIND", Operation::kRead},
    {"PROPPATCH", Operation::kWrite},
    {"PUT", Operation::kWrite},
    {"REPORT", Operation::kRead},
    {"SEARCH", Operation::kRead},
    {"UNLOCK", Operation::kWrite},
});
constexpr std::array kNames = std::to_array<Word>({
    {"create", Operation::kCreate},
    {"delete", Operation::kDelete},
    {"invoke", Operation::kInvoke},
    {"manage", Operation::kManage},
    {"read", Operation::kRead},
    {"write", Operation::kWrite},
});

std::optional<Operation> Find(std::span<const Word> words, std::string_view word) {
  if (word.empty()) return std::nullopt;
  // Lengths and first letters tell nearly all apart.
  for (const auto& [known, operation] : words) {
    if (known.size() == word.size() && known[0] == word[0] && known == word) return operation;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Operation> OperationOfMethod(std::string_view word) { return Find(kMethods, word); }

std::optional<Operation> OperationOfName(std::string_view word) { return Find(kNames, word); }

std::optional<Operation> OperationOf(std::string_view word) {
  const auto operation = OperationOfMethod(word);
  return operation ? operation : OperationOfName(word);
}

}  // namespace proviso::points
