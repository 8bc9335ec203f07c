#pragma once

#include <charconv>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace proviso::review {

// Ids are a prefix and a place counted from 1: "claim-12" is the twelfth claim of the log.
template <typename T>
const T* FindNumbered(const std::vector<T>& all, std::string_view prefix, std::string_view id) {
  if (!id.starts_with(prefix)) return nullptr;
  const std::string_view digits = id.substr(prefix.size());
  std::size_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc{} || end != digits.data() + digits.size()) return nullptr;
  if (number == 0 || number > all.size()) return nullptr;
  // "claim-01" is another spelling, and so another id.
  return all[number - 1].id == id ? &all[number - 1] : nullptr;
}

template <typename T>
std::string NextNumbered(const std::vector<T>& all, std::string_view prefix) {
  return std::string(prefix) + std::to_string(all.size() + 1);
}

}  // namespace proviso::review
