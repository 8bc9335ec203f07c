#include "points/words.h"

#include <gtest/gtest.h>

namespace proviso::points {
namespace {

std::string Segment(std::size_t place, std::string_view path) {
  const Channel channel{Channel::Kind::kPath, "", place};
  const http_server::Found found = FindWord(channel, {.method = "GET", .path = path}, "/ask");
  return found.once() ? std::string(found.value) : "none";
}

TEST(Words, AreSegmentsOfThePathAfterThePrefix) {
  EXPECT_EQ(Segment(1, "/ask/speech/sub-1/x"), "speech");
  EXPECT_EQ(Segment(2, "/ask/speech/sub-1/x"), "sub-1");
  EXPECT_EQ(Segment(2, "/ask/speech/sub-1"), "sub-1");
  EXPECT_EQ(Segment(2, "/ask/speech/...//sub-1"), "...");
  for (const char* path : {"/ask", "/ask/", "/ask/speech", "/ask/speech/", "/ask/speech//sub-1"}) {
    EXPECT_EQ(Segment(2, path), "none") << path;
  }
}

TEST(Words, AreNoneWhereThePathGoesBackOverThem) {
  for (const char* path :
       {"/ask/speech/sub-1/../sub-2/x", "/ask/speech/sub-1/a/../../sub-2", "/ask/./sub-1",
        "/ask/speech/./sub-1", "/ask/../speech/sub-1", "/ask/speech/sub-1/a/b/../../../sub-2",
        "/ask/speech/..", "/ask/speech/sub-1/..", "/ask/speech/sub-1//../sub-2",
        "/ask/speech/sub-1/./../sub-2"}) {
    EXPECT_EQ(Segment(2, path), "none") << path;
  }
}

TEST(Words, StandWhereThePathGoesBackBehindThem) {
  for (const char* path :
       {"/ask/speech/sub-1/a/../b", "/ask/speech/sub-1/./b", "/ask/speech/sub-1//b",
        "/ask/speech/sub-1/a/b/../../c", "/ask/speech/sub-1/a/.."}) {
    EXPECT_EQ(Segment(2, path), "sub-1") << path;
  }
}

std::string SegmentOfHeader(std::size_t place, const std::vector<http_server::Field>& headers) {
  const Channel channel{Channel::Kind::kHeaderPath, "X-Forwarded-Uri", place};
  const http_server::Found found =
      FindWord(channel, {.method = "GET", .path = "/ask/own", .headers = headers}, "/ask");
  return found.once() ? std::string(found.value) : found.count == 0 ? "none" : "repeated";
}

TEST(Words, AreSegmentsOfThePathInAHeader) {
  const struct {
    const char* uri;
    const char* second;
  } cases[] = {
      {"/speech/sub-1/x", "sub-1"},
      {"/speech/sub-1", "sub-1"},
      {"/speech/sub-1?x=/a/b", "sub-1"},
      {"/speech/sub-1?x=%zz", "sub-1"},
      {"/speech/sub-1/a%20b%2Fc", "sub-1"},
      {"/speech/sub-1%2fa", "sub-1"},
      {"/speech/sub-1/a/%2e%2e/b", "sub-1"},
      {"/speech/sub-1/%2e%2e/sub-2", "none"},
      {"/speech/sub-1/a%2f..%2f../sub-2", "none"},
      {"/speech/sub-1%2f..", "none"},
      {"/speech/../sub-1", "none"},
      {"/speech/s%75b-1/x", "none"},
      {"/%73peech/sub-1/x", "none"},
      {"/speech%2fsub-1/x", "none"},
      {"/speech/sub-1/%", "none"},
      {"/speech/sub-1/%4", "none"},
      {"/speech/sub-1/%00", "none"},
      {"//speech/sub-1", "none"},
      {"/speech//sub-1", "none"},
      {"/speech?/sub-1", "none"},
      {"/speech#/sub-1", "none"},
      {"http://host/speech/sub-1", "none"},
      {"speech/sub-1", "none"},
      {"*", "none"},
      {"", "none"},
  };
  for (const auto& [uri, second] : cases) {
    EXPECT_EQ(SegmentOfHeader(2, {{"x-forwarded-uri", uri}}), second) << uri;
  }
  EXPECT_EQ(SegmentOfHeader(1, {{"X-Forwarded-Uri", "/speech/sub-1"}}), "speech");
}

TEST(Words, AreNoneInAHeaderThatIsMissingAndRepeatedInOneThatIs) {
  EXPECT_EQ(SegmentOfHeader(2, {}), "none");
  EXPECT_EQ(SegmentOfHeader(2, {{"X-Forwarded-Uri", "/a/b"}, {"X-Forwarded-Uri", "/a/b"}}),
            "repeated");
}

}  // namespace
}  // namespace proviso::points
