#include "records/register_store.h"

#include <charconv>

#include "base/bytes.h"
#include "records/csv_reader.h"
#include "records/register_columns.h"

namespace proviso::records {

using delivery::FaultReason;
using delivery::FormatQuarantine;

namespace {

constexpr std::string_view kKeptSuffix = ".csv";
constexpr std::string_view kQuarantineSuffix = ".quarantine.jsonl";
constexpr int kPrivate = 0600;
// What is kept of a row is at most some 64 bytes longer than what was delivered: its line, and
// decimals written out.
constexpr std::uint64_t kKeptBytesMax = kRegisterBytesMax + kRegisterRowsMax * 128;

// The hash in the name of a file in the folder; empty for other names.
std::string HashOf(std::string_view name) {
  for (const std::string_view suffix : {kQuarantineSuffix, kKeptSuffix}) {
    if (!name.ends_with(suffix)) continue;
    const std::string_view hash = name.substr(0, name.size() - suffix.size());
    if (crypto::Hash::FromHex(hash)) return std::string(hash);
  }
  return "";
}

Status CheckHash(const std::string& hash) {
  if (crypto::Hash::FromHex(hash)) return {};
  return Fail(ErrorCode::kInvalidArgument,
              "a register is named by its SHA-256, 64 lower-case hexadecimal digits, found " +
                  std::to_string(hash.size()) + " bytes that are none");
}

tl::unexpected<Error> Damaged(const std::filesystem::path& path, std::string_view how) {
  return Fail(ErrorCode::kDataLoss, "the register `" + path.string() + "` " + std::string(how) +
                                        "; restore it from a backup");
}

}  // namespace

Result<RegisterStore> RegisterStore::Open(const std::filesystem::path& data,
                                          io::FileSystem& files) {
  RegisterStore store(std::filesystem::absolute(data).lexically_normal() / "records", files);
  PROVISO_TRY(files.CreateDirectories(store.folder_));
  const std::vector<std::string> names = PROVISO_TRY(files.List(store.folder_));
  const std::set<std::string> present(names.begin(), names.end());
  for (const std::string& name : names) {
    // The quarantine is written first: one without its register is what an import has left.
    const bool orphan = name.ends_with(kQuarantineSuffix) && !HashOf(name).empty() &&
                        !present.contains(HashOf(name) + std::string(kKeptSuffix));
    if (orphan || io::IsTemporaryName(name)) PROVISO_TRY(files.Remove(store.folder_ / name));
  }
  return store;
}

Result<crypto::Hash> RegisterStore::Fingerprint(const std::filesystem::path& file) const {
  return crypto::Sha256(PROVISO_TRY(files_->ReadFile(file, kRegisterBytesMax)));
}

Result<StagedRegister> RegisterStore::Stage(const std::filesystem::path& file, SourceClass cls,
                                            KnownNames known, const Progress& progress) const {
  const std::string doing = "import `" + file.string() + "`";
  const Bytes bytes = PROVISO_TRY_DOING(files_->ReadFile(file, kRegisterBytesMax), doing);
  NormalRegister made =
      PROVISO_TRY_DOING(NormaliseRegister(AsText(bytes), cls, known, progress), doing);
  if (progress) progress(1.0, "store");
  StagedRegister staged;
  staged.sha256 = crypto::Sha256(bytes).Hex();
  staged.kept_sha256 = crypto::Sha256(made.kept).Hex();
  staged.cls = cls;
  PROVISO_TRY_DOING(Store(staged.sha256, made), doing);
  staged.rows = made.rows;
  staged.dropped_columns = std::move(made.dropped_columns);
  staged.months = std::move(made.months);
  staged.oddities = std::move(made.oddities);
  if (!made.quarantined.empty()) staged.quarantine = QuarantinePath(staged.sha256);
  return staged;
}

Status RegisterStore::Store(const std::string& sha256, const NormalRegister& made) const {
  const std::filesystem::path path = KeptPath(sha256);
  if (PROVISO_TRY(files_->Exists(path))) {
    const Bytes before = PROVISO_TRY(files_->ReadFile(path, kKeptBytesMax));
    if (AsText(before) != made.kept) {
      return Fail(ErrorCode::kAlreadyExists,
                  "this file was imported before as `" + path.string() +
                      "`, and gave other rows: with another catalogue, or as another class; what "
                      "findings may rest on stays as it is; deliver a corrected file");
    }
    // The import before may have died between writing and syncing.
    PROVISO_TRY(files_->SyncFile(path));
    PROVISO_TRY(files_->SyncDirectory(folder_));
    return PROVISO_TRY(files_->Exists(QuarantinePath(sha256))) ? Status()
                                                               : WriteQuarantine(sha256, made);
  }
  Status written = Write(sha256, made);
  if (!written) {
    // Where even this fails, the next Open or RemoveUnrecorded does it.
    static_cast<void>(files_->Remove(path));
    static_cast<void>(files_->Remove(QuarantinePath(sha256)));
  }
  return written;
}

Status RegisterStore::Write(const std::string& sha256, const NormalRegister& made) const {
  PROVISO_TRY(WriteQuarantine(sha256, made));
  // Last, so that a register is there only when all that belongs to it is.
  return io::WriteFileDurably(*files_, KeptPath(sha256), AsBytes(made.kept), kPrivate);
}

Status RegisterStore::WriteQuarantine(const std::string& sha256, const NormalRegister& made) const {
  const std::filesystem::path path = QuarantinePath(sha256);
  if (made.quarantined.empty()) return files_->Remove(path);
  const std::string text = FormatQuarantine(made.quarantined, "line");
  return io::WriteFileDurably(*files_, path, AsBytes(text), kPrivate);
}

Status RegisterStore::RemoveUnrecorded(const std::set<std::string>& recorded) const {
  for (const std::string& name : PROVISO_TRY(files_->List(folder_))) {
    const std::string hash = HashOf(name);
    if (hash.empty() || recorded.contains(hash)) continue;
    PROVISO_TRY(files_->Remove(folder_ / name));
  }
  return files_->SyncDirectory(folder_);
}

Status RegisterStore::Verify(const std::string& sha256, const std::string& kept_sha256) const {
  PROVISO_TRY(ReadKept({.sha256 = sha256, .kept_sha256 = kept_sha256, .months = {}}));
  return {};
}

std::filesystem::path RegisterStore::KeptPath(const std::string& sha256) const {
  return folder_ / (sha256 + std::string(kKeptSuffix));
}

std::filesystem::path RegisterStore::QuarantinePath(const std::string& sha256) const {
  return folder_ / (sha256 + std::string(kQuarantineSuffix));
}

Result<RegisterStore::Kept> RegisterStore::ReadKept(const RegisterFile& file) const {
  PROVISO_TRY(CheckHash(file.sha256));
  PROVISO_TRY(CheckHash(file.kept_sha256));
  Kept kept;
  kept.path = KeptPath(file.sha256);
  kept.bytes = PROVISO_TRY(files_->ReadFile(kept.path, kKeptBytesMax));
  const std::string found = crypto::Sha256(kept.bytes).Hex();
  if (found != file.kept_sha256) {
    return Damaged(kept.path, "has the hash " + found + ", expected " + file.kept_sha256);
  }
  for (const SourceClass cls : {SourceClass::kBilling, SourceClass::kContract}) {
    kept.cls = cls;
    if (AsText(kept.bytes).starts_with(KeptHeader(cls))) return kept;
  }
  return Damaged(kept.path, "has columns that this version does not write");
}

Status RegisterStore::ForEachRow(const Kept& kept, const OnRow& on_row) {
  std::string_view text = AsText(kept.bytes);
  text.remove_prefix(KeptHeader(kept.cls).size());
  CsvReader reader(text);
  CsvRecord record;
  while (PROVISO_TRY(reader.Next(record))) {
    std::uint64_t line = 0;
    const bool whole = record.fault == FaultReason::kNone &&
                       record.fields.size() == RegisterColumns(kept.cls).size() + 1;
    if (whole) {
      const std::string& first = record.fields.front();
      std::from_chars(first.data(), first.data() + first.size(), line);
    }
    if (line == 0) return Damaged(kept.path, "has a line that is no row");
    record.fields.erase(record.fields.begin());
    PROVISO_TRY(on_row(line, record.fields));
  }
  return {};
}

Status RegisterStore::ForEachRowOf(SourceClass cls, const RegisterFile& file,
                                   const OnRow& on_row) const {
  const Kept kept = PROVISO_TRY(ReadKept(file));
  if (kept.cls == cls) return ForEachRow(kept, on_row);
  return Fail(ErrorCode::kInvalidArgument, "the register `" + file.sha256 + "` is of the class `" +
                                               std::string(SourceClassName(kept.cls)) +
                                               "`, expected `" + std::string(SourceClassName(cls)) +
                                               "`");
}

}  // namespace proviso::records
