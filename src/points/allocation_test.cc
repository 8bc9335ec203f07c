// What the way of nearly every answer promises about memory. Every allocation of these tests is
// counted for that.
#include <gtest/gtest.h>

#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <utility>

#include "points/decider.h"
#include "points/internal/example_table.h"

namespace {
thread_local std::uint64_t allocations = 0;  // NOLINT: counts what the replaced operator does

// Not inlined: the compiler would take new and free for a pair that does not match.
[[gnu::noinline]] void Release(void* memory) { std::free(memory); }
}  // namespace

void* operator new(std::size_t size, const std::nothrow_t& /*tag*/) noexcept {
  ++allocations;
  return std::malloc(size);
}
void* operator new(std::size_t size) {
  void* memory = operator new(size, std::nothrow);
  if (memory == nullptr) std::abort();
  return memory;
}
// Those of arrays, too: a sanitizer's own take these for another kind of memory.
void* operator new[](std::size_t size, const std::nothrow_t& tag) noexcept {
  return operator new(size, tag);
}
void* operator new[](std::size_t size) { return operator new(size); }
void operator delete[](void* memory) noexcept { Release(memory); }
void operator delete[](void* memory, std::size_t /*size*/) noexcept { Release(memory); }
void operator delete(void* memory) noexcept { Release(memory); }
void operator delete(void* memory, std::size_t /*size*/) noexcept { Release(memory); }

namespace proviso::points {
namespace {

using enforcement::DecisionTable;
using enforcement::FastQuestion;
using enforcement::Operation;

static_assert(
    noexcept(std::declval<const DecisionTable&>().Decide(std::declval<const FastQuestion&>())));

class AllocationTest : public testing::Test {
 protected:
  // How often `call` asks for memory.
  template <typename Call>
  static std::uint64_t During(const Call& call) {
    const std::uint64_t before = allocations;
    call();
    return allocations - before;
  }
  static Asked Doing(std::string_view subscription, Operation operation) {
    return {.subscription = subscription,
            .service = "blob-store",
            .region = "nl-1",
            .operation = operation,
            .repeated = {}};
  }

  static inline const Time kNow = ParseTime("2026-12-01T00:00:00Z").value();
  const std::unique_ptr<const TableSnapshot> snapshot_ = internal::ReadOnlySnapshot();
};

TEST_F(AllocationTest, ATableDecidesWithoutAny) {
  const DecisionTable& table = snapshot_->table();
  for (const char* subscription : {"sub-1", "sub-2", "a subscription whose name is a long one"}) {
    for (const Operation operation : {Operation::kRead, Operation::kWrite, Operation::kManage}) {
      const std::uint64_t count = During([&] {
        static_cast<void>(table.Decide({.subscription = subscription,
                                        .service = table.ServiceNumber("blob-store"),
                                        .region = table.RegionNumber("nl-1"),
                                        .operation = operation,
                                        .at = kNow.time_since_epoch().count()}));
      });
      EXPECT_EQ(count, 0U) << subscription;
    }
  }
}

TEST_F(AllocationTest, ADeciderAllowsWithoutAny) {
  const Listener listener;
  Tally tally;
  const Decider decider(listener, &tally);
  const Sight sight{.table = &snapshot_->table(), .now = kNow};
  const auto asking = [&](const Asked& asked) {
    return During([&] { static_cast<void>(decider.Decide(asked, sight)); });
  };
  EXPECT_EQ(asking(Doing("sub-1", Operation::kRead)), 0U);
  EXPECT_EQ(asking(Doing("sub-2", Operation::kWrite)), 0U);
  EXPECT_EQ(asking(Doing("sub-1", Operation::kManage)), 0U);
  EXPECT_EQ(tally.Counted(true, ReasonCode::kNone), 3U);
  EXPECT_GT(asking(Doing("sub-1", Operation::kWrite)), 0U) << "a denial says why: it is counted";
}

}  // namespace
}  // namespace proviso::points
