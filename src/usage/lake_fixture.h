#pragma once

#include "usage/engines/duckdb_engine.h"
#include "usage/focus_fixture.h"
#include "usage/lake.h"

namespace proviso::usage::testing {

// A lake in a folder of its own.
class LakeTest : public ::testing::Test {
 protected:
  LakeTest() : folder_(MakeFolder()), lake_(*Lake::Open(folder_ / "data", files_)) {}

  std::filesystem::path Csv(const std::vector<Row>& rows, int minor = 2) {
    return WriteText(folder_ / ("file" + std::to_string(next_++) + ".csv"), CsvFile(rows, minor));
  }
  std::filesystem::path Text(std::string_view text) {
    return WriteText(folder_ / ("file" + std::to_string(next_++) + ".csv"), text);
  }
  // Runs statements that may touch the test's folder.
  Status Sql(const std::string& sql) {
    EngineSettings settings;
    settings.directories = {folder_, std::filesystem::path(PROVISO_SOURCE_DIR).parent_path()};
    auto engine = PROVISO_TRY(DuckDbEngine::Open(settings));
    return engine.Execute(sql);
  }
  // The first column of a query's rows, all text.
  Result<std::vector<std::string>> Column(const std::string& sql) {
    EngineSettings settings;
    settings.directories = {folder_, std::filesystem::path(PROVISO_SOURCE_DIR).parent_path()};
    auto engine = PROVISO_TRY(DuckDbEngine::Open(settings));
    std::vector<std::string> texts;
    PROVISO_TRY(engine.Query(sql, {}, [&](const ChunkView& chunk) -> Status {
      for (std::size_t i = 0; i < chunk.rows(); ++i) {
        texts.emplace_back(chunk.IsNull(0, i) ? "NULL" : chunk.Text(0, i));
      }
      return {};
    }));
    return texts;
  }
  std::string LakeScan(const Delivery& delivery) const {
    return "read_parquet(" +
           QuoteSql((folder_ / "data" / "lake" / (delivery.sha256 + ".parquet")).string()) + ")";
  }
  // Whether any file of a delivery is in the lake.
  bool IsEmpty() const {
    for (const char* const part : {"lake", "quarantine"}) {
      for (const auto& entry : std::filesystem::directory_iterator(folder_ / "data" / part)) {
        if (entry.is_regular_file()) return false;
      }
    }
    return true;
  }

  std::filesystem::path folder_;
  io::PosixFileSystem files_;
  Lake lake_;
  int next_ = 0;
};

}  // namespace proviso::usage::testing
