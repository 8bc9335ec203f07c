#pragma once

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <memory>
#include <string>
#include <vector>

#include "io/files/temporary_folder.h"
#include "io/sql/postgres.h"
#include "io/sql/sqlite.h"
#include "ledger/ledger.h"

namespace proviso::ledger {

inline constexpr const char* kOrigin = "log.example.org/test";

inline crypto::PrivateKey LogKey(std::uint8_t fill = 7) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(fill);
  return crypto::PrivateKey::FromSeed(seed);
}

// An event that tells its number, with a sealed part.
inline Draft NumberedDraft(int number, std::size_t padding = 0) {
  Draft draft;
  draft.time = ParseTime("2026-11-22T09:30:00Z").value();
  draft.case_id = "case-1";
  draft.actor = "operator";
  draft.event.type = "claim.added";
  draft.event.open = Json::Of({{"number", number}, {"padding", std::string(padding, 'x')}});
  draft.event.sealed["details"] = Json::Of({{"secret", number}});
  return draft;
}

inline std::vector<Draft> NumberedDrafts(int first, int count) {
  std::vector<Draft> drafts;
  drafts.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) drafts.push_back(NumberedDraft(first + i));
  return drafts;
}

// The places where the tests of every store put a log's database. PostgreSQL is among them where
// PROVISO_TEST_POSTGRES names a server at which schemas may be made and dropped; `./run test real
// postgres` starts one.
inline std::vector<std::string> StoresToTest() {
  std::vector<std::string> stores = {"sqlite"};
  if (std::getenv("PROVISO_TEST_POSTGRES") != nullptr) stores.emplace_back("postgresql");
  return stores;
}

// A schema of its own in the database that PROVISO_TEST_POSTGRES names.
class PostgresSchema {
 public:
  PostgresSchema() : name_("test_" + Name()) { Clear(); }
  PostgresSchema(const PostgresSchema&) = delete;
  PostgresSchema& operator=(const PostgresSchema&) = delete;
  ~PostgresSchema() { Run(Server(), "DROP SCHEMA " + name_ + " CASCADE"); }

  // A connection URI for it.
  std::string place() const { return Server() + "&options=-csearch_path%3D" + name_; }
  // Drops what is in it. `zeroblob` is there because SQLite has it.
  void Clear() {
    Run(Server(), "DROP SCHEMA IF EXISTS " + name_ + " CASCADE; CREATE SCHEMA " + name_ +
                      "; CREATE FUNCTION " + name_ +
                      ".zeroblob(int) RETURNS bytea LANGUAGE sql AS"
                      " 'SELECT decode(repeat(''00'', $1), ''hex'')'");
  }
  static void Run(const std::string& place, const std::string& sql) {
    auto connection = io::PostgresConnection::Open(place);
    ASSERT_TRUE(connection) << connection.error().message();
    const Status done = connection->Execute(sql);
    ASSERT_TRUE(done) << sql << ": " << done.error().message();
  }

 private:
  // With parameters, so that another can follow.
  static std::string Server() {
    const char* const told = std::getenv("PROVISO_TEST_POSTGRES");
    const std::string server = told == nullptr ? "" : told;
    return server + (server.find('?') == std::string::npos ? "?connect_timeout=5" : "");
  }
  static std::string Name() {
    std::array<std::uint8_t, 8> bytes{};
    SystemRandom().Fill(bytes);
    return HexEncode(bytes);
  }
  const std::string name_;
};

// A data directory of its own, with a log that can be opened again and again.
class LedgerTest : public testing::Test {
 protected:
  Ledger::Options Options() {
    return {.directory = folder_.path() / "data",
            .origin = kOrigin,
            .postgres = schema_ ? schema_->place() : std::string(),
            .files = &files_,
            .random = &random_};
  }
  Result<std::unique_ptr<Ledger>> TryOpen() { return Ledger::Open(Options(), LogKey()); }
  void Open() {
    ledger_.reset();
    auto opened = TryOpen();
    ASSERT_TRUE(opened) << opened.error().message();
    ledger_ = std::move(*opened);
  }
  void Close() {
    const Status closed = ledger_->Close();
    ASSERT_TRUE(closed) << closed.error().message();
    ledger_.reset();
  }
  // A data directory and a database as if there had never been any.
  void Forget() {
    ledger_.reset();
    std::filesystem::remove_all(Data());
    if (schema_) schema_->Clear();
  }
  // Changes the database behind the log's back.
  void Execute(const std::string& sql) {
    if (schema_) return PostgresSchema::Run(schema_->place(), sql);
    io::Database database = io::Database::Open(Data() / "proviso.db", {.create = false}).value();
    const Status done = database.Execute(sql);
    ASSERT_TRUE(done) << done.error().message();
  }
  // As a literal of the store's SQL.
  std::string Literal(ByteView bytes) const {
    return schema_ ? "'\\x" + HexEncode(bytes) + "'::bytea" : "x'" + HexEncode(bytes) + "'";
  }
  // Appends drafts until the log has `size` entries, the last two one by one.
  void GrowTo(std::uint64_t size) {
    while (ledger_->latest().size < size) {
      const std::uint64_t have = ledger_->latest().size;
      const std::uint64_t count = size - have > 2 ? size - have - 2 : 1;
      const auto index =
          ledger_->Append(NumberedDrafts(static_cast<int>(have), static_cast<int>(count)));
      ASSERT_TRUE(index) << index.error().message();
    }
  }
  // A closed log of `size` entries.
  void Make(std::uint64_t size) {
    Open();
    GrowTo(size);
    Close();
  }
  void ExpectOpenFindsDamage() {
    const auto opened = TryOpen();
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code(), ErrorCode::kDataLoss) << opened.error().message();
  }
  std::filesystem::path Data() const { return folder_.path() / "data"; }
  std::filesystem::path Log(const std::string& path) const { return Data() / "log" / path; }
  crypto::NoteVerifier Verifier() const { return {.name = kOrigin, .key = LogKey().Public()}; }

  std::unique_ptr<PostgresSchema> schema_;  // when the database is there
  io::TemporaryFolder folder_ = io::TemporaryFolder::Make(testing::TempDir()).value();
  io::PosixFileSystem files_;
  SystemRandom random_;
  std::unique_ptr<Ledger> ledger_;
};

// The same for each store: TEST_P and PROVISO_EACH_STORE.
class EachStoreTest : public LedgerTest, public testing::WithParamInterface<std::string> {
 protected:
  EachStoreTest() {
    if (GetParam() == "postgresql") schema_ = std::make_unique<PostgresSchema>();
  }
};

// Instantiates the tests of a fixture for each store.
#define PROVISO_EACH_STORE(fixture)                                               \
  INSTANTIATE_TEST_SUITE_P(EachStore, fixture, testing::ValuesIn(StoresToTest()), \
                           [](const auto& each) { return each.param; })

}  // namespace proviso::ledger
