// The files of a data directory that the log refers to: deliveries, registers, originals.
#include "service/internal/kept_files.h"

#include <algorithm>
#include <set>

#include "crypto/hash.h"
#include "crypto/sealed_box.h"
#include "service/internal/damaged_parts.h"
#include "service/internal/erasures.h"
#include "service/internal/stories.h"

namespace proviso::service {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kOriginalPart = "original";

std::int64_t SetAside(const Json& report) {
  const Json* rows = report.Find("rows");
  return rows == nullptr ? 0 : rows->IntegerOr("quarantined", 0);
}

// What is wrong with the bytes; empty when nothing is.
std::string FaultIn(const KeptFile& file, const std::string& sha256, ByteView bytes) {
  if (!file.sha256.empty() && sha256 != file.sha256) {
    return "expected the SHA-256 " + file.sha256 + ", found " + sha256;
  }
  if (file.lines) {
    const auto lines = std::count(bytes.begin(), bytes.end(), std::uint8_t{'\n'});
    if (lines != *file.lines) {
      return "expected " + std::to_string(*file.lines) + " rows set aside, found " +
             std::to_string(lines);
    }
  }
  if (file.original) {
    const auto opened = UnsealOriginal(*file.original, bytes);
    if (!opened) return opened.error().message();
  }
  return "";
}

}  // namespace

Result<Bytes> UnsealOriginal(const SealedOriginal& original, ByteView sealed) {
  const Bytes key_bytes = PROVISO_TRY(HexDecode(original.key));
  crypto::SymmetricKey key{};
  if (key_bytes.size() != key.size()) {
    return Fail(ErrorCode::kNotFound, "the original of " + original.report + " was erased");
  }
  std::copy(key_bytes.begin(), key_bytes.end(), key.begin());
  Result<Bytes> opened = crypto::Unseal(key, sealed, AsBytes(SealContext(original.report)));
  if (!opened) return Fail(ErrorCode::kDataLoss, "is not what was sealed");
  if (!original.sha256.empty() && crypto::Sha256(*opened).Hex() != original.sha256) {
    return Fail(ErrorCode::kDataLoss, "has another hash");
  }
  return opened;
}

std::vector<KeptFile> FilesOf(const State& state) {
  std::vector<KeptFile> files;
  for (const DeliveryRecord& record : state.deliveries) {
    files.push_back({.path = "lake/" + record.sha256 + ".parquet",
                     .entry = record.index,
                     .sha256 = record.lake_sha256});
    if (const std::int64_t rows = SetAside(record.report); rows > 0) {
      files.push_back(
          {.path = "quarantine/" + record.sha256 + ".jsonl", .entry = record.index, .lines = rows});
    }
  }
  for (const RegisterRecord& record : state.registers) {
    files.push_back({.path = "records/" + record.sha256 + ".csv",
                     .entry = record.index,
                     .sha256 = record.kept_sha256});
    if (const std::int64_t rows = SetAside(record.report); rows > 0) {
      files.push_back({.path = "records/" + record.sha256 + ".quarantine.jsonl",
                       .entry = record.index,
                       .lines = rows});
    }
  }
  for (const review::ReceivedReport& report : state.review.reports()) {
    const auto key = HexDecode(report.original_key);
    if (!key || key->empty()) continue;
    files.push_back(
        {.path = "reports/" + SealedReportName(*key),
         .entry = report.index,
         .original = SealedOriginal{
             .report = report.id, .key = report.original_key, .sha256 = report.sha256}});
  }
  // The same bytes may be delivered twice, as an older version let them; the first says enough.
  std::ranges::stable_sort(files, {}, &KeptFile::path);
  const auto same = std::ranges::unique(files, {}, &KeptFile::path);
  files.erase(same.begin(), same.end());
  return files;
}

bool KnowsAllOriginals(const State& state) {
  const auto& reports = state.review.reports();
  return std::ranges::all_of(reports, [&](const review::ReceivedReport& report) {
    return !report.original_key.empty() || ErasureOf(state, report.index, kOriginalPart) != nullptr;
  });
}

FileSeen LookAt(io::FileSystem& files, const fs::path& folder, const KeptFile& file) {
  FileSeen seen;
  const auto exists = files.Exists(folder / file.path);
  if (exists && !*exists) {
    seen.what = "missing";
    seen.why = "is not there";
    return seen;
  }
  auto mapped = io::MappedFile::Open(folder / file.path);
  if (!mapped) {
    seen.what = "damaged";
    seen.why = mapped.error().message();
    return seen;
  }
  seen.sha256 = crypto::Sha256(mapped->bytes()).Hex();
  seen.why = FaultIn(file, seen.sha256, mapped->bytes());
  if (!seen.why.empty()) seen.what = "damaged";
  seen.mapped = std::move(*mapped);
  return seen;
}

Json FaultJson(const KeptFile& file, const FileSeen& seen) {
  return Json::Of(
      {{"entry", file.entry}, {"path", file.path}, {"what", seen.what}, {"why", seen.why}});
}

Result<Json> CheckFiles(const Context& context) {
  Instance::Core& core = context.core;
  const auto referred = [&] {
    const MutexLock lock(core.mutex);
    return FilesOf(core.state);
  };
  const std::vector<KeptFile> files = referred();
  std::vector<std::pair<std::string, Json>> found;
  for (std::size_t i = 0; i < files.size(); ++i) {
    const FileSeen seen = LookAt(*core.environment.files, core.directory, files[i]);
    if (!seen.whole()) found.emplace_back(files[i].path, FaultJson(files[i], seen));
    context.Report(Json::Of({{"phase", "files"}, {"share", (i + 1) * 1000 / files.size()}}));
  }
  // What was erased meanwhile is not missing.
  std::set<std::string> still;
  for (const KeptFile& file : referred()) still.insert(file.path);
  Json faults = Json::MakeArray();
  for (auto& [path, fault] : found) {
    if (still.contains(path)) faults.Append(std::move(fault));
  }
  const Json parts = PROVISO_TRY(DamagedPartFaults(core));
  for (const Json& fault : *parts.AsArray()) faults.Append(fault);
  return Json::Of({{"faults", std::move(faults)}, {"files", files.size()}});
}

Result<Json> MissingFiles(const Instance::Core& core) {
  const std::vector<KeptFile> files = FilesOf(core.state);
  Json missing = Json::MakeArray();
  for (const KeptFile& file : files) {
    if (PROVISO_TRY(core.environment.files->Exists(core.directory / file.path))) continue;
    FileSeen seen;
    seen.what = "missing";
    seen.why = "is not there";
    missing.Append(FaultJson(file, seen));
  }
  return Json::Of({{"missing", std::move(missing)}, {"referred", files.size()}});
}

}  // namespace proviso::service
