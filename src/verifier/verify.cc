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
  LogSource& source;
  const crypto::NoteVerifier& verifier;
  const VerifyOptions& options;
  const std::optional<Checkpoint>& seen;
  VerifyReport report = {};
  Problems problems = {};

  Status Check(ByteView note) {
    const auto checkpoint = ReadCheckpoint(AsText(note), verifier);
    if (!checkpoint) {
      problems.Add(FromMessage("`checkpoint`", checkpoint.error().message()));
      report.other_log = IsOfAnotherLog(AsText(note), verifier);
      return {};
    }
    report.checkpoint = AsText(note);
    report.size = checkpoint->size;
    report.files_checked = 1;
    CheckPolicy(AsText(note));
    Checkpoints checkpoints{.now = *checkpoint, .unfinished_until = options.unfinished_until};
    if (seen && seen->size <= checkpoint->size) checkpoints.before = seen;
    if (seen && seen->size > checkpoint->size) {
      Problem rollback =
          Differs("`checkpoint`",
                  "at least the " + std::to_string(seen->size) + " entries that were seen before",
                  std::to_string(checkpoint->size), checkpoint->size);
      rollback.text += ": the log was rolled back";
      problems.Add(std::move(rollback));
    }
    History history(verifier, options.first_roster_hash, problems);
    const Walk::Progress progress = [&](std::uint64_t entries) {
      if (options.progress) options.progress(entries, report.size);
    };
    Walk walk(source, checkpoints, history, problems, progress);
    PROVISO_TRY(walk.Run());
    if (walk.root_known()) report.root_base64 = Base64Encode(walk.root().bytes);
    report.entries = walk.entries();
    report.files_checked += walk.files_read();
    report.temporary_files = walk.temporaries();
    report.acts_checked = history.acts_checked();
    report.decisions_checked = history.decisions_checked();
    report.times_backwards = walk.times().found();
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
      problems.Add(FromMessage("`checkpoint`", checked.error().message()));
      return;
    }
    if (!checked->met) {
      problems.Add({"`checkpoint`: it does not meet the policy: " + checked->missing});
    }
    report.policy = std::move(*checked);
  }

  VerifyReport Finish() && {
    report.origin = verifier.name;
    report.problem_count = problems.count();
    report.problems = problems.listed();
    if (const auto& first = problems.first()) {
      report.first = FirstProblem{first->text, first->entry, first->expected, first->found};
    }
    if (seen) report.seen_size = seen->size;
    report.ok = report.problem_count == 0;
    return std::move(report);
  }
};

// Empty when there is none. Where nothing can be listed, that rather says that no log is there.
Result<Bytes> ReadNote(LogSource& source) {
  auto note = source.Read("checkpoint", kCheckpointBytesMax);
  const bool missing = !note && note.error().code() == ErrorCode::kNotFound;
  if (missing && source.CanList()) return Bytes();
  return note;
}

Result<std::optional<Checkpoint>> SeenCheckpoint(const VerifyOptions& options,
                                                 const crypto::NoteVerifier& verifier) {
  if (!options.seen_checkpoint) return std::optional<Checkpoint>();
  auto checkpoint = ReadCheckpoint(*options.seen_checkpoint, verifier);
  if (checkpoint) return std::optional<Checkpoint>(*checkpoint);
  return Fail(ErrorCode::kInvalidArgument, "the checkpoint that was seen before is none of `" +
                                               verifier.name +
                                               "`: " + checkpoint.error().message());
}

Json FirstJson(const std::optional<FirstProblem>& first) {
  if (!first) return {};
  Json json = Json::Of({{"entry", nullptr},
                        {"expected", first->expected},
                        {"found", first->found},
                        {"problem", first->text}});
  if (first->entry) json["entry"] = *first->entry;
  return json;
}

Json TimesJson(const TimesBackwards& times) {
  Json json = Json::Of({{"count", times.count}, {"first", nullptr}});
  if (const auto& first = times.first) {
    json["first"] = Json::Of({{"after_entry", first->after_entry},
                              {"after_time", first->after_time},
                              {"entry", first->entry},
                              {"time", first->time}});
  }
  return json;
}

}  // namespace

Json VerifyReport::ToJson() const {
  Json listed = Json::MakeArray();
  for (const std::string& problem : problems) listed.Append(problem);
  Json report = Json::Of({{"acts_checked", acts_checked},
                          {"checkpoint", checkpoint},
                          {"decisions_checked", decisions_checked},
                          {"entries", entries},
                          {"files_checked", files_checked},
                          {"first", FirstJson(first)},
                          {"ok", ok},
                          {"origin", origin},
                          {"other_log", other_log},
                          {"problem_count", problem_count},
                          {"problems", std::move(listed)},
                          {"root", root_base64},
                          {"roster_hash", roster_hash},
                          {"roster_version", roster_version},
                          {"seen_size", nullptr},
                          {"size", size},
                          {"temporary_files", temporary_files},
                          {"times_backwards", TimesJson(times_backwards)}});
  if (seen_size) report["seen_size"] = *seen_size;
  if (policy) report["policy"] = policy->ToJson();
  return report;
}

void VerifyReport::Add(FirstProblem problem) {
  ok = false;
  ++problem_count;
  if (problems.size() < Problems::kListed) problems.push_back(problem.text);
  const bool is_earlier =
      !first || (problem.entry && (!first->entry || *problem.entry < *first->entry));
  if (is_earlier) first = std::move(problem);
}

Result<VerifyReport> VerifyLog(LogSource& source, const VerifyOptions& options) {
  const auto verifier = PROVISO_TRY(crypto::NoteVerifier::FromText(options.vkey));
  const auto seen = PROVISO_TRY(SeenCheckpoint(options, verifier));
  if (options.first_roster_hash) {
    PROVISO_TRY_DOING(crypto::Hash::FromHex(*options.first_roster_hash), "first roster");
  }
  if (options.policy) PROVISO_TRY(CheckAccepted(*options.policy, verifier));
  if (source.CanList()) PROVISO_TRY_DOING(source.List(""), "open the log");
  Bytes note = PROVISO_TRY(ReadNote(source));
  for (int run_number = 1;; ++run_number) {
    Run run{.source = source, .verifier = verifier, .options = options, .seen = seen};
    if (note.empty()) {
      run.problems.Add({"`checkpoint`: missing or empty"});
    } else {
      PROVISO_TRY(run.Check(note));
    }
    if (run.problems.count() == 0 || run_number == kRunsMax) return std::move(run).Finish();
    // A writer at work looks like damage: files of a checkpoint that is published next.
    Bytes newer = PROVISO_TRY(ReadNote(source));
    if (newer == note) return std::move(run).Finish();
    note = std::move(newer);
  }
}

Result<VerifyReport> VerifyLog(io::FileSystem& files, const std::filesystem::path& log_dir,
                               const VerifyOptions& options) {
  FolderSource source(files, log_dir);
  return VerifyLog(source, options);
}

}  // namespace proviso::verifier
