#include "points/gzip_body.h"

#include "points/internal/gzipped.h"

namespace proviso::points {
namespace {

using internal::Gzipped;

constexpr const char* kQuestion = R"({"input":{"user":{"id":"sub-1"},"operation":"write"}})";

TEST(GzipBody, OpensWhatWasSent) {
  GzipBody body;
  EXPECT_EQ(body.Open(Gzipped(kQuestion)).value(), kQuestion);
  EXPECT_EQ(body.Open(Gzipped("")).value(), "");
  // More than the window of gzip, so that what comes out refers back to itself.
  std::string large;
  for (int i = 0; large.size() < 200'000; ++i) large += std::to_string(i * i) + ",";
  EXPECT_EQ(body.Open(Gzipped(large)).value(), large);
}

// What gzip 1.12 makes of "{}\n", with the name of its file.
TEST(GzipBody, OpensWhatTheProgramWrites) {
  constexpr std::string_view kBytes(
      "\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\x03q\x00\xab\xae\xe5\x02\x00\x06\xb0\xa1\xdd\x03\x00"
      "\x00\x00",
      25);
  EXPECT_EQ(GzipBody().Open(kBytes).value(), "{}\n");
}

TEST(GzipBody, RefusesWhatIsNotOneWholeMember) {
  const std::string whole = Gzipped(kQuestion);
  std::string damaged = whole;
  damaged[damaged.size() - 6] = static_cast<char>(damaged[damaged.size() - 6] ^ 1);  // its checksum
  GzipBody body;
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_EQ(body.Open(whole.substr(0, size)).error().code(), ErrorCode::kInvalidArgument) << size;
  }
  for (const std::string& bad : {damaged, std::string(kQuestion), whole + whole, whole + "x",
                                 std::string("\x78\x9c\x03\x00\x00\x00\x00\x01", 8)}) {
    EXPECT_EQ(body.Open(bad).error().code(), ErrorCode::kInvalidArgument) << bad;
  }
  EXPECT_EQ(body.Open(whole).value(), kQuestion);
}

TEST(GzipBody, OpensAsMuchAsIsReadAndNoMore) {
  GzipBody body;
  EXPECT_EQ(body.Open(Gzipped(std::string(GzipBody::kBytesMax, ' '))).value().size(),
            GzipBody::kBytesMax);
  // A kilobyte for each megabyte.
  const std::string bomb = Gzipped(std::string(64 * GzipBody::kBytesMax, ' '));
  EXPECT_LT(bomb.size(), GzipBody::kBytesMax / 8);
  for (const std::string& much : {Gzipped(std::string(GzipBody::kBytesMax + 1, ' ')), bomb,
                                  std::string(GzipBody::kBytesMax + 1, ' ')}) {
    EXPECT_EQ(body.Open(much).error().code(), ErrorCode::kResourceExhausted) << much.size();
  }
}

TEST(GzipBody, KeepsNothingOnceWiped) {
  GzipBody body;
  const std::string_view opened = body.Open(Gzipped(kQuestion)).value();
  body.Wipe();
  EXPECT_EQ(opened, std::string(opened.size(), '\0'));
}

}  // namespace
}  // namespace proviso::points
