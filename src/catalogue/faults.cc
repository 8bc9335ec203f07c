#include "catalogue/faults.h"

#include <algorithm>
#include <limits>

namespace proviso::catalogue {
namespace {

// Beyond this length a name is no slip of the hand, and the comparison is not worth its time.
constexpr std::size_t kComparedMax = 64;
constexpr std::size_t kCandidatesShownMax = 24;

char Lower(char character) {
  return character >= 'A' && character <= 'Z' ? static_cast<char>(character - 'A' + 'a')
                                              : character;
}

// Optimal string alignment distance, over three rows.
std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before(b.size() + 1);
  std::vector<std::size_t> above(b.size() + 1);
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) above[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const bool same = Lower(a[i - 1]) == Lower(b[j - 1]);
      row[j] = std::min({above[j] + 1, row[j - 1] + 1, above[j - 1] + (same ? 0U : 1U)});
      const bool swapped = i > 1 && j > 1 && Lower(a[i - 1]) == Lower(b[j - 2]) &&
                           Lower(a[i - 2]) == Lower(b[j - 1]);
      if (swapped) row[j] = std::min(row[j], before[j - 2] + 1);
    }
    std::swap(before, above);
    std::swap(above, row);
  }
  return above[b.size()];
}

}  // namespace

std::optional<std::string> Nearest(std::string_view word,
                                   const std::vector<std::string>& candidates) {
  if (word.empty() || word.size() > kComparedMax) return std::nullopt;
  const std::string* best = nullptr;
  std::size_t best_distance = std::numeric_limits<std::size_t>::max();
  for (const std::string& candidate : candidates) {
    if (candidate.size() > kComparedMax) continue;
    // A third of the letters may be wrong: more is another word.
    const std::size_t allowed =
        std::max<std::size_t>(1, std::max(word.size(), candidate.size()) / 3);
    const std::size_t distance = EditDistance(word, candidate);
    if (distance <= allowed && distance < best_distance) {
      best = &candidate;
      best_distance = distance;
    }
  }
  if (best == nullptr) return std::nullopt;
  return *best;
}

std::string DidYouMean(std::string_view word, const std::vector<std::string>& candidates) {
  if (const std::optional<std::string> nearest = Nearest(word, candidates)) {
    return "; did you mean `" + *nearest + "`?";
  }
  if (candidates.empty()) return "";
  std::string text = candidates.size() == 1 ? "; expected " : "; expected one of ";
  for (std::size_t i = 0; i < std::min(candidates.size(), kCandidatesShownMax); ++i) {
    text += (i == 0 ? "`" : ", `") + candidates[i] + "`";
  }
  if (candidates.size() > kCandidatesShownMax) {
    text += " or " + std::to_string(candidates.size() - kCandidatesShownMax) + " more";
  }
  return text;
}

void Faults::Add(int line, std::string_view fault) {
  ++count_;
  if (faults_.size() < kShownMax) faults_.push_back({line, std::string(fault)});
}

Status Faults::ToStatus() const {
  if (empty()) return {};
  std::vector<Fault> sorted = faults_;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Fault& a, const Fault& b) { return a.line < b.line; });
  std::string message;
  for (const Fault& fault : sorted) {
    if (!message.empty()) message += '\n';
    message += file_name_;
    if (fault.line > 0) message += ":" + std::to_string(fault.line);
    message += ": " + fault.text;
  }
  if (count_ > faults_.size()) {
    message += "\n" + file_name_ + ": " + std::to_string(count_ - faults_.size()) +
               " more faults are not shown";
  }
  return Fail(ErrorCode::kInvalidArgument, std::move(message));
}

}  // namespace proviso::catalogue
