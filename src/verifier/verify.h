#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "io/files/file_system.h"
#include "verifier/log_source.h"
#include "verifier/policy.h"

namespace proviso::verifier {

struct VerifyOptions {
  std::string vkey;  // the log's public key, as C2SP signed-note writes it
  // The hash of the first roster, 64 hexadecimal digits: pins who may decide from the beginning.
  std::optional<std::string> first_roster_hash = {};
  // Who must have cosigned the checkpoint; it must accept the log of `vkey`.
  std::optional<Policy> policy = {};
  // A checkpoint of this log that was seen earlier, as it was read then: the log must be one that
  // grew from it. Who keeps the newest one sees a log that was rolled back, rewritten or forked,
  // whatever its key signs.
  std::optional<std::string> seen_checkpoint = {};
  // What a writer that died had not published yet: files of entries up to this size may lie beyond
  // the checkpoint, and are counted like temporary ones.
  std::uint64_t unfinished_until = 0;
  // Called from time to time: how many entries of how many were read.
  std::function<void(std::uint64_t entries, std::uint64_t size)> progress = {};
};

// What is wrong with the earliest entry that is touched by any of the problems; where they are
// about the log as a whole, the first of them.
struct FirstProblem {
  std::string text;
  std::optional<std::uint64_t> entry = {};
  std::string expected = {};  // both empty when it is not of that kind
  std::string found = {};
};

// Where the times of entries go backwards by more than ten minutes: a clock was wrong, or was set
// right. No damage: entries are in the order of their indexes, whatever their times say.
struct TimesBackwards {
  struct Step {
    std::uint64_t entry = 0;
    std::string time;
    std::uint64_t after_entry = 0;  // the one before it whose time is later
    std::string after_time;
  };
  std::uint64_t count = 0;
  std::optional<Step> first = {};
};

struct VerifyReport {
  bool ok = false;
  bool other_log = false;  // its checkpoint is signed, and not by the key that was given
  std::string origin;
  std::uint64_t size = 0;             // of the checkpoint
  std::string root_base64;            // as recomputed; empty when the log could not be read so far
  std::vector<std::string> problems;  // the first 100, each with its place
  std::uint64_t problem_count = 0;
  std::optional<FirstProblem> first;       // absent when there is none
  std::string checkpoint;                  // the note, as it was read; empty when there is none
  std::optional<std::uint64_t> seen_size;  // of the earlier checkpoint, when one was given
  std::uint64_t entries = 0;               // whose content was checked
  std::uint64_t files_checked = 0;
  std::uint64_t temporary_files = 0;  // left in the making by a writer that died; harmless
  std::uint64_t acts_checked = 0;
  std::uint64_t decisions_checked = 0;  // adoptions
  TimesBackwards times_backwards;       // a warning
  std::int64_t roster_version = 0;      // 0: none in force
  std::string roster_hash;
  std::optional<PolicyReport> policy;  // when one was given, and the checkpoint could be read

  Json ToJson() const;
  // What somebody else found wrong with the same log.
  void Add(FirstProblem problem);
};

// Checks a log's folder from its files alone: the signed checkpoint, every entry, every tile, the
// root, that nothing is missing and nothing is there that does not belong; then what the entries
// say: acts, rosters, decisions (docs/formats/verification.md). Shares no code with the writer.
// Memory does not grow with the log, but for what its decisions and rosters need.
//
// A log that is found wanting is no error: `ok` is false and `problems` say what and where. Errors
// are for files that cannot be read, for a folder that does not exist, and for a malformed key.
// A log that grows meanwhile is checked as of the checkpoint that was read first; when that cannot
// be told from damage, it is checked again, three times at most. kInvalidArgument for a seen
// checkpoint that is none of this log.
Result<VerifyReport> VerifyLog(io::FileSystem& files, const std::filesystem::path& log_dir,
                               const VerifyOptions& options);
// The same for files that lie elsewhere. Where they cannot be listed, files that do not belong to
// the log stay unseen, and so do partial tiles that were left over.
Result<VerifyReport> VerifyLog(LogSource& source, const VerifyOptions& options);

}  // namespace proviso::verifier
