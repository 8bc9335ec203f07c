#include "verifier/verify.h"

#include <utility>

#include "crypto/note.h"
#include "verifier/internal/checkpoint.h"
#include "verifier/internal/history.h"
#include "verifier/internal/problems.h"
#include "verifier/internal/walk.h"

namespace proviso::verifier {
namespace {

constexpr int kRunsMax = 3;
constexpr std::uint64_t kCheckpointBytesMax = 1U << 20U;

struct Run {
  io::FileSystem& files;
  const std::filesystem::path& log;
  const crypto::NoteVerifier& verifier;
  const VerifyOptions& options;
  VerifyReport report;
  Problems problems;

  Status Check(ByteView checkpoint_note) {
    const auto checkpoint = ReadCheckpoint(AsText(checkpoint_note), verifier);
    if (!checkpoint) {
      problems.Add("`checkpoint`: " + checkpoint.error().message());
      return {};
    }
    report.size = checkpoint->size;
    report.files_checked = 1;
    CheckPolicy(AsText(checkpoint_note));
    History history(verifier, options.first_roster_hash, problems);
    Walk walk(files, log, *checkpoint, history, problems);
    PROVISO_TRY(walk.Run());
    if (walk.root_known()) report.root_base64 = Base64Encode(walk.root().bytes);
    report.entries = walk.entries();
    report.files_checked += walk.files_read();
    report.temporary_files = walk.temporaries();
    report.acts_checked = history.acts_checked();
    report.decisions_checked = history.decisions_checked();
    if (const RosterVersion* roster = history.roster()) {
      report.roster_version = roster->version;
      report.roster_hash = roster->hash;
    }
    return {};
  }

  void CheckPolicy(std::string_view checkpoint_note) {
    if (!options.policy) return;
    auto checked = options.policy->Check(checkpoint_note);
    if (!checked) {
      problems.Add("`checkpoint`: " + checked.error().message());
      return;
    }
    if (!checked->met) {
      problems.Add("`checkpoint`: it does not meet the policy: " + checked->missing);
    }
    report.policy = std::move(*checked);
  }

  VerifyReport Finish() && {
    report.origin = verifier.name;
    report.problem_count = problems.count();
    report.problems = problems.listed();
    report.ok = report.problem_count == 0;
    return std::move(report);
  }
};

// Empty when there is none.
Result<Bytes> ReadNote(io::FileSystem& files, const std::filesystem::path& log) {
  auto note = files.ReadFile(log / "checkpoint", kCheckpointBytesMax);
  if (!note && note.error().code() == ErrorCode::kNotFound) return Bytes();
  return note;
}

}  // namespace

Json VerifyReport::ToJson() const {
  Json listed = Json::MakeArray();
  for (const std::string& problem : problems) listed.Append(problem);
  Json json = Json::Of({{"acts_checked", acts_checked},
                        {"decisions_checked", decisions_checked},
                        {"entries", entries},
                        {"files_checked", files_checked},
                        {"ok", ok},
                        {"origin", origin},
                        {"problem_count", problem_count},
                        {"problems", std::move(listed)},
                        {"root", root_base64},
                        {"roster_hash", roster_hash},
                        {"roster_version", roster_version},
                        {"size", size},
                        {"temporary_files", temporary_files}});
  if (policy) json["policy"] = policy->ToJson();
  return json;
}

Result<VerifyReport> VerifyLog(io::FileSystem& files, const std::filesystem::path& log_dir,
                               const VerifyOptions& options) {
  const auto verifier = PROVISO_TRY(crypto::NoteVerifier::FromText(options.vkey));
  if (options.first_roster_hash) {
    PROVISO_TRY_DOING(crypto::Hash::FromHex(*options.first_roster_hash), "first roster");
  }
  if (options.policy) PROVISO_TRY(CheckAccepted(*options.policy, verifier));
  PROVISO_TRY_DOING(files.List(log_dir), "open the log");
  Bytes note = PROVISO_TRY(ReadNote(files, log_dir));
  for (int run_number = 1;; ++run_number) {
    Run run{files, log_dir, verifier, options, {}, {}};
    if (note.empty()) {
      run.problems.Add("`checkpoint`: missing or empty");
    } else {
      PROVISO_TRY(run.Check(note));
    }
    if (run.problems.count() == 0 || run_number == kRunsMax) return std::move(run).Finish();
    // A writer at work looks like damage: files of a checkpoint that is published next.
    Bytes newer = PROVISO_TRY(ReadNote(files, log_dir));
    if (newer == note) return std::move(run).Finish();
    note = std::move(newer);
  }
}

}  // namespace proviso::verifier
