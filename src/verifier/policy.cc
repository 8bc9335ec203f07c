#include "verifier/policy.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <set>
#include <span>
#include <utility>

#include "base/time.h"
#include "verifier/http_source.h"

namespace proviso::verifier {
namespace {

constexpr std::uint8_t kTypeEd25519 = 0x01;
constexpr std::uint8_t kTypeCosignature = 0x04;
constexpr std::string_view kNone = "none";

bool IsSpace(char c) { return c == ' ' || c == '\t'; }

std::vector<std::string_view> Words(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < line.size();) {
    if (IsSpace(line[at])) {
      ++at;
      continue;
    }
    const std::size_t end = line.find_first_of(" \t", at);
    words.push_back(line.substr(at, end - at));
    at += words.back().size();
  }
  return words;
}

std::string Quoted(std::string_view text) { return "`" + std::string(text.substr(0, 200)) + "`"; }

// "2026-11-22T09:30:00.000Z"; the number itself beyond what a calendar holds.
std::string TimeText(std::uint64_t seconds) {
  constexpr std::uint64_t kYear9999 = 253'402'300'800;
  if (seconds >= kYear9999) return std::to_string(seconds);
  return FormatTime(Time(std::chrono::seconds(static_cast<std::int64_t>(seconds))));
}

}  // namespace

