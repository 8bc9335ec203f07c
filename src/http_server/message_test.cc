#include "http_server/message.h"

namespace proviso::http_server {
namespace {

TEST(Request, FindsHeadersWithoutCaseAndCountsThem) {
  const std::vector<Field> headers{{"X-One", "1"}, {"x-two", "2"}, {"X-TWO", "3"}, {"X-On", "4"}};
  const Request request{.method = "GET", .path = "/", .query = {}, .headers = headers, .body = {}};
  EXPECT_EQ(request.FindHeader("x-oNE").value, "1");
  EXPECT_TRUE(request.FindHeader("X-One").once());
  EXPECT_EQ(request.FindHeader("X-Two").count, 2U);
  EXPECT_EQ(request.FindHeader("X-Two").value, "2");
  EXPECT_EQ(request.FindHeader("X-Three").count, 0U);
}

TEST(Request, FindsParametersByTheirExactName) {
  const std::vector<Field> query{{"a", "1"}, {"A", "2"}, {"a", "3"}};
  const Request request{.method = "GET", .path = "/", .query = query};
  EXPECT_EQ(request.FindQuery("a").count, 2U);
  EXPECT_EQ(request.FindQuery("a").value, "1");
  EXPECT_TRUE(request.FindQuery("A").once());
}

}  // namespace
}  // namespace proviso::http_server
