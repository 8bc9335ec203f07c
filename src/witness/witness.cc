#include "witness/witness.h"

#include <algorithm>
#include <utility>

#include "witness/add_checkpoint.h"
#include "witness/internal/state.h"

namespace proviso::witness {
namespace {

constexpr int kBadRequest = 400;
constexpr int kForbidden = 403;
constexpr int kNotFound = 404;
constexpr int kConflict = 409;
constexpr int kUnprocessable = 422;
constexpr int kInternalError = 500;

Answer Refuse(int status, std::string why) {
  return {.status = status, .body = std::move(why) + "\n"};
}

// Why the tree of `request` must not be cosigned by who knows `known`.
std::optional<Answer> CheckTree(const verifier::TreeHead& known, const AddCheckpoint& request,
                                const verifier::TreeHead& submitted) {
  if (request.old_size > submitted.size) {
    return Refuse(kBadRequest, "expected an old size of at most " + std::to_string(submitted.size) +
                                   ", found " + std::to_string(request.old_size));
  }
  if (request.old_size != known.size) {
    return Answer{.status = kConflict,
                  .content_type = "text/x.tlog.size",
                  .body = std::to_string(known.size) + "\n"};
  }
  const Status grew = verifier::CheckConsistency(known, submitted, request.proof);
  if (!grew) return Refuse(kUnprocessable, grew.error().message());
  return std::nullopt;
}

}  // namespace

Status Witness::Create(io::FileSystem& files, const std::filesystem::path& state,
                       const crypto::Cosigner& witness) {
  if (PROVISO_TRY(files.Exists(state))) {
    return Fail(ErrorCode::kAlreadyExists,
                "`" + state.string() + "` exists, and a witness must not forget what it cosigned");
  }
  State fresh;
  fresh.witness = witness;
  return fresh.Write(files, state);
}

Result<std::unique_ptr<Witness>> Witness::Open(WitnessOptions options, crypto::PrivateKey key) {
  if (!PROVISO_TRY(options.files->Exists(options.state))) {
    return Fail(ErrorCode::kNotFound,
                "there is no file `" + options.state.string() +
                    "`; a new witness has its own made together with its key, --new-key");
  }
  auto lock = io::FileLock::Acquire(options.state.string() + ".lock");
  if (!lock && lock.error().code() == ErrorCode::kUnavailable) {
    return Fail(ErrorCode::kUnavailable,
                "another witness is at work with the state `" + options.state.string() +
                    "`; end it first, or give this one a state and a key of its own");
  }
  if (!lock) return tl::unexpected<Error>(lock.error());
  State state = PROVISO_TRY(State::Read(*options.files, options.state));
  if (state.witness.key != key.Public()) {
    return Fail(ErrorCode::kFailedPrecondition,
                "`" + options.state.string() + "` is of the witness `" + state.witness.ToText() +
                    "`, found a key file with " + key.Public().ToText());
  }
  return std::unique_ptr<Witness>(
      new Witness(std::move(options), std::move(key), *std::move(lock), std::move(state)));
}

Witness::Witness(WitnessOptions options, crypto::PrivateKey key, io::FileLock lock, State state)
    : options_(std::move(options)),
      key_(std::move(key)),
      cosigner_(state.witness),
      lock_(std::move(lock)),
      state_(std::make_unique<State>(std::move(state))) {}

Witness::~Witness() = default;

std::optional<Answer> Witness::CheckSignature(const std::string& origin,
                                              std::string_view note) const {
  std::vector<crypto::NoteVerifier> keys;
  std::ranges::copy_if(options_.logs, std::back_inserter(keys),
                       [&](const crypto::NoteVerifier& log) { return log.name == origin; });
  if (keys.empty()) return Refuse(kNotFound, "this witness does not know the log");
  const auto opened = crypto::OpenNote(note, keys);
  if (!opened) return Refuse(kForbidden, opened.error().message());
  return std::nullopt;
}

// The note with those signature lines alone that were checked, and ours.
std::string Witness::KeptNote(const std::string& origin, std::string_view note,
                              const crypto::NoteSignature& line) const {
  const crypto::SplitNote split = crypto::TakeNoteApart(note).value();
  std::string kept = std::string(split.text) + "\n";
  for (const crypto::NoteSignature& each : split.signatures) {
    const bool known = std::ranges::any_of(options_.logs, [&](const crypto::NoteVerifier& log) {
      return log.name == origin && each.name == origin && log.KeyId() == each.key_id;
    });
    if (known) kept += each.ToLine();
  }
  return kept + line.ToLine();
}

Answer Witness::Add(std::string_view body) {
  const auto request = ReadAddCheckpoint(body);
  if (!request) return Refuse(kBadRequest, request.error().message());
  return Judge(*request);
}

Answer Witness::Judge(const AddCheckpoint& request) {
  const auto split = crypto::TakeNoteApart(request.note);
  if (!split) return Refuse(kBadRequest, split.error().message());
  const std::string origin(split->text.substr(0, split->text.find('\n')));
  if (auto refused = CheckSignature(origin, request.note)) return *std::move(refused);
  const auto head = ReadCheckpointHead(split->text);
  if (!head) return Refuse(kBadRequest, head.error().message());

  // One request after another from here on: what is compared is what is replaced.
  const MutexLock lock(mutex_);
  if (failed_) return Refuse(kInternalError, "this witness has stopped; look at its messages");
  const auto known = state_->logs.find(origin);
  const verifier::TreeHead before =
      known != state_->logs.end() ? known->second.tree
                                  : verifier::TreeHead{.size = 0, .root = verifier::EmptyRoot()};
  if (auto refused = CheckTree(before, request, head->tree)) return *std::move(refused);
  const auto now =
      std::chrono::floor<std::chrono::seconds>(options_.clock->Now()).time_since_epoch().count();
  if (now <= 0) return Refuse(kInternalError, "the clock of this witness is wrong");
  const crypto::NoteSignature line =
      crypto::Cosign(split->text, cosigner_.name, key_, static_cast<std::uint64_t>(now));
  State next = *state_;
  next.logs[origin] = {.tree = head->tree, .note = KeptNote(origin, request.note, line)};
  const Status written = next.Write(*options_.files, options_.state);
  if (!written) {
    // INVARIANT: no cosignature leaves whose checkpoint may be forgotten.
    failed_ = true;
    if (options_.on_stop) options_.on_stop(written.error());
    return Refuse(kInternalError, "what is cosigned cannot be stored; this witness stops");
  }
  *state_ = std::move(next);
  return {.body = line.ToLine()};
}

Answer Witness::Checkpoint(std::string_view origin_hash) const {
  const MutexLock lock(mutex_);
  for (const auto& [origin, known] : state_->logs) {
    if (crypto::Sha256(origin).Hex() == origin_hash) return {.body = known.note};
  }
  return Refuse(kNotFound, "this witness has cosigned no checkpoint of such a log");
}

}  // namespace proviso::witness
