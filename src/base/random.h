#pragma once

#include <cstdint>
#include <span>

namespace proviso {

// Yields random bytes. Comes in through a constructor, so that tests can repeat a run.
class Random {
 public:
  Random() = default;
  Random(const Random&) = delete;
  Random& operator=(const Random&) = delete;
  virtual ~Random() = default;
  virtual void Fill(std::span<std::uint8_t> bytes) = 0;
};

// The kernel's generator, fit for keys and nonces. Thread-safe. Aborts when it fails.
class SystemRandom final : public Random {
 public:
  void Fill(std::span<std::uint8_t> bytes) override;
};

// SplitMix64 from a seed: for tests and generated samples, never for keys.
class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}
  void Fill(std::span<std::uint8_t> bytes) override;
  std::uint64_t Next();

 private:
  std::uint64_t state_;
};

}  // namespace proviso
