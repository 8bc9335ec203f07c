#include "service/instance.h"

#include <gtest/gtest.h>

#include <future>

#include "io/files/temporary_folder.h"

namespace proviso::service {
namespace {

constexpr std::chrono::seconds kPatience{20};

crypto::PrivateKey KeyOf(std::uint8_t byte) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(byte);
  return crypto::PrivateKey::FromSeed(seed);
}

// A new data directory, with a roster of two that nobody has signed yet.
class InstanceTest : public testing::Test {
 protected:
  void SetUp() override {
    const auto config =
        Initialise(directory_, {.origin = "proviso.example/log", .log_key = {}}, environment_);
    ASSERT_TRUE(config) << config.error().message();
    auto opened = Instance::Open(directory_, environment_);
    ASSERT_TRUE(opened) << opened.error().message();
    instance_ = std::move(*opened);
    const std::string text = "quorum: 2\npeople:\n" + Line("anna", anna_) + Line("bram", bram_);
    Request prepare{.use_case = "roster prepare"};
    prepare.attachments = Json::Of({{"text", text}});
    const Result<Json> prepared = instance_->Perform(prepare, {});
    ASSERT_TRUE(prepared) << prepared.error().message();
    hash_ = prepared->StringOr("hash", "");
    Request propose{.use_case = "roster propose"};
    propose.args = Json::Of({{"roster", *prepared->Find("roster")}});
    propose.attachments = Json::Of({{"names", *prepared->Find("names")}});
    const Result<Json> proposed = instance_->Perform(Signed(propose), {});
    ASSERT_TRUE(proposed) << proposed.error().message();
  }

  static std::string Line(const std::string& id, const crypto::PrivateKey& key) {
    return "  - {id: " + id + ", name: " + id + ", key: \"" + key.Public().ToText() +
           "\", roles: [administrator]}\n";
  }
  Request Signed(Request request) {
    request.act = enforcement::SignAct(request.use_case, request.args, clock_.Now(),
                                       "proviso.example/log", anna_, random_);
    return request;
  }

  const io::TemporaryFolder folder_ = io::TemporaryFolder::Make().value();
  const std::filesystem::path directory_ = folder_.path() / "data";
  io::PosixFileSystem files_;
  SystemClock clock_;
  SystemRandom random_;
  const Environment environment_{.files = &files_, .clock = &clock_, .random = &random_};
  const crypto::PrivateKey anna_ = KeyOf(1);
  const crypto::PrivateKey bram_ = KeyOf(2);
  std::string hash_;
  std::unique_ptr<Instance> instance_;
};

TEST_F(InstanceTest, WhoDoesNotReadWhoseActItIsHoldsNobodyUp) {
  Request sign{.use_case = "roster sign"};
  sign.args = Json::Of({{"version", 1}, {"hash", hash_}});
  std::string told;
  std::future<Result<Json>> other;
  const Result<Json> answer = instance_->Perform(Signed(sign), [&](const Json& report) {
    told = report.Canonical();
    // As long as this does not return, the client has not read it.
    other = std::async(std::launch::async,
                       [this] { return instance_->Perform({.use_case = "roster show"}, {}); });
    EXPECT_EQ(other.wait_for(kPatience), std::future_status::ready);
  });
  ASSERT_TRUE(answer) << answer.error().message();
  EXPECT_EQ(told, R"({"acting_as":{"name":"anna","roles":["administrator"]}})");
  EXPECT_TRUE(other.get());
}

TEST_F(InstanceTest, WhoseActItIsIsToldOfARefusalToo) {
  std::string told;
  const Result<Json> answer = instance_->Perform(
      Signed({.use_case = "roster sign"}), [&](const Json& report) { told = report.Canonical(); });
  EXPECT_FALSE(answer);
  EXPECT_EQ(told, R"({"acting_as":{"name":"anna","roles":["administrator"]}})");
}

}  // namespace
}  // namespace proviso::service
