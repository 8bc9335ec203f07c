#include "service/instance.h"

#include <gtest/gtest.h>

#include <future>

#include "crypto/hash.h"
#include "enforcement/decision_table.h"
#include "io/files/fault_file_system.h"
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

TEST_F(InstanceTest, DoesNotBeginAnewWhereTheDatabaseWasLost) {
  ASSERT_TRUE(instance_->Close());
  instance_.reset();
  for (const char* name : {"proviso.db", "proviso.db-wal", "proviso.db-shm"}) {
    ASSERT_TRUE(files_.Remove(directory_ / name));
  }
  for (const bool with_tiles : {true, false}) {
    if (!with_tiles) {
      ASSERT_TRUE(files_.RemoveTree(directory_ / "log"));
    }
    for (const bool rewrite : {false, true}) {
      const auto opened = Instance::Open(directory_, environment_, {.rewrite_files = rewrite});
      ASSERT_FALSE(opened);
      EXPECT_EQ(opened.error().code(), ErrorCode::kDataLoss);
      EXPECT_NE(opened.error().message().find("restore it from a backup"), std::string::npos)
          << opened.error().message();
      EXPECT_EQ(files_.Exists(directory_ / "log" / "tile").value(), with_tiles);
    }
  }
}

// A directory on a disk that may be full for the files of the log, or for the table.
class FullDiskTest : public InstanceTest {
 protected:
  void SetUp() override {
    InstanceTest::SetUp();
    ASSERT_TRUE(instance_->Close());
    auto opened =
        Instance::Open(directory_, {.files = &faulty_, .clock = &clock_, .random = &random_});
    ASSERT_TRUE(opened) << opened.error().message();
    instance_ = std::move(*opened);
    instance_->ListenForTables([this](ByteView bytes) {
      table_ = enforcement::DecisionTable::Open(bytes).value().number();
    });
  }
  // An act that makes another table.
  Result<Json> ImportCatalogue() {
    const std::string text = R"(regions: [{id: nl-1, name: Netherlands}]
classes: [{id: object-storage, name: Object storage, kind: level, unit: GB}]
services:
  - id: blob-store
    name: Blob Store
    class: object-storage
    regions: [nl-1]
    meters: [{sku_id: EX-BLOB, unit: GB-Hours, factor: 1}]
)";
    Request import{.use_case = "import catalogue"};
    import.args = Json::Of({{ "sha256", crypto::Sha256(text).Hex() }});
    import.attachments = Json::Of({{ "text", text }});
    return instance_->Perform(import, {});
  }

  std::atomic<const char*> full_ = nullptr;  // the folder that cannot grow
  std::uint64_t table_ = 0;                  // the number of the one that is served
  io::FaultFileSystem faulty_{
      files_,
      [this](io::FaultFileSystem::Operation operation,
             const std::filesystem::path& path) -> Status {
        const char* const folder = full_;
        const bool writes = operation == io::FaultFileSystem::Operation::kWrite;
        if (folder == nullptr || !writes || path.string().find(folder) == std::string::npos) {
          return {};
        }
        return Fail(ErrorCode::kResourceExhausted, "planned: disk full");
      }};
};

TEST_F(FullDiskTest, GoesOnWithWhatWasStoredOnceThereIsRoom) {
  const std::uint64_t before = table_;
  full_ = "/log/";
  const Result<Json> doubtful = ImportCatalogue();
  ASSERT_FALSE(doubtful);
  EXPECT_NE(doubtful.error().message().find("may have been stored"), std::string::npos)
      << doubtful.error().message();
  const Result<Json> refused = ImportCatalogue();
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().message().find("not stored, and nothing was changed"),
            std::string::npos)
      << refused.error().message();
  EXPECT_FALSE(instance_->GoOn()) << "the disk is full";
  EXPECT_EQ(instance_->Newness(), Newness::kUnknown);
  EXPECT_EQ(table_, before) << "gateways are answered as before";
  EXPECT_TRUE(instance_->Perform({.use_case = "roster show"}, {})) << "reading goes on";
  full_ = nullptr;
  const Result<bool> went_on = instance_->GoOn();
  ASSERT_TRUE(went_on) << went_on.error().message();
  EXPECT_TRUE(*went_on);
  EXPECT_GT(table_, before) << "what was stored counts";
  EXPECT_EQ(instance_->Newness(), Newness::kWritten);
  const std::uint64_t stored = table_;
  const Result<Json> next = ImportCatalogue();
  ASSERT_TRUE(next) << next.error().message();
  EXPECT_EQ(table_, stored + 1);
  EXPECT_FALSE(instance_->GoOn().value()) << "there is nothing to mend";
  ASSERT_TRUE(instance_->Close());
}

TEST_F(FullDiskTest, ATableFileThatCouldNotBeWrittenIsTriedAgain) {
  full_ = "/table/";
  const Result<Json> recorded = ImportCatalogue();
  ASSERT_FALSE(recorded);
  EXPECT_EQ(instance_->Newness(), Newness::kServed) << recorded.error().message();
  EXPECT_FALSE(instance_->GoOn());
  full_ = nullptr;
  EXPECT_TRUE(instance_->GoOn());
  EXPECT_EQ(instance_->Newness(), Newness::kWritten);
}

TEST(Initialise, LeavesNothingWhereItRefuses) {
  const io::TemporaryFolder folder = io::TemporaryFolder::Make().value();
  io::PosixFileSystem files;
  const SystemClock clock;
  SystemRandom random;
  const Environment environment{.files = &files, .clock = &clock, .random = &random};
  for (const InitOptions& options : {InitOptions{.origin = "two words", .log_key = {}},
                                     InitOptions{.origin = {}, .log_key = {}, .store = "garbage"},
                                     InitOptions{.origin = {},
                                     .log_key = {},
                                     .store = "postgresql://proviso@/none?host=/nonexistent"}}) {
    EXPECT_FALSE(Initialise(folder.path() / "data", options, environment));
    EXPECT_TRUE(files.List(folder.path()).value().empty()) << options.store;
  }
  EXPECT_TRUE(Initialise(folder.path() / "data", {.origin = {}, .log_key = {}}, environment));
}

}  // namespace
}  // namespace proviso::service
