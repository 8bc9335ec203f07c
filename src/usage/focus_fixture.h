#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "usage/focus_columns.h"

namespace proviso::usage::testing {

// The folders of this process. They go when it ends, unless a test failed and wants to be looked
// at.
class MadeFolders {
 public:
  MadeFolders() = default;
  MadeFolders(const MadeFolders&) = delete;
  MadeFolders& operator=(const MadeFolders&) = delete;
  ~MadeFolders() {
    if (::testing::UnitTest::GetInstance()->Failed()) return;
    std::error_code ignored;  // a folder left behind fails no test
    for (const std::filesystem::path& folder : folders_) {
      std::filesystem::remove_all(folder, ignored);
    }
  }
  void Add(std::filesystem::path folder) { folders_.push_back(std::move(folder)); }
  std::size_t count() const { return folders_.size(); }

 private:
  std::vector<std::filesystem::path> folders_;
};

// A folder of its own for each test.
inline std::filesystem::path MakeFolder() {
  static MadeFolders made;
  const auto* const test = ::testing::UnitTest::GetInstance()->current_test_info();
  std::string name = std::string(test->test_suite_name()) + "." + test->name() + "-" +
                     std::to_string(::getpid()) + "-" + std::to_string(made.count());
  std::replace(name.begin(), name.end(), '/', '_');
  std::filesystem::path folder = std::filesystem::path(::testing::TempDir()) / name;
  std::filesystem::create_directories(folder);
  made.Add(folder);
  return folder;
}

inline std::filesystem::path WriteText(const std::filesystem::path& path, std::string_view text) {
  std::ofstream(path, std::ios::binary) << text;
  return path;
}

inline std::string ReadText(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

// Quotes a field where it must be.
inline std::string CsvField(const std::string& text) {
  if (text.find_first_of(",\"\n\r") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + "\"";
}

using Row = std::map<std::string, std::string, std::less<>>;

// A usage row that nothing is wrong with: one hour, one subscription.
inline Row GoodRow() {
  return {{"BilledCost", "1.25"},
          {"BillingAccountId", "acct-1"},
          {"BillingCurrency", "EUR"},
          {"BillingPeriodStart", "2026-03-01T00:00:00Z"},
          {"BillingPeriodEnd", "2026-04-01T00:00:00Z"},
          {"ChargeCategory", "Usage"},
          {"ChargeFrequency", "Usage-Based"},
          {"ChargePeriodStart", "2026-03-05T10:00:00Z"},
          {"ChargePeriodEnd", "2026-03-05T11:00:00Z"},
          {"ConsumedQuantity", "240"},
          {"ConsumedUnit", "GB-Hours"},
          {"ContractedCost", "1.25"},
          {"EffectiveCost", "1.25"},
          {"ListCost", "2.5"},
          {"PricingQuantity", "240"},
          {"PricingUnit", "GB-Hours"},
          {"RegionId", "nl-1"},
          {"ServiceCategory", "Storage"},
          {"ServiceName", "Blob Store"},
          {"SkuId", "SKU-1"},
          {"SkuMeter", "Stored"},
          {"SubAccountId", "sub-1"}};
}

inline Row With(std::map<std::string, std::string> changes, Row row = GoodRow()) {
  for (auto& [name, value] : changes) row[name] = value;
  return row;
}

// The columns of FOCUS 1.0 or 1.2 (minor = 0 or 2), by name.
inline std::vector<std::string> ColumnNames(int minor) {
  std::vector<std::string> names;
  for (const FocusColumn& column : FocusColumns()) {
    if (column.since <= minor) names.emplace_back(column.name);
  }
  return names;
}

inline std::string CsvLine(const std::vector<std::string>& names, const Row& row) {
  std::string line;
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) line += ',';
    const auto found = row.find(names[i]);
    if (found != row.end()) line += CsvField(found->second);
  }
  return line + "\n";
}

inline std::string CsvHeader(const std::vector<std::string>& names) {
  Row row;
  for (const std::string& name : names) row[name] = name;
  return CsvLine(names, row);
}

inline std::string CsvFile(const std::vector<Row>& rows, int minor = 2) {
  const std::vector<std::string> names = ColumnNames(minor);
  std::string text = CsvHeader(names);
  for (const Row& row : rows) text += CsvLine(names, row);
  return text;
}

}  // namespace proviso::usage::testing
