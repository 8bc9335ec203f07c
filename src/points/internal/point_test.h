#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/time.h"
#include "points/internal/example_table.h"
#include "points/listener.h"
#include "points/sight.h"

// What the tests of the protocols do alike.
namespace proviso::points::internal {

class PointTest : public testing::Test {
 protected:
  Sight Sees() const { return {.table = &snapshot_->table(), .now = kNow}; }

  // The restriction begins at this very moment.
  static inline const Time kNow = ParseTime("2026-12-01T00:00:00Z").value();
  std::unique_ptr<const TableSnapshot> snapshot_ = ReadOnlySnapshot();
};

// A file of listeners that is refused, and part of what is said of it.
struct BadListeners {
  std::string text;
  const char* fault;
};

inline void ExpectRefused(const std::vector<BadListeners>& cases) {
  for (const auto& [text, fault] : cases) {
    const auto listeners = ReadListeners(text, "serve.yaml");
    ASSERT_FALSE(listeners) << text;
    EXPECT_NE(listeners.error().message().find(fault), std::string::npos)
        << text << listeners.error().message();
  }
}

}  // namespace proviso::points::internal
