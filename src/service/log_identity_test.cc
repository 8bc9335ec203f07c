// That a data directory is of one log, and says so in each of the places that name it.
#include <gtest/gtest.h>

#include "crypto/key_file.h"
#include "crypto/note.h"
#include "io/files/file_system.h"
#include "io/files/temporary_folder.h"
#include "ledger/ledger.h"
#include "service/instance.h"

namespace proviso::service {
namespace {

class LogIdentityTest : public testing::Test {
 protected:
  void SetUp() override {
    auto config =
        Initialise(data_, {.origin = "log.example.org/test", .log_key = {}}, environment_);
    ASSERT_TRUE(config) << config.error().message();
    config_ = std::move(*config);
  }

  io::PosixFileSystem files_;
  io::TemporaryFolder folder_ = io::TemporaryFolder::Make().value();
  std::filesystem::path data_ = folder_.path() / "data";
  FakeClock clock_{ParseTime("2026-11-22T09:30:00Z").value()};
  SeededRandom random_{7};
  Environment environment_{.files = &files_, .clock = &clock_, .random = &random_};
  DataConfig config_;
};

TEST_F(LogIdentityTest, IsNotOpenedWithAPublicKeyThatIsNotItsOwn) {
  ASSERT_TRUE(Instance::Open(data_, environment_));
  const auto other = crypto::PrivateKey::FromSeed(std::array<std::uint8_t, 32>{9});
  DataConfig wrong = config_;
  wrong.vkey = crypto::NoteVerifier{.name = config_.origin, .key = other.Public()}.ToText();
  ASSERT_TRUE(wrong.Write(files_, data_));
  const auto opened = Instance::Open(data_, environment_);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code(), ErrorCode::kFailedPrecondition);
  for (const std::string& part : {config_.vkey, wrong.vkey, std::string("proviso.json")}) {
    EXPECT_NE(opened.error().message().find(part), std::string::npos) << opened.error().message();
  }
  ASSERT_TRUE(config_.Write(files_, data_));
  EXPECT_TRUE(Instance::Open(data_, environment_));
}

TEST_F(LogIdentityTest, IsNamedOnceAtItsBeginning) {
  const Bytes key = files_.ReadFile(config_.log_key, 1U << 20U).value();
  auto ledger = ledger::Ledger::Open(
      {.directory = data_, .origin = config_.origin, .files = &files_, .random = &random_},
      crypto::ParseServiceKey(AsText(key)).value());
  ASSERT_TRUE(ledger) << ledger.error().message();
  ledger::Draft again;
  again.time = clock_.Now();
  again.actor = "operator";
  again.event = {.type = "log.initialised",
                 .open = Json::Of({{"origin", config_.origin}, {"vkey", config_.vkey}}),
                 .sealed = {{"pseudonym_key", Json(std::string(64, 'a'))}}};
  ASSERT_TRUE((*ledger)->Append({again}));
  ASSERT_TRUE((*ledger)->Close());
  const auto opened = Instance::Open(data_, environment_);
  ASSERT_FALSE(opened) << "everybody's pseudonyms would be others from here on";
  EXPECT_EQ(opened.error().code(), ErrorCode::kDataLoss);
  EXPECT_NE(opened.error().message().find("at index 0 only"), std::string::npos)
      << opened.error().message();
}

}  // namespace
}  // namespace proviso::service
