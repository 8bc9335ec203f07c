#include "io/sql/postgres.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <optional>

namespace proviso::io {
namespace {

constexpr std::chrono::milliseconds kSoon{5'000};

TEST(PostgresPlace, NamesHostAndDatabaseAndNothingElse) {
  struct Case {
    std::string place;
    std::string named;
  };
  for (const Case& c :
       std::vector<Case>{{"postgresql://anna:secret@db.example:6432/proviso?sslmode=require",
                          "db.example:6432/proviso"},
                         {"host=/run/db dbname=proviso password=secret", "/run/db/proviso"},
                         {"postgresql:///proviso?service=log", "service log/proviso"},
                         {"postgresql:///proviso", "default server/proviso"}}) {
    EXPECT_EQ(PostgresPlace(c.place).value(), c.named);
  }
}

TEST(PostgresPlace, AFaultDoesNotRepeatTheText) {
  for (const char* place : {"postgresql://anna:secret@[db", "password=secret host", "secret"}) {
    const auto named = PostgresPlace(place);
    ASSERT_FALSE(named) << place;
    EXPECT_EQ(named.error().code(), ErrorCode::kInvalidArgument);
    EXPECT_EQ(named.error().message().find("secret"), std::string::npos) << named.error().message();
  }
}

TEST(PostgresPlace, SeesAPassword) {
  EXPECT_TRUE(HasPassword("postgresql://anna:secret@db.example/proviso").value());
  EXPECT_TRUE(HasPassword("postgresql://db.example/proviso?password=secret").value());
  EXPECT_FALSE(HasPassword("postgresql://anna@db.example/proviso?passfile=/etc/p").value());
}

TEST(PostgresConnection, WithoutAServerIsUnavailableAndShowsNoPassword) {
  const auto opened =
      PostgresConnection::Open("postgresql://anna:secret@/proviso?host=/no/such/folder");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code(), ErrorCode::kUnavailable);
  EXPECT_EQ(opened.error().message().find("secret"), std::string::npos);
  EXPECT_NE(opened.error().message().find("/no/such/folder"), std::string::npos);
  EXPECT_EQ(opened.error().message().find_first_of("\t\n"), std::string::npos)
      << opened.error().message();
  EXPECT_NE(opened.error().message().find("; look whether PostgreSQL runs there"),
            std::string::npos)
      << opened.error().message();
}

// With a server: PROVISO_TEST_POSTGRES names one where tables may be made and dropped.
class PostgresTest : public testing::Test {
 protected:
  void SetUp() override {
    const char* place = std::getenv("PROVISO_TEST_POSTGRES");
    if (place == nullptr) {
      GTEST_SKIP() << "SKIPPED: PROVISO_TEST_POSTGRES names no server; `./run test real postgres` "
                      "starts one";
    }
    place_ = place;
    connection_.emplace(PostgresConnection::Open(place_).value());
  }
  PostgresConnection& db() { return *connection_; }

  std::string place_;
  std::optional<PostgresConnection> connection_;
};

TEST_F(PostgresTest, ValuesComeBackAsTheyWere) {
  const Bytes blob = {0, 1, 0xFF, 0};
  for (const std::int64_t number : {std::int64_t{0}, std::int64_t{-1}, INT64_MAX, INT64_MIN}) {
    const auto rows =
        db().Query("SELECT $1::bigint, $2::text, $3::bytea, $4::bytea, NULL::text, true",
                   {number, "caf\xC3\xA9 'x'", ByteView(blob), ByteView()});
    ASSERT_TRUE(rows) << rows.error().message();
    EXPECT_EQ(rows->Integer(0, 0), number);
    EXPECT_EQ(rows->Text(0, 1), "caf\xC3\xA9 'x'");
    EXPECT_TRUE(std::ranges::equal(rows->Blob(0, 2), blob));
    EXPECT_TRUE(rows->Blob(0, 3).empty());
    EXPECT_FALSE(rows->IsNull(0, 3));
    EXPECT_TRUE(rows->IsNull(0, 4));
    EXPECT_TRUE(rows->Bool(0, 5));
  }
}

TEST_F(PostgresTest, ArraysBecomeRows) {
  const std::vector<std::int64_t> numbers = {3, -4};
  const std::vector<std::string> texts = {"a", ""};
  const Bytes blob = {0, 9};
  const auto rows =
      db().Query("SELECT * FROM unnest($1::bigint[], $2::text[], $3::bytea[])",
                 {PostgresValue::IntegerArray(numbers), PostgresValue::TextArray(texts),
                  PostgresValue::BlobArray(std::vector<ByteView>{blob, {}})});
  ASSERT_TRUE(rows) << rows.error().message();
  ASSERT_EQ(rows->size(), 2U);
  EXPECT_EQ(rows->Integer(1, 0), -4);
  EXPECT_EQ(rows->Text(0, 1), "a");
  EXPECT_TRUE(std::ranges::equal(rows->Blob(0, 2), blob));
  EXPECT_EQ(db().Query("SELECT * FROM unnest($1::bigint[])", {PostgresValue::IntegerArray({})})
                .value()
                .size(),
            0U);
}

TEST_F(PostgresTest, AnErrorSaysNoValues) {
  ASSERT_TRUE(db().Execute("CREATE TEMPORARY TABLE one(name text PRIMARY KEY)"));
  ASSERT_TRUE(db().Query("INSERT INTO one VALUES($1)", {"canary"}));
  const auto again = db().Query("INSERT INTO one VALUES($1)", {"canary"});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code(), ErrorCode::kAlreadyExists);
  EXPECT_EQ(again.error().message().find("canary"), std::string::npos) << again.error().message();
  EXPECT_TRUE(db().is_alive());
}

TEST_F(PostgresTest, ASessionThatWasEndedStaysGone) {
  auto other = PostgresConnection::Open(place_).value();
  ASSERT_TRUE(db().Query("SELECT pg_terminate_backend($1::bigint::int)", {other.backend()}));
  Result<PostgresRows> rows = other.Query("SELECT 1::bigint");
  while (rows) rows = other.Query("SELECT 1::bigint");  // the signal may take a moment
  EXPECT_EQ(rows.error().code(), ErrorCode::kUnavailable);
  EXPECT_FALSE(other.is_alive());
  EXPECT_EQ(other.Execute("SELECT 1").error().code(), ErrorCode::kUnavailable);
}

TEST_F(PostgresTest, WaitsForAnAnswerAsLongAsAsked) {
  ASSERT_TRUE(db().Query("SELECT pg_advisory_lock(4711)"));
  auto other = PostgresConnection::Open(place_).value();
  ASSERT_TRUE(other.Send("SELECT pg_advisory_lock(4711)"));
  EXPECT_FALSE(other.WaitForAnswer(std::chrono::milliseconds(20)).value());
  ASSERT_TRUE(db().Query("SELECT pg_advisory_unlock(4711)"));
  EXPECT_TRUE(other.WaitForAnswer(kSoon).value());
  EXPECT_TRUE(other.Receive());
}

TEST_F(PostgresTest, HearsANotice) {
  ASSERT_TRUE(db().Execute("LISTEN proviso_test"));
  EXPECT_FALSE(db().WaitForNotice(std::chrono::milliseconds(1)).value());
  auto other = PostgresConnection::Open(place_).value();
  ASSERT_TRUE(other.Execute("NOTIFY proviso_test"));
  EXPECT_TRUE(db().WaitForNotice(kSoon).value());
  EXPECT_FALSE(db().WaitForNotice(std::chrono::milliseconds(1)).value());
}

}  // namespace
}  // namespace proviso::io
