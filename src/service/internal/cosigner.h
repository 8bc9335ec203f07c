#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/json.h"
#include "base/mutex.h"
#include "ledger/ledger.h"
#include "service/data_directory.h"
#include "verifier/policy.h"
#include "witness/client.h"

namespace proviso::service {

// DATA/witness/state.json: what others hold of this log, as far as this directory knows. It is no
// part of a backup: it is what shows that an older copy was put back.
struct CosigningState {
  struct Known {
    std::uint64_t size = 0;  // of the tree that the witness knows, as it said
    witness::Outcome::Kind kind = witness::Outcome::Kind::kUnreachable;
    std::string message;
    std::string time;  // of the last answer
    bool operator==(const Known&) const = default;
  };
  std::string newest;  // the newest checkpoint that somebody cosigned
  std::string quorum;  // the newest that met the policy of its time
  std::string
      evidence;  // one that our log signed, that a witness showed and this log does not have
  std::map<std::string, Known> witnesses;  // by key
  bool operator==(const CosigningState&) const = default;

  // Empty when there is no file.
  static Result<CosigningState> Read(io::FileSystem& files, const std::filesystem::path& path);
  Status Write(io::FileSystem& files, const std::filesystem::path& path) const;
};

// Asks witnesses to cosign the log's checkpoints, publishes what they sign, and refuses new entries
// when one of them knows more of this log than the database has. Thread-safe; no command waits for
// a witness but the one that asks for it.
class Cosigner {
 public:
  struct Options {
    std::filesystem::path directory;  // the data directory
    std::filesystem::path policy;     // empty: there are no witnesses
    Environment environment;
    ledger::Ledger* ledger = nullptr;
  };
  // kDataLoss when somebody holds a checkpoint of this log that this log does not have.
  static Result<std::unique_ptr<Cosigner>> Open(Options options);
  // The same check of a log that was opened anew.
  Status CheckAgain() const;
  Cosigner(const Cosigner&) = delete;
  Cosigner& operator=(const Cosigner&) = delete;
  ~Cosigner() = default;

  // One round: all witnesses, or with `due_only` those that have not cosigned the newest checkpoint
  // and did not fail a short time ago. kFailedPrecondition without a policy; kDataLoss when the log
  // was found to be rolled back or forked, and refuses new entries from now on.
  Result<Json> Round(bool due_only);
  // What changed since this was last asked, a line each.
  std::vector<std::string> TakeNews();
  // Ends the round under way, and makes later ones fail.
  void Stop();

  void SetPolicy(const std::filesystem::path& path);
  // The policy; empty when none is set.
  Result<std::optional<verifier::Policy>> ReadPolicy() const;
  // Each witness, and what it last said; null without a policy.
  Json Describe() const;
  // The checkpoint that a proof of entry `index` should lead to: the newest that meets the policy,
  // where the published one does not. Empty: the published one.
  std::string NoteForProof(std::uint64_t index) const;

 private:
  struct Asked {
    verifier::Policy::Witness witness;
    witness::Outcome outcome;
  };
  struct Backoff {
    int failures = 0;
    Time next{};
  };
  explicit Cosigner(Options options) : options_(std::move(options)) {}

  Status CheckState() const;
  Status CheckNote(const std::string& note, std::string_view what) const;
  Status CheckClaims() const;
  std::vector<Asked> Choose(const verifier::Policy& policy, const ledger::Checkpoint& checkpoint,
                            bool due_only);
  void Ask(std::vector<Asked>& asked, const ledger::Checkpoint& checkpoint);
  Result<bool> Publish(const std::vector<Asked>& asked, ledger::Checkpoint& checkpoint);
  Status Remember(const verifier::Policy& policy, const std::vector<Asked>& asked,
                  const ledger::Checkpoint& checkpoint);
  void Note(const Asked& asked, CosigningState& state);
  std::optional<Error> Alarm(const std::vector<Asked>& asked) const;
  io::HttpClient& ClientOf(const std::string& key);
  Json Answer(const verifier::Policy& policy, const ledger::Checkpoint& checkpoint) const;
  std::filesystem::path StatePath() const { return options_.directory / "witness" / "state.json"; }

  const Options options_;
  Mutex round_mutex_;  // one round at a time; taken before mutex_
  mutable Mutex mutex_;
  std::filesystem::path policy_path_ GUARDED_BY(mutex_);
  CosigningState state_ GUARDED_BY(mutex_);
  std::map<std::string, Backoff> backoff_ GUARDED_BY(mutex_);
  std::map<std::string, io::HttpClient> clients_ GUARDED_BY(mutex_);
  std::vector<std::string> news_ GUARDED_BY(mutex_);
  bool stopping_ GUARDED_BY(mutex_) = false;
};

}  // namespace proviso::service
