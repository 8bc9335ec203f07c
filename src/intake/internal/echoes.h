#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "intake/internal/prose.h"
#include "intake/report.h"
#include "intake/stories.h"

namespace proviso::intake {

// What of an article can show that it was copied: its words outside quotations and boilerplate,
// and its longer quotations in order.
class Copyable {
 public:
  // `common` holds sentences that the outlet prints under articles of other stories too.
  Copyable(std::string_view text, const std::unordered_set<std::string>& common);

  const std::vector<std::string>& words() const { return words_; }
  const std::vector<std::uint64_t>& runs() const { return runs_; }  // of three words, sorted
  const std::vector<std::string>& quotes() const { return quotes_; }
  // How many thousandths of its sentences share a run with the other: a copy is taken from one end
  // to the other, a quotation without marks stands in one place.
  int TouchedPerMille(const Copyable& other) const;

 private:
  std::vector<std::string> words_;  // an empty word where something was cut
  std::vector<std::uint64_t> runs_;
  std::vector<std::vector<std::uint64_t>> sentences_;  // runs of each, where it has some
  std::vector<std::string> quotes_;
};

struct Overlap {
  int containment_per_mille = 0;
  std::size_t shared_runs = 0;
  std::size_t runs = 0;  // of the shorter text
  std::string longest;   // shared run of words
  std::size_t longest_words = 0;
  std::size_t quotes_in_order = 0;
};

Overlap Measure(const Copyable& a, const Copyable& b);
// `touched_per_mille` is of the text that may be the copy.
bool IsCopy(const Overlap& overlap, int touched_per_mille);

// A sentence as two outlets' boilerplate is compared: its words.
std::string SentenceKey(std::string_view sentence);

// Members of one story in order of date, then arrival.
struct StoryText {
  const StoryMember* member;
  const Copyable* copyable;
};
std::vector<Echo> FindEchoes(std::span<const StoryText> texts);

}  // namespace proviso::intake
