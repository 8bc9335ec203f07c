#pragma once

#include <filesystem>

#include "base/result.h"

namespace proviso::usage {

// Writes a FOCUS 1.0 or 1.2 CSV file as Parquet with all its columns: decimals as DECIMAL(38,18),
// times as TIMESTAMP, all others as text. For making deliveries, not for taking them: the first
// cell that does not fit its column is an error (kInvalidArgument, with line and column).
// Replaces `parquet`.
Status ConvertCsvToParquet(const std::filesystem::path& csv, const std::filesystem::path& parquet);

}  // namespace proviso::usage
