#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <string_view>

#include "base/result.h"
#include "points/json_body.h"

namespace proviso::points {

// Opens the bodies of one thread that came with `Content-Encoding: gzip`, one after another. What
// comes out is bounded, whatever a few bytes ask for. All memory that it passes through belongs to
// this, so that it can be overwritten: gateways send secrets with their questions.
class GzipBody {
 public:
  static constexpr std::size_t kBytesMax = JsonBody::kBytesMax;  // of what comes out

  GzipBody() = default;
  GzipBody(const GzipBody&) = delete;
  GzipBody& operator=(const GzipBody&) = delete;
  ~GzipBody() { Wipe(); }

  // What is in `body`, valid until the next call of anything here. kInvalidArgument when that is
  // not one member of gzip, whole and alone: of several, some readers take the first and some take
  // all. kResourceExhausted when more than kBytesMax would come out. Messages quote nothing of it.
  Result<std::string_view> Open(std::string_view body);

  // Overwrites what the last body left in memory.
  void Wipe();

 private:
  // What zlib takes for itself is 10 KiB, and a window of 32 KiB.
  static constexpr std::size_t kScratchBytes = 65536;
  struct Memory {
    alignas(std::max_align_t) std::array<char, kScratchBytes> scratch;
    std::array<char, kBytesMax + 1> opened;  // one byte more shows that there is too much
  };
  // Called back by zlib, with this as `self`.
  static void* Take(void* self, unsigned count, unsigned size);
  static void Leave(void* self, void* taken);

  std::unique_ptr<Memory>
      memory_;  // absent before the first body; pages never touched cost nothing
  std::size_t scratch_size_ = 0;
  std::size_t opened_size_ = 0;
};

}  // namespace proviso::points
