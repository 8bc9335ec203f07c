#include "verifier/internal/problems.h"

namespace proviso::verifier {
namespace {

constexpr std::string_view kExpected = "expected ";
constexpr std::string_view kFound = ", found ";

bool Covers(const Problem& wide, const Problem& narrow) {
  return wide.entries > narrow.entries && *wide.entry <= *narrow.entry &&
         *narrow.entry - *wide.entry < wide.entries;
}

// A changed entry also changes the hashes above it, which stand for many entries: the leaf tells
// more. Of two about the same entry, the one that can say what was expected does.
bool TellsMore(const Problem& problem, const Problem& first) {
  if (!problem.entry || !first.entry) return problem.entry.has_value();
  if (Covers(first, problem)) return true;
  if (Covers(problem, first)) return false;
  if (*problem.entry != *first.entry) return *problem.entry < *first.entry;
  return first.expected.empty() && !problem.expected.empty();
}

}  // namespace

Problem Differs(std::string_view place, std::string expected, std::string found,
                std::optional<std::uint64_t> entry) {
  std::string text(place);
  text += ": " + std::string(kExpected) + expected + std::string(kFound) + found;
  return {.text = std::move(text),
          .entry = entry,
          .expected = std::move(expected),
          .found = std::move(found)};
}

Problem FromMessage(std::string_view place, std::string_view message,
                    std::optional<std::uint64_t> entry) {
  Problem problem{.text = std::string(place) + ": " + std::string(message), .entry = entry};
  const std::size_t expected = message.find(kExpected);
  const std::size_t found = message.find(kFound, expected == message.npos ? 0 : expected);
  if (expected == message.npos || found == message.npos) return problem;
  problem.expected =
      message.substr(expected + kExpected.size(), found - expected - kExpected.size());
  problem.found = message.substr(found + kFound.size());
  return problem;
}

void Problems::Add(Problem problem) {
  ++count_;
  if (listed_.size() < kListed) listed_.push_back(problem.text);
  if (!first_ || TellsMore(problem, *first_)) first_ = std::move(problem);
}

}  // namespace proviso::verifier
