// Policies, against a second reader written for this: who is defined, and how many of whom the
// quorum asks for. A note cosigned by all meets each policy whose keys are ours; one by nobody only
// `none`.
#include <map>
#include <sstream>

#include "fuzz/fuzzing.h"
#include "verifier/policy.h"

namespace proviso {
namespace {

// What the plainest reading says, once it is known that the policy is well-formed.
struct Plain {
  std::map<std::string, std::pair<std::size_t, std::vector<std::string>>> groups;
  std::size_t witnesses = 0;
  std::size_t logs = 0;
  std::string quorum;
};

Plain ReadPlainly(std::string_view text) {
  Plain plain;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string kind;
    std::string name;
    std::string rule;
    words >> kind >> name;
    if (kind == "log") ++plain.logs;
    if (kind == "witness") ++plain.witnesses;
    if (kind == "quorum") plain.quorum = name;
    if (kind != "group") continue;
    words >> rule;
    std::vector<std::string> members;
    for (std::string member; words >> member;) members.push_back(member);
    const std::size_t threshold = rule == "all"   ? members.size()
                                  : rule == "any" ? 1
                                                  : std::stoul(rule);
    plain.groups[name] = {threshold, members};
  }
  return plain;
}

bool Meets(const Plain& plain, const std::string& name,
           const std::map<std::string, bool>& signed_by) {
  const auto group = plain.groups.find(name);
  if (group == plain.groups.end()) return signed_by.at(name);
  std::size_t met = 0;
  for (const std::string& member : group->second.second) {
    if (Meets(plain, member, signed_by)) ++met;
  }
  return met >= group->second.first;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::size_t who = input.Choose(256);
  // Keys are hard to come by: w1 to w4 are known ones, and the rest is the fuzzer's.
  static const std::string_view kText =
      "example.org/log\n1\nTEWhfNvAtlnf3b+M4sGKurUATF4ii1LcPiRk14z+Nf8=\n";
  std::string text;
  std::string note = std::string(kText) + "\n";
  for (std::size_t i = 0; i < 4; ++i) {
    const auto key = crypto::PrivateKey::FromSeed(
        std::array<std::uint8_t, 32>{static_cast<std::uint8_t>(i + 1)});
    const crypto::Cosigner cosigner{"w" + std::to_string(i + 1), key.Public()};
    text += "witness " + cosigner.name + " " + cosigner.ToText() + "\n";
    if ((who >> i & 1U) != 0) note += crypto::Cosign(kText, cosigner.name, key, 9).ToLine();
  }
  if (who % 16 == 0) note += "\u2014 nobody AAAAAAE=\n";
  text += input.rest();
  const auto policy = verifier::Policy::Read(text);
  if (!policy) return 0;
  const Plain plain = ReadPlainly(text);
  PROVISO_CHECK(policy->witnesses().size() == plain.witnesses, "another number of witnesses");
  PROVISO_CHECK(policy->logs().size() == plain.logs, "another number of logs");
  const auto report = policy->Check(note);
  PROVISO_CHECK(report.has_value(), "a good note is refused");
  PROVISO_CHECK(report->quorum == plain.quorum, "another quorum");
  std::map<std::string, bool> signed_by;
  for (const auto& witness : report->witnesses) signed_by[witness.name] = witness.cosigned;
  const bool met = plain.quorum == "none" || Meets(plain, plain.quorum, signed_by);
  PROVISO_CHECK(report->met == met, "another verdict");
  PROVISO_CHECK(report->met == report->missing.empty(), "a verdict without a reason");
  return 0;
}

}  // namespace proviso
