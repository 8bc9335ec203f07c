// Whole requests of an OPA's clients, head and body, sent byte for byte: tests/corpus/wire.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string_view>
#include <utility>

#include "http_server/loopback_client.h"
#include "points/internal/example_table.h"
#include "points/point_server.h"

namespace proviso::points {
namespace {

using http_server::HeaderOf;
using http_server::LoopbackClient;

constexpr const char* kFolder = PROVISO_SOURCE_DIR "/tests/corpus/wire";
constexpr const char* kTrue = R"({"result":true})";
constexpr const char* kFalse = R"({"result":false})";

// Answers by file: sub-1 may only read.
constexpr auto kAnswers = std::to_array<std::pair<std::string_view, std::string_view>>({
    // What MinIO sends when it begins, to see whether anybody is there.
    {"minio-start", kFalse},
    {"minio-put-of-a-restricted-user", kFalse},
    {"minio-get-of-a-restricted-user", kTrue},
    {"minio-put-by-a-key-of-a-restricted-user", kFalse},
    {"minio-put-of-who-signed-in-by-openid", kFalse},
    {"minio-put-of-another", kTrue},
    // What Trino 476 sends.
    {"trino-insert-of-a-restricted-user", kFalse},
    {"trino-select-of-a-restricted-user", kTrue},
    {"trino-row-filters-of-a-restricted-user", R"({"result":[]})"},
    {"trino-column-mask-of-a-restricted-user", R"({"result":null})"},
    // It asks so before sub-1 goes on as sub-2.
    {"trino-impersonation-by-a-restricted-user", kFalse},
    {"trino-batch", R"({"result":[0,1]})"},
    {"trino-batch-of-columns", R"({"result":[0,1]})"},
    // The HTTP client of Java asks for HTTP/2 with each question, and takes it that it gets none.
    {"kafka-write-of-a-restricted-user", kFalse},
    {"kafka-read-of-a-restricted-user", kTrue},
    {"kafka-write-without-upgrade", kFalse},
    {"kafka-write-of-another", kTrue},
});

std::unique_ptr<PointServer> StartFor(const std::string& adapter, const Clock& clock) {
  const std::string upstream = adapter == "trino" ? "" : "    upstream: none\n";
  const auto listeners = ReadListeners(
      "listeners:\n  - address: 127.0.0.1:0\n    protocol: opa\n    adapter: " + adapter +
          "\n    prefix: /v1/data/proviso/" + adapter +
          "\n    service: {constant: blob-store}\n    region: {constant: nl-1}\n" + upstream,
      "serve.yaml");
  auto server = PointServer::Start(listeners.value(), clock).value();
  server->Publish(internal::ReadOnlySnapshot());
  return server;
}

TEST(OpaWire, AnswersWhatClientsSendByteForByteTwiceOverOneConnection) {
  const FakeClock clock(ParseTime("2026-12-01T00:00:00Z").value());
  std::size_t seen = 0;
  for (const auto& entry : std::filesystem::directory_iterator(kFolder)) {
    const std::string name = entry.path().stem().string();
    const auto* const expected =
        std::ranges::find(kAnswers, name, &std::pair<std::string_view, std::string_view>::first);
    ASSERT_NE(expected, kAnswers.end()) << "nobody says what is answered to " << name;
    ++seen;
    std::ifstream file(entry.path(), std::ios::binary);
    std::ostringstream request;
    request << file.rdbuf();
    const auto server = StartFor(name.substr(0, name.find('-')), clock);
    LoopbackClient client = LoopbackClient::Connect(server->ports().at(0)).value();
    for (int round = 0; round < 2; ++round) {
      ASSERT_TRUE(client.Send(request.str())) << name;
      const auto answer = client.Receive();
      ASSERT_TRUE(answer) << name << ": " << answer.error().message();
      EXPECT_EQ(answer->status, 200) << name;
      EXPECT_EQ(answer->body, expected->second) << name;
      EXPECT_EQ(HeaderOf(*answer, "Upgrade"), "") << name;
    }
  }
  EXPECT_EQ(seen, kAnswers.size());
}

}  // namespace
}  // namespace proviso::points
