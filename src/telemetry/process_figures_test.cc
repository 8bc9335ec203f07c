#include "telemetry/process_figures.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

namespace proviso::telemetry {
namespace {

std::string Figures() {
  MetricsText text;
  WriteProcessFigures(text, "1.2.3", Time(std::chrono::milliseconds(1'500)));
  return text.Take();
}

double ValueOf(const std::string& text, const std::string& name) {
  const std::size_t at = text.find("\n" + name + " ");
  return at == std::string::npos ? -1 : std::stod(text.substr(at + name.size() + 2));
}

TEST(ProcessFigures, SaysWhatThisProcessUses) {
  const std::string before = Figures();
  EXPECT_NE(before.find("proviso_build_info{version=\"1.2.3\"} 1\n"), std::string::npos);
  EXPECT_EQ(ValueOf(before, "process_start_time_seconds"), 1.5);
  EXPECT_GT(ValueOf(before, "process_resident_memory_bytes"), 1e6);
  EXPECT_GT(ValueOf(before, "process_cpu_seconds_total"), 0);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): open has no other form.
  const int more = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  EXPECT_EQ(ValueOf(Figures(), "process_open_fds"), ValueOf(before, "process_open_fds") + 1);
  ::close(more);
}

}  // namespace
}  // namespace proviso::telemetry