// Reads a policy line by line; one use.
class PolicyReader {
 public:
  Result<Policy> Read(std::string_view text) {
    PROVISO_TRY(CheckBytes(text));
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      ++line_;
      PROVISO_TRY(ReadLine(Words(text.substr(0, end))));
      text.remove_prefix(end + 1);
    }
    if (!has_quorum_) {
      return Fail(ErrorCode::kInvalidArgument,
                  "policy: expected a line `quorum NAME`, or `quorum none`");
    }
    return std::move(policy_);
  }

 private:
  using Line = std::vector<std::string_view>;

  tl::unexpected<Error> Bad(const std::string& what) const {
    return Fail(ErrorCode::kInvalidArgument, "policy: line " + std::to_string(line_) + ": " + what);
  }

  Status CheckBytes(std::string_view text) {
    const auto refuse = [](const std::string& what) {
      return Fail(ErrorCode::kInvalidArgument, "policy: expected " + what);
    };
    if (text.size() > kPolicyBytesMax) {
      return refuse("at most " + std::to_string(kPolicyBytesMax) + " bytes, found " +
                    std::to_string(text.size()));
    }
    if (!text.ends_with('\n')) return refuse("a line end after the last line: is it whole?");
    if (!IsUtf8(text)) return refuse("UTF-8");
    const auto is_bad = [](char c) {
      const auto byte = static_cast<unsigned char>(c);
      return (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7F;
    };
    if (std::ranges::any_of(text, is_bad)) {
      return refuse("no control characters but tabs and line ends");
    }
    return {};
  }

  Status ReadLine(const Line& words) {
    if (words.empty() || words[0].starts_with('#')) return {};
    if (++lines_read_ > kPolicyLinesMax) {
      return Bad("expected at most " + std::to_string(kPolicyLinesMax) + " definitions");
    }
    if (words[0] == "log") return ReadLog(words);
    if (words[0] == "witness") return ReadWitness(words);
    if (words[0] == "group") return ReadGroup(words);
    if (words[0] == "quorum") return ReadQuorum(words);
    return Bad("expected `log`, `witness`, `group` or `quorum`, found " + Quoted(words[0]));
  }

  Status ReadLog(const Line& words) {
    if (words.size() < 2 || words.size() > 3) return Bad("expected `log KEY [ADDRESS]`");
    auto key = crypto::NoteVerifier::FromText(words[1]);
    if (!key) return Bad(key.error().message());
    if (!keys_.emplace(std::string("log"), Bytes(key->key.bytes.begin(), key->key.bytes.end()))
             .second) {
      return Bad("another line has the same key as " + Quoted(key->name));
    }
    policy_.logs_.push_back({std::move(*key), std::string(words.size() > 2 ? words[2] : "")});
    return {};
  }

  Status ReadWitness(const Line& words) {
    if (words.size() < 3 || words.size() > 4) {
      return Bad("expected `witness NAME KEY [ADDRESS]`");
    }
    auto typed = crypto::TypedKey::FromText(words[2]);
    if (!typed) return Bad(typed.error().message());
    Policy::Witness witness{.name = std::string(words[1]),
                            .key_name = typed->name,
                            .key = std::nullopt,
                            .url = std::string(words.size() > 3 ? words[3] : ""),
                            .line = line_};
    crypto::Cosigner cosigner{.name = typed->name, .key = {}};
    // Lists of witnesses also write the key as that of a log, type 0x01: the same 32 bytes.
    if (typed->type == kTypeCosignature || typed->type == kTypeEd25519) {
      if (typed->key.size() != cosigner.key.bytes.size()) {
        return Bad("expected an Ed25519 key of 32 bytes, found " +
                   std::to_string(typed->key.size()));
      }
      std::ranges::copy(typed->key, cosigner.key.bytes.begin());
      witness.key = cosigner;
    }
    if (!keys_.emplace("witness", typed->key).second) {
      return Bad("another witness has the same key as " + Quoted(words[1]));
    }
    Policy::Node node;
    node.witness = policy_.witnesses_.size();
    PROVISO_TRY(Define(words[1], std::move(node)));
    policy_.witnesses_.push_back(std::move(witness));
    return {};
  }

  Status Define(std::string_view name, Policy::Node node) {
    if (name == kNone || name == "all" || name == "any") {
      return Bad("expected a name of its own, found the word " + Quoted(name));
    }
    if (Find(name)) return Bad(Quoted(name) + " is defined twice");
    node.name = name;
    policy_.nodes_.push_back(std::move(node));
    return {};
  }

  std::optional<std::size_t> Find(std::string_view name) const {
    for (std::size_t i = 0; i < policy_.nodes_.size(); ++i) {
      if (policy_.nodes_[i].name == name) return i;
    }
    return std::nullopt;
  }

  Result<std::size_t> ReadThreshold(std::string_view word, std::size_t members) const {
    if (word == "all") return members;
    if (word == "any") return std::size_t{1};
    std::size_t number = 0;
    const char* const end = word.data() + word.size();
    const auto [stop, error] = std::from_chars(word.data(), end, number);
    if (error != std::errc() || stop != end || word[0] == '0' || number > members) {
      return Bad("expected `all`, `any` or a number from 1 to " + std::to_string(members) +
                 ", found " + Quoted(word));
    }
    return number;
  }

  Status ReadGroup(const Line& words) {
    if (words.size() < 4) return Bad("expected `group NAME all|any|NUMBER NAME...`");
    Policy::Node group;
    group.threshold = PROVISO_TRY(ReadThreshold(words[2], words.size() - 3));
    for (const std::string_view name : std::span(words).subspan(3)) {
      const auto member = Find(name);
      if (!member) return Bad("no line above defines " + Quoted(name));
      // So that no witness counts twice.
      if (std::exchange(policy_.nodes_[*member].taken, true)) {
        return Bad(Quoted(name) + " is a member already");
      }
      group.members.push_back(*member);
    }
    return Define(words[1], std::move(group));
  }

  Status ReadQuorum(const Line& words) {
    if (words.size() != 2) return Bad("expected `quorum NAME`, or `quorum none`");
    if (std::exchange(has_quorum_, true)) return Bad("a second quorum");
    if (words[1] == kNone) return {};
    policy_.quorum_ = Find(words[1]);
    if (!policy_.quorum_) return Bad("no line above defines " + Quoted(words[1]));
    return {};
  }

  Policy policy_;
  std::set<std::pair<std::string, Bytes>> keys_;
  std::size_t line_ = 0;
  std::size_t lines_read_ = 0;
  bool has_quorum_ = false;
};

Json PolicyReport::ToJson() const {
  Json listed = Json::MakeArray();
  for (const Witness& witness : witnesses) {
    Json item = Json::Of({{"cosigned", witness.cosigned},
                          {"counts", witness.counts},
                          {"key_name", witness.key_name},
                          {"name", witness.name}});
    if (witness.cosigned) item["time"] = TimeText(witness.time);
    listed.Append(std::move(item));
  }
  return Json::Of(
      {{"met", met}, {"missing", missing}, {"quorum", quorum}, {"witnesses", std::move(listed)}});
}

