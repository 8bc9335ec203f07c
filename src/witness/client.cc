#include "witness/client.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "witness/add_checkpoint.h"

namespace proviso::witness {
namespace {

constexpr int kRoundsMax = 3;
constexpr std::size_t kShownMax = 160;

// The first line of what a server said, as far as it can be shown.
std::string Shown(std::string_view body) {
  std::string shown;
  for (const char c : body.substr(0, std::min(body.find('\n'), kShownMax))) {
    shown += c >= 0x20 && c < 0x7F ? c : '?';
  }
  return shown.empty() ? "nothing" : "`" + shown + "`";
}

// One conversation with one witness.
class Conversation {
 public:
  Conversation(io::HttpClient& client, std::string prefix, const crypto::Cosigner& key,
               const Submission& submission)
      : client_(client), prefix_(std::move(prefix)), key_(key), submission_(submission) {
    while (prefix_.ends_with('/')) prefix_.pop_back();
  }

  Outcome Ask(std::uint64_t known_size) {
    std::uint64_t old_size = std::min(known_size, submission_.tree.size);
    for (int round = 0; round < kRoundsMax; ++round) {
      const auto answer = Post(old_size);
      if (!answer) return Failed(answer.error().message());
      if (answer->status != 409) return Judge(*answer, old_size);
      const auto size = SizeOf(*answer);
      if (!size) return Failed(size.error().message());
      if (*size > submission_.tree.size) {
        return Alarm(Outcome::Kind::kAhead, *size,
                     "it knows a tree of " + std::to_string(*size) + " entries, and ours has " +
                         std::to_string(submission_.tree.size));
      }
      // Before July 2026 a witness said 409 where it now says 422.
      if (*size == old_size) return Split(old_size, "409");
      old_size = *size;
    }
    return Failed("it names another size each time");
  }

 private:
  Result<io::HttpResponse> Post(std::uint64_t old_size) {
    AddCheckpoint request{.old_size = old_size, .proof = {}, .note = submission_.note};
    if (old_size > 0 && old_size < submission_.tree.size) {
      request.proof = PROVISO_TRY(submission_.prove(old_size));
    }
    return client_.Send(
        {.method = "POST", .url = prefix_ + "/add-checkpoint", .body = request.ToText()});
  }

  Outcome Judge(const io::HttpResponse& answer, std::uint64_t old_size) {
    if (answer.status == 200) return TakeLine(answer.body);
    if (answer.status == 422) return Split(old_size, "422: " + Shown(answer.body));
    Outcome outcome;
    const std::string said = std::to_string(answer.status) + ": " + Shown(answer.body);
    const bool refused = answer.status == 400 || answer.status == 403 || answer.status == 404;
    outcome.kind = refused ? Outcome::Kind::kNotServed : Outcome::Kind::kUnreachable;
    if (answer.status == 404) {
      outcome.message =
          "it does not serve this log; its operator must add the log's key (" + said + ")";
    } else if (answer.status == 403) {
      outcome.message = "it does not trust the log's signature; its operator must have this key: " +
                        submission_.log.ToText() + " (" + said + ")";
    } else {
      outcome.message = "expected a cosignature, found " + said;
    }
    return outcome;
  }

  Outcome TakeLine(const std::string& body) {
    const auto found = crypto::FindCosignatures(submission_.note + body, {key_});
    if (!found) return Failed("its answer is none: " + found.error().message());
    if (found->empty()) {
      return Failed("it did not sign as `" + key_.ToText() + "`, found " + Shown(body));
    }
    return {.kind = Outcome::Kind::kCosigned,
            .known_size = submission_.tree.size,
            .line = found->front().line,
            .time = found->front().time,
            .message = {},
            .evidence = {}};
  }

  static Result<std::uint64_t> SizeOf(const io::HttpResponse& answer) {
    std::string_view text = answer.body;
    if (!answer.content_type.starts_with("text/x.tlog.size") || !text.ends_with('\n')) {
      return Fail(ErrorCode::kUnavailable,
                  "expected a size in text/x.tlog.size, found " + Shown(answer.body));
    }
    text.remove_suffix(1);
    return ReadTreeSize(text);
  }

  static Outcome Failed(std::string why) {
    Outcome outcome;
    outcome.message = std::move(why);
    return outcome;
  }

  Outcome Split(std::uint64_t size, const std::string& said) {
    return Alarm(Outcome::Kind::kSplit, size,
                 "it does not accept that this log grew from the tree of " + std::to_string(size) +
                     " entries that it knows (" + said +
                     "): two histories have one name; was an older copy put back and written on?");
  }

  Outcome Alarm(Outcome::Kind kind, std::uint64_t size, std::string message) {
    Outcome outcome;
    outcome.kind = kind;
    outcome.known_size = size;
    outcome.message = std::move(message);
    outcome.evidence = FetchEvidence();
    return outcome;
  }

  // What the witness shows to monitors, when our log signed it and it contradicts ours.
  std::string FetchEvidence() {
    const auto answer = client_.Send(
        {.url = prefix_ + "/" + crypto::Sha256(submission_.log.name).Hex() + "/checkpoint"});
    if (!answer || answer->status != 200) return {};
    const auto opened = crypto::OpenNote(answer->body, {submission_.log});
    if (!opened) return {};
    const auto head = ReadCheckpointHead(opened->text);
    if (!head || head->origin != submission_.log.name) return {};
    return Contradicts(head->tree) ? answer->body : std::string();
  }

  bool Contradicts(const verifier::TreeHead& shown) {
    const verifier::TreeHead& ours = submission_.tree;
    if (shown.size > ours.size) return true;
    if (shown.size == 0) return shown.root != verifier::EmptyRoot();
    std::vector<crypto::Hash> proof;
    if (shown.size < ours.size) {
      auto proven = submission_.prove(shown.size);
      if (!proven) return false;
      proof = std::move(*proven);
    }
    return !verifier::CheckConsistency(shown, ours, proof);
  }

  io::HttpClient& client_;
  std::string prefix_;
  const crypto::Cosigner& key_;
  const Submission& submission_;
};

}  // namespace

std::string_view KindName(Outcome::Kind kind) {
  switch (kind) {
    case Outcome::Kind::kCosigned:
      return "cosigned";
    case Outcome::Kind::kUnreachable:
      return "unreachable";
    case Outcome::Kind::kNotServed:
      return "not served";
    case Outcome::Kind::kAhead:
      return "ahead";
    case Outcome::Kind::kSplit:
      return "split";
  }
  return "unreachable";
}

Outcome AskForCosignature(io::HttpClient& client, const std::string& url,
                          const crypto::Cosigner& key, const Submission& submission,
                          std::uint64_t known_size) {
  return Conversation(client, url, key, submission).Ask(known_size);
}

}  // namespace proviso::witness
