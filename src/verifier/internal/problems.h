#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace proviso::verifier {

// What was found wanting, in the order of finding. Only the first `kListed` are kept in words: one
// damaged tile may spoil all that follow.
class Problems {
 public:
  static constexpr std::size_t kListed = 100;

  void Add(std::string what) {
    ++count_;
    if (listed_.size() < kListed) listed_.push_back(std::move(what));
  }
  std::uint64_t count() const { return count_; }
  const std::vector<std::string>& listed() const { return listed_; }

 private:
  std::uint64_t count_ = 0;
  std::vector<std::string> listed_;
};

}  // namespace proviso::verifier
