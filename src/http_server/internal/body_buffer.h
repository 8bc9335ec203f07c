#pragma once

#include <string.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <string_view>

namespace proviso::http_server {

// The body of a request, which may hold secrets: no byte of it stays in memory that was given back,
// or that is used again. (A string that grows leaves its old bytes behind.)
class BodyBuffer {
 public:
  BodyBuffer() = default;
  BodyBuffer(const BodyBuffer&) = delete;
  BodyBuffer& operator=(const BodyBuffer&) = delete;
  ~BodyBuffer() { Wipe(); }

  void Append(std::string_view part) {
    if (part.size() > capacity_ - size_) Grow(size_ + part.size());
    if (!part.empty()) std::memcpy(bytes_.get() + size_, part.data(), part.size());
    size_ += part.size();
  }
  // Takes away the first `count` bytes.
  void Drop(std::size_t count) {
    const std::size_t rest = size_ - count;
    if (rest > 0) std::memmove(bytes_.get(), bytes_.get() + count, rest);
    if (count > 0) explicit_bzero(bytes_.get() + rest, count);
    size_ = rest;
    if (rest == 0) Wipe();
  }
  void Wipe() {
    if (size_ > 0) explicit_bzero(bytes_.get(), size_);
    size_ = 0;
    // What most requests need is kept for the next one.
    if (capacity_ <= kKeptBytesMax) return;
    bytes_.reset();
    capacity_ = 0;
  }
  std::size_t size() const { return size_; }
  std::string_view view() const { return {bytes_.get(), size_}; }

 private:
  static constexpr std::size_t kKeptBytesMax = 16384;

  void Grow(std::size_t needed) {
    const std::size_t capacity = std::max(needed, 2 * capacity_);
    auto bytes = std::make_unique<char[]>(capacity);
    if (size_ > 0) std::memcpy(bytes.get(), bytes_.get(), size_);
    const std::size_t size = size_;
    Wipe();
    bytes_ = std::move(bytes);
    size_ = size;
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> bytes_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace proviso::http_server
