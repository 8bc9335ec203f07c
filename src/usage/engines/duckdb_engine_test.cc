#include "usage/engines/duckdb_engine.h"

#include "usage/focus_fixture.h"

namespace proviso::usage {
namespace {

using testing::MakeFolder;

Result<DuckDbEngine> OpenIn(const std::filesystem::path& folder) {
  EngineSettings settings;
  settings.threads = 2;
  settings.directories = {folder};
  return DuckDbEngine::Open(settings);
}

TEST(DuckDbEngine, RefusesALibraryOfAnotherReleaseLine) {
  EXPECT_TRUE(CheckDuckDbVersion("v1.4.4"));
  const Status refused = CheckDuckDbVersion("v1.5.6");
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::kFailedPrecondition);
  EXPECT_NE(refused.error().message().find("libduckdb is `v1.5.6`, expected v1.4.x"),
            std::string::npos);
}

TEST(DuckDbEngine, StreamsTypedColumnsAndNulls) {
  auto engine = OpenIn(MakeFolder());
  ASSERT_TRUE(engine) << engine.error().message();
  std::size_t rows = 0;
  const Status queried = engine->Query(
      "SELECT 'a text longer than twelve bytes', i, CAST(-1.5 AS DECIMAL(38,18)), DATE "
      "'2026-03-01', TIMESTAMP '2026-03-01 01:00:00', CASE WHEN i = 3 THEN NULL ELSE 'x' END "
      "FROM range(5000) t(i)",
      {}, [&](const ChunkView& chunk) -> Status {
        for (std::size_t row = 0; row < chunk.rows(); ++row, ++rows) {
          EXPECT_EQ(chunk.Text(0, row), "a text longer than twelve bytes");
          EXPECT_EQ(chunk.Integer(1, row), static_cast<std::int64_t>(rows));
          EXPECT_EQ(chunk.DecimalAt(2, row).ToString(), "-1.5");
          EXPECT_EQ(FormatDate(chunk.DateAt(3, row)), "2026-03-01");
          EXPECT_EQ(chunk.InstantAt(4, row), Instant{chunk.DateAt(3, row)} + std::chrono::hours{1});
          EXPECT_EQ(chunk.IsNull(5, row), rows == 3);
        }
        return {};
      });
  ASSERT_TRUE(queried) << queried.error().message();
  EXPECT_EQ(rows, 5000U);
}

TEST(DuckDbEngine, ParametersAreNeverPartOfTheStatement) {
  auto engine = OpenIn(MakeFolder());
  ASSERT_TRUE(engine);
  const std::string hostile = "'); DROP TABLE t; --";
  const Decimal exact = *Decimal::Parse("12345678901234567890.123456789012345678");
  const Date day{std::chrono::days{20'000}};
  const Status queried =
      engine->Query("SELECT ?, ?, ?, ?, ?",
                    {hostile, std::int64_t{-7}, exact, day, Instant{day} + std::chrono::seconds{1}},
                    [&](const ChunkView& chunk) -> Status {
                      EXPECT_EQ(chunk.Text(0, 0), hostile);
                      EXPECT_EQ(chunk.Integer(1, 0), -7);
                      EXPECT_EQ(chunk.DecimalAt(2, 0), exact);
                      EXPECT_EQ(chunk.DateAt(3, 0), day);
                      EXPECT_EQ(chunk.InstantAt(4, 0), Instant{day} + std::chrono::seconds{1});
                      return {};
                    });
  ASSERT_TRUE(queried) << queried.error().message();
  EXPECT_EQ(QuoteSql("a'b"), "'a''b'");
}

TEST(DuckDbEngine, TouchesNoFileThatItsSettingsDoNotName) {
  const auto inside = MakeFolder();
  const auto outside = MakeFolder();
  testing::WriteText(outside / "secret.csv", "a\n1\n");
  auto engine = OpenIn(inside);
  ASSERT_TRUE(engine);
  for (const std::string& sql :
       {"SELECT * FROM read_csv(" + QuoteSql((outside / "secret.csv").string()) + ")",
        "COPY (SELECT 1) TO " + QuoteSql((outside / "out.csv").string()),
        std::string("INSTALL httpfs"), std::string("SET enable_external_access = true")}) {
    EXPECT_FALSE(engine->Execute(sql)) << sql;
  }
  EXPECT_TRUE(engine->Execute("COPY (SELECT 1) TO " + QuoteSql((inside / "out.csv").string())));
}

TEST(DuckDbEngine, ErrorsComeBackAsErrors) {
  auto engine = OpenIn(MakeFolder());
  ASSERT_TRUE(engine);
  EXPECT_FALSE(engine->Execute("SELEKT"));
  const Status late = engine->Execute("SELECT error('late') FROM range(100000)");
  ASSERT_FALSE(late);
  EXPECT_NE(late.error().message().find("late"), std::string::npos);
  const Status stopped = engine->Query(
      "SELECT i FROM range(100000) t(i)", {},
      [](const ChunkView&) -> Status { return Fail(ErrorCode::kNotFound, "enough"); });
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code(), ErrorCode::kNotFound);
  EXPECT_TRUE(engine->Execute("SELECT 1")) << "the engine is usable after an error";
}

TEST(DuckDbEngine, AnInterruptEndsAStatement) {
  auto engine = OpenIn(MakeFolder());
  ASSERT_TRUE(engine);
  const Status stopped =
      engine->Execute("SELECT sum(a.i * b.i) FROM range(10000000) a(i), range(10000000) b(i)", {},
                      [&] { engine->Interrupt(); });
  ASSERT_FALSE(stopped);
  EXPECT_EQ(stopped.error().code(), ErrorCode::kUnavailable) << stopped.error().message();
}

// Counts to `rows`; the text of row i is one of two, of which one is long.
class CountingRows final : public RowSource {
 public:
  explicit CountingRows(std::int64_t rows, bool fail = false) : rows_(rows), fail_(fail) {}
  const std::vector<ColumnSpec>& columns() const override { return columns_; }
  std::unique_ptr<Worker> MakeWorker() override { return std::make_unique<CountingWorker>(*this); }
  static std::string TextOf(std::int64_t i) {
    return i / 3 % 2 == 0 ? "short" : "a long text, number " + std::to_string(i / 6 % 5);
  }

 private:
  class CountingWorker final : public Worker {
   public:
    explicit CountingWorker(CountingRows& owner) : owner_(owner) {}
    Result<std::size_t> Fill(ChunkWriter& out) override {
      if (owner_.fail_) return Fail(ErrorCode::kNotFound, "no more of this");
      const auto capacity = static_cast<std::int64_t>(out.capacity());
      const std::int64_t begin = owner_.next_.fetch_add(capacity);
      const std::int64_t end = std::min(begin + capacity, owner_.rows_);
      for (std::int64_t i = begin; i < end; ++i) {
        const auto row = static_cast<std::size_t>(i - begin);
        out.SetInteger(0, row, i);
        out.SetText(1, row, TextOf(i));
        if (i % 7 == 0) {
          out.SetNull(2, row);
        } else {
          out.SetDecimal(2, row, Decimal::FromInteger(-i));
        }
      }
      return static_cast<std::size_t>(std::max(end - begin, std::int64_t{0}));
    }

   private:
    CountingRows& owner_;
  };

  const std::vector<ColumnSpec> columns_ = {
      {"i", ColumnType::kInteger}, {"s", ColumnType::kText}, {"d", ColumnType::kDecimal}};
  const std::int64_t rows_;
  const bool fail_;
  std::atomic<std::int64_t> next_{0};
};

TEST(DuckDbEngine, WritesTheRowsOfASourceToParquet) {
  const auto folder = MakeFolder();
  auto engine = OpenIn(folder);
  ASSERT_TRUE(engine);
  CountingRows source(100'000);
  const auto path = folder / "it's.parquet";
  const Status copied = engine->CopyToParquet(source, path);
  ASSERT_TRUE(copied) << copied.error().message();
  std::int64_t next = 0;
  const Status read =
      engine->Query("SELECT i, s, d FROM read_parquet(" + QuoteSql(path.string()) + ") ORDER BY i",
                    {}, [&](const ChunkView& chunk) -> Status {
                      for (std::size_t row = 0; row < chunk.rows(); ++row, ++next) {
                        EXPECT_EQ(chunk.Integer(0, row), next);
                        EXPECT_EQ(chunk.Text(1, row), CountingRows::TextOf(next));
                        EXPECT_EQ(chunk.IsNull(2, row), next % 7 == 0);
                        if (next % 7 != 0) {
                          EXPECT_EQ(chunk.DecimalAt(2, row), Decimal::FromInteger(-next));
                        }
                      }
                      return {};
                    });
  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(next, 100'000);
}

TEST(DuckDbEngine, AnErrorOfTheSourceComesBackAsItIs) {
  const auto folder = MakeFolder();
  auto engine = OpenIn(folder);
  ASSERT_TRUE(engine);
  CountingRows source(10, true);
  const Status copied = engine->CopyToParquet(source, folder / "out.parquet");
  ASSERT_FALSE(copied);
  EXPECT_EQ(copied.error().code(), ErrorCode::kNotFound);
  EXPECT_EQ(copied.error().message(), "no more of this");
}

}  // namespace
}  // namespace proviso::usage
