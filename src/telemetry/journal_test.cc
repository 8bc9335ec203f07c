#include "telemetry/journal.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>

#include "io/files/descriptor.h"

namespace proviso::telemetry {
namespace {

class JournalTest : public testing::Test {
 protected:
  std::string Said(Journal::Form form, Journal::Level level, std::string_view message) {
    std::string said;
    Journal journal(form, clock_, [&](std::string_view line) { said += line; });
    journal.Say(level, "table", message, Json::Of({{"table", 118}}));
    return said;
  }
  FakeClock clock_{ParseTime("2026-11-22T09:30:00.125Z").value()};
};

TEST_F(JournalTest, WritesALineForPeople) {
  EXPECT_EQ(Said(Journal::Form::kText, Journal::Level::kInfo, "serves table 118"),
            "proviso: serves table 118\n");
  EXPECT_EQ(Said(Journal::Form::kText, Journal::Level::kAlarm, "no\ntable"),
            "proviso: ALARM: no table\n");
}

TEST_F(JournalTest, WritesALineOfJson) {
  EXPECT_EQ(Said(Journal::Form::kJson, Journal::Level::kWarning, "a \"b\"\nc"),
            "{\"event\":\"table\",\"level\":\"warning\",\"message\":\"a \\\"b\\\"\\nc\","
            "\"table\":118,\"time\":\"2026-11-22T09:30:00.125Z\"}\n");
}

TEST_F(JournalTest, WaitsForNobodyWhoDoesNotRead) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  const io::Descriptor reading(ends[0]);
  const io::Descriptor writing(ends[1]);
  const std::string line = std::string(5'000, 'x') + "\n";
  for (int i = 0; i < 100; ++i) WriteUnlessItWaits(writing.number(), line);  // more than it holds
  std::string read(4'096, ' ');
  ASSERT_EQ(::read(reading.number(), read.data(), read.size()), 4'096);
  EXPECT_EQ(read, std::string(4'095, 'x') + "\n");
}

}  // namespace
}  // namespace proviso::telemetry
