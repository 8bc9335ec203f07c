#include "delivery/row_counts.h"

#include <gtest/gtest.h>

namespace proviso::delivery {
namespace {

struct Counts {
  RowCounts rows;
  std::uint64_t share_allows = 0;
  std::string_view why;  // empty: it may be imported
};

TEST(RowCounts, AllowTenOrTheShareAndNeedAGoodRow) {
  const std::vector<Counts> cases = {
      {{1, 1, 0, 0}, 0, ""},
      {{11, 1, 10, 0}, 0, ""},
      {{12, 1, 11, 0}, 11, ""},
      {{12, 1, 11, 0},
       10,
       "11 of 12 rows cannot be imported, at most 10 may be; nothing was kept. "
       "First: line 2: missing; correct the export"},
      {{30, 10, 20, 0}, 19, "at most 19 may be"},
      {{1, 0, 1, 0}, 0, "1 of 1 rows cannot be imported"},
      {{0, 0, 0, 0}, 0, "the file has a header and no rows"},
      {{2, 0, 0, 2}, 0, "the file has a header and no rows"},
  };
  for (const Counts& each : cases) {
    const Status checked = CheckCounts(each.rows, each.share_allows, "line 2: missing");
    EXPECT_EQ(checked.has_value(), each.why.empty()) << each.why;
    if (checked) continue;
    EXPECT_EQ(checked.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_NE(checked.error().message().find(each.why), std::string::npos)
        << checked.error().message();
  }
}

}  // namespace
}  // namespace proviso::delivery
