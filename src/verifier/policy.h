#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "crypto/cosignature.h"
#include "crypto/note.h"

namespace proviso::verifier {

inline constexpr std::size_t kPolicyBytesMax = std::size_t{256} << 10U;
// Logs, witnesses and groups together.
inline constexpr std::size_t kPolicyLinesMax = 1'000;

// What a checkpoint has of what a policy asks for.
struct PolicyReport {
  struct Witness {
    std::string name;  // as the policy calls it
    std::string key_name;
    bool cosigned = false;
    std::uint64_t time = 0;  // seconds since 1970; 0 unless cosigned
    bool counts = false;     // whether the quorum can be met through it
  };
  bool met = false;
  std::string quorum;              // the name on the quorum line
  std::vector<Witness> witnesses;  // in the order of the policy
  std::string missing;             // why it is not met; empty when it is

  Json ToJson() const;
};

// Who must have signed a checkpoint for it to count: logs, witnesses, groups of them, and a quorum
// (C2SP tlog-policy). Immutable.
class Policy {
 public:
  struct Log {
    crypto::NoteVerifier key;
    std::string url;  // empty when none is given
  };
  struct Witness {
    std::string name;
    std::string key_name;
    // Absent for keys of a type that this build cannot check: such a witness is never found.
    std::optional<crypto::Cosigner> key;
    std::string url;       // empty when none is given
    std::size_t line = 0;  // of the file, from 1
  };

  // kInvalidArgument with the line, what was expected and what was found.
  static Result<Policy> Read(std::string_view text);

  const std::vector<Log>& logs() const { return logs_; }
  const std::vector<Witness>& witnesses() const { return witnesses_; }
  // True when there are no log lines, or one of them names this key.
  bool Accepts(const crypto::NoteVerifier& log) const;

  // Which witnesses cosigned `note`, and whether they are enough; the log's own signature is not
  // looked at. kDataLoss when the note is malformed, or a witness's line on it does not hold.
  Result<PolicyReport> Check(std::string_view note) const;

 private:
  friend class PolicyReader;
  // A witness (no members), or a group.
  struct Node {
    std::string name;
    std::size_t witness = 0;
    std::size_t threshold = 0;
    std::vector<std::size_t> members;
    bool taken = false;  // it is a member of a group
  };
  bool IsMet(std::size_t node, const std::vector<bool>& cosigned) const;
  void Explain(std::size_t node, const std::vector<bool>& cosigned, std::string& text) const;
  void MarkCounting(std::size_t node, PolicyReport& report) const;

  std::vector<Log> logs_;
  std::vector<Witness> witnesses_;
  std::vector<Node> nodes_;  // members stand before their group
  std::optional<std::size_t> quorum_;
};

// kInvalidArgument, with its line, when a witness has an address that nobody can ask: who only
// verifies asks none of them, and may be given any.
Status CheckAddresses(const Policy& policy);

// kInvalidArgument unless `policy` accepts `log`.
Status CheckAccepted(const Policy& policy, const crypto::NoteVerifier& log);

}  // namespace proviso::verifier
