#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/bytes.h"
#include "io/files/file_system.h"
#include "io/files/mapped_file.h"
#include "service/internal/core.h"

namespace proviso::service {

// A sealed original of a report, and what opens it.
struct SealedOriginal {
  std::string report;  // "report-1"
  std::string key;     // hexadecimal
  std::string sha256;  // of what was sealed; empty when that was erased
};
// kNotFound without a key, kDataLoss when this is not what was sealed.
Result<Bytes> UnsealOriginal(const SealedOriginal& original, ByteView sealed);

// A file of the data directory that the log refers to, and how the log knows it.
struct KeptFile {
  std::string path;                        // below the data directory: "lake/01ab....parquet"
  std::uint64_t entry = 0;                 // the log entry that refers to it
  std::string sha256 = {};                 // of its bytes; empty where the log has no hash of them
  std::optional<std::int64_t> lines = {};  // of rows that were set aside: how many
  std::optional<SealedOriginal> original = {};  // of what is sealed: how it opens
};
// By path. Sealed originals without a key here are left out: nobody can tell which they are.
std::vector<KeptFile> FilesOf(const State& state);
// False when a report's key is not here though nobody erased it: then a sealed file of which the
// log seems to know nothing may be its original.
bool KnowsAllOriginals(const State& state);

// One such file as it lies in a folder.
struct FileSeen {
  std::optional<io::MappedFile> mapped;
  std::string sha256;  // of its bytes
  std::string what;    // "missing", "damaged"; empty: it is as it was
  std::string why;     // for people
  bool whole() const { return what.empty(); }
};
FileSeen LookAt(io::FileSystem& files, const std::filesystem::path& folder, const KeptFile& file);

// {"path","entry","what","why"}
Json FaultJson(const KeptFile& file, const FileSeen& seen);

// All files that the log refers to, against what it says of them: {"files","faults"}. Takes its
// locks itself.
Result<Json> CheckFiles(const Context& context);
// Those that are not there at all, as far as names tell: {"missing","referred"}. Reads no file, so
// that it may be asked under the lock.
Result<Json> MissingFiles(const Instance::Core& core);

}  // namespace proviso::service
