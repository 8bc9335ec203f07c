#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace proviso::verifier {

// Something that was found wanting.
struct Problem {
  std::string text;  // its place, and what was expected and found there
  // The index of the first entry that it is about; absent where it is about the log as a whole.
  std::optional<std::uint64_t> entry = {};
  std::string expected = {};  // both empty when it is not of that kind
  std::string found = {};
  std::uint64_t entries = 1;  // about so many, when it cannot say which of them
};

// "<place>: expected <expected>, found <found>".
Problem Differs(std::string_view place, std::string expected, std::string found,
                std::optional<std::uint64_t> entry = {});
// "<place>: <message>", where messages say "expected X, found Y" when they are of that kind.
Problem FromMessage(std::string_view place, std::string_view message,
                    std::optional<std::uint64_t> entry = {});

// What was found wanting, in the order of finding. Only the first `kListed` are kept in words: one
// damaged tile may spoil all that follow.
class Problems {
 public:
  static constexpr std::size_t kListed = 100;

  void Add(Problem problem);
  std::uint64_t count() const { return count_; }
  const std::vector<std::string>& listed() const { return listed_; }
  // The one about the earliest entry, or about fewer entries around it; the first found when none
  // is about an entry. Of several, one that says what was expected.
  const std::optional<Problem>& first() const { return first_; }

 private:
  std::uint64_t count_ = 0;
  std::vector<std::string> listed_;
  std::optional<Problem> first_;
};

}  // namespace proviso::verifier
