// A log that a later version wrote on (docs/formats/events.md, "Events of a later version").
#include <gtest/gtest.h>

#include "crypto/hash.h"
#include "crypto/key_file.h"
#include "io/files/file_system.h"
#include "io/files/temporary_folder.h"
#include "ledger/ledger.h"
#include "service/instance.h"

namespace proviso::service {
namespace {

class LaterVersionTest : public testing::Test {
 protected:
  // A new log, and an event in it of a type that nobody here knows.
  void SetUp() override {
    const auto config =
        Initialise(data_, {.origin = "log.example.org/test", .log_key = {}}, environment_);
    ASSERT_TRUE(config) << config.error().message();
    const Bytes key = files_.ReadFile(config->log_key, 1U << 20U).value();
    auto ledger = ledger::Ledger::Open(
        {.directory = data_, .origin = config->origin, .files = &files_, .random = &random_},
        crypto::ParseServiceKey(AsText(key)).value());
    ASSERT_TRUE(ledger) << ledger.error().message();
    ledger::Draft draft;
    draft.time = clock_.Now();
    draft.actor = "operator";
    draft.event = {.type = "weather.noted",
                   .open = Json::Of({{"degrees", 21}}),
                   .sealed = {{"details", Json::Of({{"place", "the roof"}})}}};
    ASSERT_TRUE((*ledger)->Append({draft}));
    ASSERT_TRUE((*ledger)->Close());
    auto opened = Instance::Open(data_, environment_);
    ASSERT_TRUE(opened) << opened.error().message();
    instance_ = std::move(*opened);
  }

  Result<Json> Ask(const std::string& use_case, const Json& args = Json::MakeObject(),
                   const Json& attachments = Json::MakeObject()) {
    return instance_->Perform({.use_case = use_case, .args = args, .attachments = attachments}, {});
  }

  io::PosixFileSystem files_;
  io::TemporaryFolder folder_ = io::TemporaryFolder::Make().value();
  std::filesystem::path data_ = folder_.path() / "data";
  FakeClock clock_{ParseTime("2026-11-22T09:30:00Z").value()};
  SeededRandom random_{7};
  Environment environment_{.files = &files_, .clock = &clock_, .random = &random_};
  std::unique_ptr<Instance> instance_;
};

TEST_F(LaterVersionTest, AnUnknownEventIsShownAsItStands) {
  const auto shown = Ask("log show");
  ASSERT_TRUE(shown) << shown.error().message();
  const Json::Array& entries = *shown->ArrayAt("entries").value();
  ASSERT_EQ(entries.size(), 2U);
  EXPECT_EQ(entries[1].Canonical(),
            R"({"actor":"operator","data":{"degrees":21},"index":1,"says":[],"subject":[],)"
            R"("time":"2026-11-22T09:30:00.000Z","type":"weather.noted"})");
}

TEST_F(LaterVersionTest, ItOutlivesARebuildAndTheLogVerifies) {
  const auto rebuilt = Ask("log rebuild");
  ASSERT_TRUE(rebuilt) << rebuilt.error().message();
  EXPECT_EQ(rebuilt->IntegerOr("size", 0), 2);
  const auto verified = Ask("log verify");
  ASSERT_TRUE(verified) << verified.error().message();
  EXPECT_TRUE(verified->BoolOr("ok", false)) << verified->Canonical();
  const auto exported = Ask("export", Json::Of({{"folder", (folder_.path() / "export").string()}}));
  ASSERT_TRUE(exported) << exported.error().message();
  const Bytes bundle =
      files_.ReadFile(folder_.path() / "export/log/tile/entries/000.p/2", 1U << 20U).value();
  EXPECT_NE(AsText(bundle).find("weather.noted"), std::string_view::npos);
}

TEST_F(LaterVersionTest, TheLogGoesOnBehindIt) {
  const std::string path = std::string(PROVISO_SOURCE_DIR) + "/examples/catalogue.yaml";
  const Bytes text = files_.ReadFile(path, 1U << 20U).value();
  const auto imported = Ask("import catalogue", Json::Of({{"sha256", crypto::Sha256(text).Hex()}}),
                            Json::Of({{"text", AsText(text)}}));
  ASSERT_TRUE(imported) << imported.error().message();
  EXPECT_EQ(imported->IntegerOr("index", 0), 2);
}

}  // namespace
}  // namespace proviso::service
