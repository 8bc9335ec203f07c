#include "delivery/foreign_format.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace proviso::delivery {
namespace {

TEST(ForeignFormat, IsToldByTheFirstBytes) {
  const std::vector<std::pair<std::string, std::string_view>> cases = {
      {"\x1f\x8b\x08 rest", "gzip"},
      {"PK\x03\x04 rest", "a zip archive or a spreadsheet"},
      {"\xd0\xcf\x11\xe0 rest", "a spreadsheet"},
      {"\x28\xb5\x2f\xfd rest", "zstd"},
      {"PARE rest", "encrypted Parquet"},
      {"%PDF-1.7", "a PDF"},
      {"\xff\xfe rest", "UTF-16 text"},
      {"\xfe\xff rest", "UTF-16 text"},
  };
  for (const auto& [bytes, what] : cases) {
    const ForeignFormat* const found = FindForeignFormat(bytes);
    ASSERT_NE(found, nullptr) << what;
    EXPECT_EQ(found->what, what);
    EXPECT_FALSE(found->remedy.empty()) << what;
    EXPECT_EQ(FindForeignFormat(" " + bytes), nullptr) << what;
  }
}

TEST(ForeignFormat, IsNoCsvAndNoParquet) {
  for (const std::string_view good : {"", "P", "invoice,customer", "\xef\xbb\xbfinvoice", "PAR1"}) {
    EXPECT_EQ(FindForeignFormat(good), nullptr) << good;
  }
}

}  // namespace
}  // namespace proviso::delivery
