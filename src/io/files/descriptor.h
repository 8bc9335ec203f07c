#pragma once

#include <utility>

namespace proviso::io {

// Owns a file descriptor and closes it when it dies. Empty when negative. Movable only.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  Descriptor(Descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) {
      Close();
      number_ = std::exchange(other.number_, -1);
    }
    return *this;
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() { Close(); }

  int number() const { return number_; }
  bool IsOpen() const { return number_ >= 0; }
  // Gives up ownership.
  int Release() { return std::exchange(number_, -1); }
  void Close() noexcept;

 private:
  int number_ = -1;
};

}  // namespace proviso::io
