#pragma once

#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstring>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>

// For tests that look for a secret in the memory of their own process.
namespace proviso::points::internal {

// Memory apart from all other, where a test may hold a secret, and that a search leaves out.
class PrivatePage {
 public:
  static constexpr std::size_t kBytes = std::size_t{1} << 20U;
  PrivatePage()
      : bytes_(static_cast<char*>(
            mmap(nullptr, kBytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0))) {}
  PrivatePage(const PrivatePage&) = delete;
  PrivatePage& operator=(const PrivatePage&) = delete;
  ~PrivatePage() { munmap(bytes_, kBytes); }
  char* bytes() { return bytes_; }
  bool Holds(std::uintptr_t begin, std::uintptr_t end) const {
    const auto own = reinterpret_cast<std::uintptr_t>(bytes_);
    return begin < own + kBytes && own < end;
  }

 private:
  char* bytes_;
};

// A text that stands nowhere in memory as it is.
class HiddenText {
 public:
  // `seed` makes the text; it is never written down.
  HiddenText(std::uint64_t seed, std::size_t size) : seed_(seed), size_(size) {}
  char at(std::size_t i) const {
    constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    const std::uint64_t mixed = (seed_ + i) * 0x9E3779B97F4A7C15U;
    return kLetters[(mixed >> 40U) % kLetters.size()];
  }
  std::size_t size() const { return size_; }

 private:
  std::uint64_t seed_;
  std::size_t size_;
};

// How often `text`, or its first `enough` bytes, stands in what this process may write to.
class MemorySearch {
 public:
  std::size_t Count(const HiddenText& text, const PrivatePage& but) {
    std::ifstream maps("/proc/self/maps");
    const int memory = open("/proc/self/mem", O_RDONLY | O_CLOEXEC);
    std::size_t count = 0;
    for (std::string line; std::getline(maps, line);) {
      std::istringstream words(line);
      std::uintptr_t begin = 0;
      std::uintptr_t end = 0;
      char dash = 0;
      std::string rights;
      words >> std::hex >> begin >> dash >> end >> rights;
      // The shadow of a sanitizer is far larger, and holds no text.
      constexpr std::uintptr_t kRegionMax = std::uintptr_t{1} << 30U;
      if (!rights.starts_with("rw") || end - begin > kRegionMax) continue;
      if (but.Holds(begin, end) || window_.Holds(begin, end)) {
        // A neighbour may have become one region with them: search around them.
        for (std::uintptr_t at = begin; at < end; at += kStep) {
          const std::uintptr_t to = std::min(at + kStep, end);
          if (!but.Holds(at, to) && !window_.Holds(at, to)) {
            count += CountIn(memory, at, to, text);
          }
        }
        continue;
      }
      count += CountIn(memory, begin, end, text);
    }
    close(memory);
    explicit_bzero(window_.bytes(), PrivatePage::kBytes);
    return count;
  }

 private:
  static constexpr std::uintptr_t kStep = 4096;

  std::size_t CountIn(int memory, std::uintptr_t begin, std::uintptr_t end,
                      const HiddenText& text) {
    std::size_t count = 0;
    const std::size_t overlap = text.size() - 1;
    for (std::uintptr_t at = begin; at < end;) {
      const std::size_t wanted = std::min<std::size_t>(PrivatePage::kBytes, end - at);
      const ssize_t got = pread(memory, window_.bytes(), wanted, static_cast<off_t>(at));
      if (got <= 0) {
        at += kStep;
        continue;
      }
      count += CountInWindow(static_cast<std::size_t>(got), text);
      if (at + static_cast<std::size_t>(got) >= end) break;
      at += static_cast<std::size_t>(got) > overlap ? static_cast<std::size_t>(got) - overlap : 1;
    }
    return count;
  }
  std::size_t CountInWindow(std::size_t size, const HiddenText& text) {
    std::size_t count = 0;
    const char* const begin = window_.bytes();
    const char* const end = begin + size;
    for (const char* at = begin; at + text.size() <= end; ++at) {
      at = static_cast<const char*>(memchr(at, text.at(0), static_cast<std::size_t>(end - at)));
      if (at == nullptr || at + text.size() > end) break;
      std::size_t same = 1;
      while (same < text.size() && at[same] == text.at(same)) ++same;
      if (same == text.size()) ++count;
    }
    return count;
  }

  PrivatePage window_;
};

}  // namespace proviso::points::internal
