#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "crypto/hash.h"
#include "io/simulated/disk.h"
#include "io/simulated/file_system.h"
#include "io/simulated/sqlite_vfs.h"
#include "ledger/ledger.h"

namespace proviso::ledger {

// What the world outside was told about a log, and may therefore hold against it.
struct Promises {
  std::vector<int> certain;  // the numbers of the entries that are in the log, in order
  // Of appends that were not answered, or with an error that leaves it open; each whole or absent.
  std::vector<std::vector<int>> doubtful;
  std::map<std::uint64_t, crypto::Hash> released;  // roots of published checkpoints, by size
  std::set<std::string> notes;                     // of the published checkpoints
  std::set<std::uint64_t> erased;                  // positions whose sealed part must be gone
  std::set<std::uint64_t> erasing;                 // and those where it may be
  std::map<int, Bytes> keys;                       // that sealed the part, by number of the entry
  int next_number = 0;
};

// For tests: a machine with a simulated disk and one process on it that keeps a log. It remembers
// what it promised, through power cuts too, and compares the log with that. Belongs to one thread.
class SimulatedMachine {
 public:
  using Watch = io::SimulatedDisk::Watch;
  using Survival = io::SimulatedDisk::Survival;

  SimulatedMachine(std::unique_ptr<io::SimulatedDisk> disk, Promises promises, std::uint64_t seed);
  SimulatedMachine(const SimulatedMachine&) = delete;
  SimulatedMachine& operator=(const SimulatedMachine&) = delete;
  ~SimulatedMachine();

  io::SimulatedDisk& disk() { return *disk_; }
  const Promises& promises() const { return promises_; }
  bool IsOpen() const { return ledger_ != nullptr; }
  // The process ended itself, because it could not know what is durable: Die is next.
  bool EndedItself() const { return ended_itself_; }
  // Asked before each step of the disk, after what is published by then was noted.
  void SetWatch(Watch watch);
  // The promises count an append as answered at this named point of it: a canary.
  void AnswerTooEarly(std::string point) { early_point_ = std::move(point); }

  Status Open();
  Status Append(int count, std::size_t padding) { return AppendTogether({count}, padding); }
  // Requests of so many entries each, which wait for the appender together: one group.
  Status AppendTogether(const std::vector<int>& counts, std::size_t padding);
  Status Erase(std::uint64_t position);
  Status Rebuild();
  // Within the same process, after the log stopped; an error where it cannot go on.
  Status GoOn();
  // Also ends the process.
  Status Close();
  // The process dies without a word; files stay as it saw them.
  void Die();
  void LosePower(Survival survival);

  // Opens what is there now and compares it with the promises; what is wrong, if anything. Sealed
  // parts are opened for the last entries only.
  Status Check();
  // Check with all sealed parts, then what must also hold: recovering twice changes nothing, the
  // log goes on, and a log that was closed needs no recovery.
  Status CheckAllAndGoOn();

 private:
  class Chance;
  class Gate;
  struct Request {
    std::vector<int> numbers;
    std::vector<Draft> drafts;
    std::optional<Result<std::uint64_t>> answer;
  };

  std::vector<Request> MakeRequests(const std::vector<int>& counts, std::size_t padding);
  void Ask(std::vector<Request>& requests);
  Status SettleAnswers(const std::vector<Request>& requests);
  void NoteReleased();
  Status Settle(std::uint64_t end);
  std::map<std::string, std::string> LogFiles() const;
  Status CheckFrom(std::uint64_t first);
  Status CheckEntries(std::uint64_t first) const;
  Status CheckReleased(const std::vector<crypto::Hash>& leaves) const;
  Status CheckErased() const;

  std::unique_ptr<io::SimulatedDisk> disk_;
  std::unique_ptr<io::SimulatedFileSystem> files_;
  std::unique_ptr<io::SimulatedVfs> vfs_;
  std::unique_ptr<Chance> chance_;
  std::unique_ptr<Gate> gate_;  // while requests gather
  std::unique_ptr<Ledger> ledger_;
  Promises promises_;
  std::string early_point_;
  bool ended_itself_ = false;
  std::optional<Error> forked_;  // two roots of one size were published
};

}  // namespace proviso::ledger
