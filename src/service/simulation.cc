#include "service/simulation.h"

#include <algorithm>

#include "base/check.h"
#include "catalogue/customers.h"
#include "simulate/simulate.h"
#include "simulate/world.h"
#include "usage/parquet_writer.h"

namespace proviso::service {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t kTextFileMax = 16U << 20U;

// Collects the CSV of one month and turns it into Parquet when the next one begins.
class MonthlyFiles {
 public:
  MonthlyFiles(const simulate::World& world, fs::path folder, const Environment& environment,
               const Progress& progress)
      : world_(world), folder_(std::move(folder)), environment_(environment), progress_(progress) {}

  Status Take(Month month, std::string_view csv) {
    if (open_ && month_ != month) PROVISO_TRY(Finish());
    open_ = true;
    month_ = month;
    text_ += csv;
    return {};
  }

  Status Finish() {
    if (!open_) return {};
    const fs::path parquet = folder_ / (FormatMonth(month_) + ".parquet");
    const fs::path csv = folder_ / (FormatMonth(month_) + ".csv");
    PROVISO_TRY(environment_.files->WriteFile(csv, AsBytes(text_)));
    PROVISO_TRY(usage::ConvertCsvToParquet(csv, parquet));
    PROVISO_TRY(environment_.files->Remove(csv));
    rows_ += static_cast<std::uint64_t>(std::count(text_.begin(), text_.end(), '\n')) - 1;
    ++files_;
    text_.clear();
    open_ = false;
    if (progress_) {
      progress_(Json::Of({{"phase", "invent " + FormatMonth(month_)},
                          {"share", files_ * 1000 / static_cast<std::uint64_t>(world_.months)}}));
    }
    return {};
  }

  std::uint64_t rows() const { return rows_; }
  std::uint64_t files() const { return files_; }

 private:
  const simulate::World& world_;
  fs::path folder_;
  Environment environment_;
  const Progress& progress_;
  bool open_ = false;
  Month month_;
  std::string text_;
  std::uint64_t rows_ = 0;
  std::uint64_t files_ = 0;
};

Result<std::string> ReadText(io::FileSystem& files, const fs::path& path) {
  const Result<Bytes> bytes = files.ReadFile(path, kTextFileMax);
  if (!bytes && bytes.error().code() == ErrorCode::kResourceExhausted) {
    return Fail(ErrorCode::kInvalidArgument, path.string() + ": " + bytes.error().message());
  }
  return std::string(AsText(PROVISO_TRY(bytes)));
}

Status MakeFolder(io::FileSystem& files, const fs::path& folder) {
  if (PROVISO_TRY(files.Exists(folder)) && !PROVISO_TRY(files.List(folder)).empty()) {
    return Fail(ErrorCode::kAlreadyExists,
                "`" + folder.string() + "` is not empty; give a folder that is, or none yet");
  }
  return files.CreateDirectories(folder / "usage");
}

}  // namespace

Result<Json> Simulate(const SimulationOptions& options, const Environment& environment,
                      const Progress& progress) {
  io::FileSystem& files = *environment.files;
  const fs::path customers_path = options.customers.empty()
                                      ? options.world.parent_path() / "customers.yaml"
                                      : options.customers;
  const simulate::World world = PROVISO_TRY(
      simulate::ReadWorld(PROVISO_TRY(ReadText(files, options.world)), options.world.string()));
  const auto customers = PROVISO_TRY(catalogue::Customers::FromYaml(
      PROVISO_TRY(ReadText(files, customers_path)), customers_path.string()));
  PROVISO_TRY(MakeFolder(files, options.folder));
  MonthlyFiles months(world, options.folder / "usage", environment, progress);
  PROVISO_TRY(simulate::Generate(
      world, customers, options.seed,
      [&](Month month, std::string_view csv) { return months.Take(month, csv); }));
  PROVISO_TRY(months.Finish());
  const std::string text = PROVISO_TRY(simulate::GenerateCustomers(world, customers, options.seed));
  PROVISO_TRY(files.WriteFile(options.folder / "customers.yaml", AsBytes(text)));
  return Json::Of({{"folder", options.folder.string()},
                   {"files", months.files()},
                   {"rows", months.rows()},
                   {"months", world.months}});
}

}  // namespace proviso::service
