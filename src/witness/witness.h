#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "base/time.h"
#include "crypto/cosignature.h"
#include "crypto/note.h"
#include "io/files/file_system.h"
#include "io/files/lock.h"

namespace proviso::witness {

struct State;
struct AddCheckpoint;

// What a witness says: an HTTP status, and the body that goes with it.
struct Answer {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};

// How to open a Witness. What the pointers name must outlive it.
struct WitnessOptions {
  std::filesystem::path state;  // file of what it cosigned; one process at a time
  // The name of a key is its log's origin; a log may have several keys.
  std::vector<crypto::NoteVerifier> logs;
  io::FileSystem* files = nullptr;
  const Clock* clock = nullptr;
  // Hears why the witness stops, for people: it is not for those who ask. Must not call it back.
  std::function<void(const Error&)> on_stop = {};
};

// Cosigns the checkpoints of logs that only ever grow (C2SP tlog-witness): the newest of each is
// remembered, and no other is cosigned unless it is proven to have grown from that. What was
// cosigned is durable before the answer is given. After a failed write it answers nothing any more,
// since nobody knows what the disk holds: start it anew. Thread-safe.
class Witness {
 public:
  // Makes the state file of a new witness. kAlreadyExists when there is one.
  static Status Create(io::FileSystem& files, const std::filesystem::path& state,
                       const crypto::Cosigner& witness);
  // kNotFound without a state file; kFailedPrecondition when it is that of another key; kDataLoss
  // when it is damaged; kUnavailable while another process has it.
  static Result<std::unique_ptr<Witness>> Open(WitnessOptions options, crypto::PrivateKey key);
  Witness(const Witness&) = delete;
  Witness& operator=(const Witness&) = delete;
  ~Witness();

  const crypto::Cosigner& cosigner() const { return cosigner_; }

  // The answer to POST add-checkpoint with this body.
  Answer Add(std::string_view body);
  // The answer to GET <hash>/checkpoint: the newest that was cosigned of the log whose origin has
  // this SHA-256, in lower-case hexadecimal.
  Answer Checkpoint(std::string_view origin_hash) const;

 private:
  Witness(WitnessOptions options, crypto::PrivateKey key, io::FileLock lock, State state);
  std::optional<Answer> CheckSignature(const std::string& origin, std::string_view note) const;
  Answer Judge(const AddCheckpoint& request);
  std::string KeptNote(const std::string& origin, std::string_view note,
                       const crypto::NoteSignature& line) const;

  const WitnessOptions options_;
  const crypto::PrivateKey key_;
  const crypto::Cosigner cosigner_;
  const io::FileLock lock_;
  mutable Mutex mutex_;
  std::unique_ptr<State> state_ GUARDED_BY(mutex_);
  bool failed_ GUARDED_BY(mutex_) = false;
};

}  // namespace proviso::witness
