#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace proviso::catalogue {

// The candidate that `word` was most likely meant to be: fewest edits (insert, delete, replace,
// swap of neighbours), ASCII case ignored; absent when none is near. The first wins a tie.
std::optional<std::string> Nearest(std::string_view word,
                                   const std::vector<std::string>& candidates);

// "; did you mean `object-storage`?" when something is near, else "; expected one of `a`, `b`" with
// at most 24 candidates named, else (no candidates) an empty text.
std::string DidYouMean(std::string_view word, const std::vector<std::string>& candidates);

// Collects what is wrong with one file, so that its author sees everything at once.
// Each fault reads "FILE:LINE: what is wrong; what to do", without a final period.
class Faults {
 public:
  static constexpr std::size_t kShownMax = 100;

  explicit Faults(std::string_view file_name) : file_name_(file_name) {}

  // `line` is 1-based; 0 when the place is not known, and then the message has none.
  void Add(int line, std::string_view fault);

  bool empty() const { return count_ == 0; }
  std::size_t size() const { return count_; }
  const std::string& file_name() const { return file_name_; }

  // Success when there is no fault; else kInvalidArgument with the faults in order of lines, one a
  // line. Of more than kShownMax the first are shown, and the rest is counted.
  Status ToStatus() const;

 private:
  struct Fault {
    int line;
    std::string text;
  };
  std::string file_name_;
  std::vector<Fault> faults_;
  std::size_t count_ = 0;
};

}  // namespace proviso::catalogue