Result<Policy> Policy::Read(std::string_view text) { return PolicyReader().Read(text); }

bool Policy::Accepts(const crypto::NoteVerifier& log) const {
  return logs_.empty() ||
         std::ranges::any_of(logs_, [&](const Log& known) { return known.key == log; });
}

Status CheckAddresses(const Policy& policy) {
  for (const Policy::Witness& witness : policy.witnesses()) {
    if (witness.url.empty() || IsHttpUrl(witness.url)) continue;
    return Fail(ErrorCode::kInvalidArgument,
                "policy: line " + std::to_string(witness.line) +
                    ": expected an address of the witness " + Quoted(witness.name) +
                    " that begins with https:// or http://, found " + Quoted(witness.url) +
                    "; ask who runs it, or leave the address out: then it is not asked");
  }
  return {};
}

Status CheckAccepted(const Policy& policy, const crypto::NoteVerifier& log) {
  if (policy.Accepts(log)) return {};
  return Fail(ErrorCode::kInvalidArgument, "policy: expected a line for the log " +
                                               Quoted(log.ToText()) +
                                               ", found lines for other logs only");
}

bool Policy::IsMet(std::size_t node, const std::vector<bool>& cosigned) const {
  const Node& at = nodes_[node];
  if (at.members.empty()) return cosigned[at.witness];
  const auto met = std::ranges::count_if(
      at.members, [&](std::size_t member) { return IsMet(member, cosigned); });
  return static_cast<std::size_t>(met) >= at.threshold;
}

// Says of each group that is not met what it asks for and which members it has.
void Policy::Explain(std::size_t node, const std::vector<bool>& cosigned, std::string& text) const {
  const Node& at = nodes_[node];
  if (IsMet(node, cosigned)) return;
  if (at.members.empty()) {
    if (text.empty()) text = "expected a cosignature of " + Quoted(at.name) + ", found none";
    return;
  }
  std::string have;
  std::string lack;
  for (const std::size_t member : at.members) {
    std::string& list = IsMet(member, cosigned) ? have : lack;
    list += (list.empty() ? "" : ", ") + Quoted(nodes_[member].name);
  }
  if (!text.empty()) text += "; ";
  text += "group " + Quoted(at.name) + ": expected " + std::to_string(at.threshold) + " of " +
          std::to_string(at.members.size()) + ", found " + (have.empty() ? "none" : have) +
          ", missing " + lack;
  for (const std::size_t member : at.members) {
    if (!nodes_[member].members.empty()) Explain(member, cosigned, text);
  }
}

void Policy::MarkCounting(std::size_t node, PolicyReport& report) const {
  const Node& at = nodes_[node];
  if (at.members.empty()) report.witnesses[at.witness].counts = true;
  for (const std::size_t member : at.members) MarkCounting(member, report);
}

Result<PolicyReport> Policy::Check(std::string_view note) const {
  std::vector<crypto::Cosigner> cosigners;
  std::vector<std::size_t> of;  // which witness each of them is
  PolicyReport report;
  for (std::size_t i = 0; i < witnesses_.size(); ++i) {
    report.witnesses.push_back({.name = witnesses_[i].name, .key_name = witnesses_[i].key_name});
    if (!witnesses_[i].key) continue;
    cosigners.push_back(*witnesses_[i].key);
    of.push_back(i);
  }
  std::vector<bool> cosigned(witnesses_.size(), false);
  for (const crypto::Cosigned& found : PROVISO_TRY(crypto::FindCosignatures(note, cosigners))) {
    const std::size_t witness = of[found.cosigner];
    cosigned[witness] = true;
    report.witnesses[witness].cosigned = true;
    report.witnesses[witness].time = found.time;
  }
  report.quorum = quorum_ ? nodes_[*quorum_].name : std::string(kNone);
  report.met = !quorum_ || IsMet(*quorum_, cosigned);
  if (quorum_) {
    MarkCounting(*quorum_, report);
    Explain(*quorum_, cosigned, report.missing);
  }
  return report;
}

}  // namespace proviso::verifier
