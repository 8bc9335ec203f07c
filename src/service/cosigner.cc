#include "service/internal/cosigner.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "ledger/prove.h"

namespace proviso::service {
namespace {

using Kind = witness::Outcome::Kind;

// A witness that answers at all answers at once.
constexpr std::chrono::seconds kConnectTimeout{3};
constexpr std::chrono::seconds kTimeout{8};
// After a failure it is asked again after one second, two, four ...
constexpr std::chrono::seconds kBackoffFirst{1};
constexpr std::chrono::seconds kBackoffMost{300};
constexpr std::string_view kRolledBack =
    "; entries that others have seen are missing here: was an older copy of the data directory put "
    "back? Nothing is appended, since that would fork the log. Put the newest copy back; if the "
    "witness is wrong, take its line out of the policy file";

std::string Entries(std::uint64_t size) {
  return std::to_string(size) + (size == 1 ? " entry" : " entries");
}

bool HasLineOf(const crypto::Cosigner& cosigner, const std::string& note) {
  const auto found = crypto::FindCosignatures(note, {cosigner});
  return found && !found->empty();
}

// The note with the lines of `added`, each in the place of an older one of the same key.
Result<std::string> WithLines(const std::string& note,
                              const std::vector<crypto::NoteSignature>& added) {
  const crypto::SplitNote split = PROVISO_TRY(crypto::TakeNoteApart(note));
  std::string text = std::string(split.text) + "\n";
  for (const crypto::NoteSignature& line : split.signatures) {
    const bool replaced = std::ranges::any_of(added, [&](const crypto::NoteSignature& newer) {
      return newer.name == line.name && newer.key_id == line.key_id;
    });
    if (!replaced) text += line.ToLine();
  }
  for (const crypto::NoteSignature& line : added) text += line.ToLine();
  return text;
}

// The note with the log's own line alone: what witnesses need, and some take no more than 10 KiB.
Result<std::string> OwnPart(const std::string& note, const crypto::NoteVerifier& log) {
  const crypto::SplitNote split = PROVISO_TRY(crypto::TakeNoteApart(note));
  std::string text = std::string(split.text) + "\n";
  for (const crypto::NoteSignature& line : split.signatures) {
    if (line.name == log.name && line.key_id == log.KeyId()) text += line.ToLine();
  }
  return text;
}

}  // namespace

Result<std::unique_ptr<Cosigner>> Cosigner::Open(Options options) {
  std::unique_ptr<Cosigner> cosigner(new Cosigner(std::move(options)));
  const MutexLock lock(cosigner->mutex_);
  cosigner->policy_path_ = cosigner->options_.policy;
  cosigner->state_ = PROVISO_TRY(
      CosigningState::Read(*cosigner->options_.environment.files, cosigner->StatePath()));
  PROVISO_TRY(cosigner->CheckState());
  return cosigner;
}

Status Cosigner::CheckAgain() const {
  const MutexLock lock(mutex_);
  return CheckState();
}

// INVARIANT: this log has every checkpoint that somebody else holds.
Status Cosigner::CheckState() const REQUIRES(mutex_) {
  PROVISO_TRY(CheckNote(state_.newest, "a witness cosigned this log's checkpoint"));
  PROVISO_TRY(CheckNote(state_.evidence, "a witness shows this log's checkpoint"));
  PROVISO_TRY(CheckClaims());
  // A crash may have lost the lines that were published a moment before.
  if (state_.newest.empty()) return {};
  auto newest = PROVISO_TRY(ledger::OpenCheckpoint(state_.newest, options_.ledger->verifier()));
  if (newest.size != options_.ledger->latest().size) return {};
  if (options_.ledger->latest().note.size() >= newest.note.size()) return {};
  PROVISO_TRY(options_.ledger->AddSignatures(newest));
  return {};
}

Status Cosigner::CheckNote(const std::string& note, std::string_view what) const {
  if (note.empty()) return {};
  const auto held = PROVISO_TRY_DOING(ledger::OpenCheckpoint(note, options_.ledger->verifier()),
                                      StatePath().string());
  if (PROVISO_TRY(options_.ledger->Knows(held))) return {};
  return Fail(ErrorCode::kDataLoss, std::string(what) + " of " + Entries(held.size) +
                                        ", and this database, which has " +
                                        Entries(options_.ledger->latest().size) +
                                        ", does not have it" + std::string(kRolledBack));
}

// What witnesses said without showing it binds as long as the policy names them.
Status Cosigner::CheckClaims() const REQUIRES(mutex_) {
  const std::uint64_t size = options_.ledger->latest().size;
  for (const auto& [key, known] : state_.witnesses) {
    if (known.kind != Kind::kAhead || known.size <= size) continue;
    const auto text = options_.environment.files->ReadFile(policy_path_, verifier::kPolicyBytesMax);
    const auto policy = text ? verifier::Policy::Read(AsText(*text))
                             : Result<verifier::Policy>(tl::unexpected<Error>(text.error()));
    const bool named =
        !policy || std::ranges::any_of(policy->witnesses(), [&](const auto& witness) {
          return witness.key && witness.key->ToText() == key;
        });
    if (!named) continue;
    return Fail(ErrorCode::kDataLoss, "the witness `" + key + "` knows " + Entries(known.size) +
                                          " of this log, and this database has " + Entries(size) +
                                          std::string(kRolledBack));
  }
  return {};
}

void Cosigner::SetPolicy(const std::filesystem::path& path) {
  const MutexLock lock(mutex_);
  policy_path_ = path;
  backoff_.clear();
}

Result<std::optional<verifier::Policy>> Cosigner::ReadPolicy() const {
  std::filesystem::path path;
  {
    const MutexLock lock(mutex_);
    path = policy_path_;
  }
  if (path.empty()) return std::optional<verifier::Policy>();
  const Bytes text = PROVISO_TRY_DOING(
      options_.environment.files->ReadFile(path, verifier::kPolicyBytesMax), "policy");
  auto policy = PROVISO_TRY_DOING(verifier::Policy::Read(AsText(text)), path.string());
  PROVISO_TRY_DOING(verifier::CheckAccepted(policy, options_.ledger->verifier()), path.string());
  return std::optional(std::move(policy));
}

std::vector<Cosigner::Asked> Cosigner::Choose(const verifier::Policy& policy,
                                              const ledger::Checkpoint& checkpoint, bool due_only) {
  const Time now = options_.environment.clock->Now();
  const MutexLock lock(mutex_);
  std::vector<Asked> chosen;
  for (const verifier::Policy::Witness& witness : policy.witnesses()) {
    if (!witness.key || witness.url.empty()) continue;
    const bool waits = now < backoff_[witness.key->ToText()].next;
    if (due_only && (waits || HasLineOf(*witness.key, checkpoint.note))) continue;
    chosen.push_back({.witness = witness, .outcome = {}});
  }
  return chosen;
}

io::HttpClient& Cosigner::ClientOf(const std::string& key) {
  const MutexLock lock(mutex_);
  const auto [client, is_new] =
      clients_.try_emplace(key, io::HttpClientOptions{.timeout = kTimeout,
                                                      .connect_timeout = kConnectTimeout,
                                                      .bytes_max = witness::kAnswerBytesMax});
  if (stopping_) client->second.Stop();
  return client->second;
}

// All at once: one that does not answer must not hold the others up.
void Cosigner::Ask(std::vector<Asked>& asked, const ledger::Checkpoint& checkpoint) {
  const auto own = OwnPart(checkpoint.note, options_.ledger->verifier());
  const witness::Submission submission{.log = options_.ledger->verifier(),
                                       .note = own ? *own : checkpoint.note,
                                       .tree = {.size = checkpoint.size, .root = checkpoint.root},
                                       .prove = [&](std::uint64_t old_size) {
                                         return ledger::ProveGrowth(*options_.environment.files,
                                                                    options_.directory / "log",
                                                                    checkpoint, old_size);
                                       }};
  std::vector<std::jthread> threads;
  for (Asked& each : asked) {
    const std::string key = each.witness.key->ToText();
    std::uint64_t known_size = 0;
    {
      const MutexLock lock(mutex_);
      known_size = state_.witnesses[key].size;
    }
    io::HttpClient& client = ClientOf(key);
    threads.emplace_back([&each, &client, &submission, known_size] {
      each.outcome = witness::AskForCosignature(client, each.witness.url, *each.witness.key,
                                                submission, known_size);
    });
  }
}

// Puts the new lines below the checkpoint, and publishes it if it is still the newest.
Result<bool> Cosigner::Publish(const std::vector<Asked>& asked, ledger::Checkpoint& checkpoint) {
  std::vector<crypto::NoteSignature> lines;
  for (const Asked& each : asked) {
    if (each.outcome.kind == Kind::kCosigned) lines.push_back(each.outcome.line);
  }
  if (lines.empty()) return false;
  checkpoint.note = PROVISO_TRY(WithLines(checkpoint.note, lines));
  return options_.ledger->AddSignatures(checkpoint);
}

void Cosigner::Note(const Asked& asked, CosigningState& state) REQUIRES(mutex_) {
  const std::string key = asked.witness.key->ToText();
  const Time now = options_.environment.clock->Now();
  CosigningState::Known& known = state.witnesses[key];
  Backoff& backoff = backoff_[key];
  if (known.kind != asked.outcome.kind || known.time.empty()) {
    const bool good = asked.outcome.kind == Kind::kCosigned;
    const bool alarm = asked.outcome.kind == Kind::kAhead || asked.outcome.kind == Kind::kSplit;
    news_.push_back(std::string(alarm ? "ALARM: " : "") + "witness `" + asked.witness.name +
                    "`: " + std::string(witness::KindName(asked.outcome.kind)) +
                    (good ? "" : ": " + asked.outcome.message));
  }
  known.kind = asked.outcome.kind;
  known.message = asked.outcome.message;
  known.time = FormatTime(now);
  if (asked.outcome.kind == Kind::kUnreachable || asked.outcome.kind == Kind::kNotServed) {
    const int doublings = std::min(backoff.failures++, 10);
    const std::chrono::seconds wait = kBackoffFirst * (1 << static_cast<unsigned>(doublings));
    backoff.next = now + std::min(wait, kBackoffMost);
    return;
  }
  known.size = asked.outcome.known_size;
  backoff = {.failures = 0, .next = now + kBackoffFirst};
  if (asked.outcome.kind != Kind::kCosigned) backoff.next = now + kBackoffMost;
}

Status Cosigner::Remember(const verifier::Policy& policy, const std::vector<Asked>& asked,
                          const ledger::Checkpoint& checkpoint) {
  const MutexLock lock(mutex_);
  CosigningState next = state_;
  for (const Asked& each : asked) {
    Note(each, next);
    if (each.outcome.kind == Kind::kCosigned) next.newest = checkpoint.note;
    if (!each.outcome.evidence.empty()) next.evidence = each.outcome.evidence;
  }
  const auto report = policy.Check(checkpoint.note);
  if (report && report->met) next.quorum = checkpoint.note;
  if (next == state_) return {};
  state_ = next;
  return state_.Write(*options_.environment.files, StatePath());
}

// Why the log must not grow: what a witness knows and this log does not have.
std::optional<Error> Cosigner::Alarm(const std::vector<Asked>& asked) const {
  for (const Asked& each : asked) {
    const witness::Outcome& outcome = each.outcome;
    const bool alarming = outcome.kind == Kind::kAhead || outcome.kind == Kind::kSplit;
    if (!alarming) continue;
    const std::string place = "witness `" + each.witness.name + "`: ";
    if (!outcome.evidence.empty()) {
      const Status known = CheckNote(outcome.evidence, place + "it shows this log's checkpoint");
      if (!known) return known.error();
    }
    const std::uint64_t size = options_.ledger->latest().size;
    if (outcome.kind == Kind::kAhead && outcome.known_size > size) {
      return Error(ErrorCode::kDataLoss, place + "it knows " + Entries(outcome.known_size) +
                                             " of this log, and this database has " +
                                             Entries(size) + std::string(kRolledBack));
    }
  }
  return std::nullopt;
}

Result<Json> Cosigner::Round(bool due_only) {
  const MutexLock round(round_mutex_);
  const auto policy = PROVISO_TRY(ReadPolicy());
  if (!policy) {
    return Fail(ErrorCode::kFailedPrecondition,
                "this log has no witnesses; name them with `proviso log cosign --set-policy FILE`");
  }
  ledger::Checkpoint checkpoint = options_.ledger->latest();
  std::vector<Asked> asked = Choose(*policy, checkpoint, due_only);
  if (!asked.empty()) {
    Ask(asked, checkpoint);
    const auto published = Publish(asked, checkpoint);
    PROVISO_TRY(Remember(*policy, asked, checkpoint));
    if (const auto alarm = Alarm(asked)) {
      options_.ledger->Refuse(*alarm);
      return tl::unexpected<Error>(*alarm);
    }
    PROVISO_TRY(published);
  }
  return Answer(*policy, checkpoint);
}

Json Cosigner::Answer(const verifier::Policy& policy, const ledger::Checkpoint& checkpoint) const {
  const auto report = policy.Check(checkpoint.note);
  Json answer = Json::Of({{"checkpoint", checkpoint.note},
                          {"published", options_.ledger->latest().note == checkpoint.note},
                          {"size", checkpoint.size},
                          {"witnesses", Describe()}});
  if (report) {
    answer["met"] = report->met;
    answer["missing"] = report->missing;
    answer["quorum"] = report->quorum;
  } else {
    answer["met"] = false;
    answer["missing"] = report.error().message();
  }
  return answer;
}

Json Cosigner::Describe() const {
  const auto policy = ReadPolicy();
  if (!policy) return Json::Of({{"problem", policy.error().message()}});
  if (!*policy) return {};
  const std::string note = options_.ledger->latest().note;
  const MutexLock lock(mutex_);
  Json listed = Json::MakeArray();
  for (const verifier::Policy::Witness& witness : (*policy)->witnesses()) {
    Json item = Json::Of({{"key_name", witness.key_name},
                          {"message", ""},
                          {"name", witness.name},
                          {"said", "not asked"},
                          {"signed_newest", witness.key && HasLineOf(*witness.key, note)},
                          {"url", witness.url}});
    if (!witness.key) item["message"] = "its kind of key is not known here";
    if (witness.key && witness.url.empty()) item["message"] = "the policy has no address of it";
    const auto known =
        witness.key ? state_.witnesses.find(witness.key->ToText()) : state_.witnesses.end();
    if (known != state_.witnesses.end() && !known->second.time.empty()) {
      item["said"] = witness::KindName(known->second.kind);
      item["message"] = known->second.message;
      item["at"] = known->second.time;
      item["knows"] = std::to_string(known->second.size);
    }
    listed.Append(std::move(item));
  }
  return listed;
}

std::string Cosigner::NoteForProof(std::uint64_t index) const {
  const auto policy = ReadPolicy();
  if (!policy || !*policy) return {};
  const auto meets = [&](const std::string& note) {
    const auto report = (*policy)->Check(note);
    return report && report->met;
  };
  if (meets(options_.ledger->latest().note)) return {};
  const MutexLock lock(mutex_);
  const auto older = ledger::OpenCheckpoint(state_.quorum, options_.ledger->verifier());
  return older && older->size > index && meets(older->note) ? older->note : std::string();
}

std::vector<std::string> Cosigner::TakeNews() {
  const MutexLock lock(mutex_);
  return std::exchange(news_, {});
}

void Cosigner::Stop() {
  const MutexLock lock(mutex_);
  stopping_ = true;
  for (auto& [key, client] : clients_) client.Stop();
}

}  // namespace proviso::service
