#include "points/oslo_operations.h"

#include <algorithm>
#include <array>
#include <utility>

namespace proviso::points {
namespace {

using enforcement::Operation;

// Sorted by verb, for a search by halves.
constexpr std::array kVerbs = std::to_array<std::pair<std::string_view, Operation>>({
    {"accept", Operation::kWrite},       {"add", Operation::kCreate},
    {"allocate", Operation::kCreate},    {"associate", Operation::kWrite},
    {"attach", Operation::kWrite},       {"cancel", Operation::kDelete},
    {"check", Operation::kRead},         {"clear", Operation::kDelete},
    {"clone", Operation::kCreate},       {"communitize", Operation::kWrite},
    {"copy", Operation::kCreate},        {"create", Operation::kCreate},
    {"deactivate", Operation::kWrite},   {"deallocate", Operation::kDelete},
    {"delete", Operation::kDelete},      {"destroy", Operation::kDelete},
    {"detach", Operation::kWrite},       {"detail", Operation::kRead},
    {"disassociate", Operation::kWrite}, {"download", Operation::kRead},
    {"evacuate", Operation::kInvoke},    {"execute", Operation::kInvoke},
    {"export", Operation::kRead},        {"extend", Operation::kCreate},
    {"failover", Operation::kInvoke},    {"force_delete", Operation::kDelete},
    {"get", Operation::kRead},           {"grow", Operation::kCreate},
    {"import", Operation::kCreate},      {"index", Operation::kRead},
    {"launch", Operation::kCreate},      {"list", Operation::kRead},
    {"lock", Operation::kWrite},         {"migrate", Operation::kInvoke},
    {"modify", Operation::kWrite},       {"patch", Operation::kWrite},
    {"pause", Operation::kDelete},       {"post", Operation::kCreate},
    {"publicize", Operation::kWrite},    {"purge", Operation::kDelete},
    {"put", Operation::kWrite},          {"reactivate", Operation::kWrite},
    {"reboot", Operation::kInvoke},      {"rebuild", Operation::kInvoke},
    {"register", Operation::kCreate},    {"release", Operation::kDelete},
    {"remove", Operation::kDelete},      {"rename", Operation::kWrite},
    {"replace", Operation::kWrite},      {"reset", Operation::kWrite},
    {"resize", Operation::kCreate},      {"restore", Operation::kCreate},
    {"resume", Operation::kInvoke},      {"revert", Operation::kWrite},
    {"revoke", Operation::kDelete},      {"run", Operation::kInvoke},
    {"set", Operation::kWrite},          {"shelve", Operation::kDelete},
    {"show", Operation::kRead},          {"start", Operation::kInvoke},
    {"stop", Operation::kDelete},        {"suspend", Operation::kDelete},
    {"trigger", Operation::kInvoke},     {"unlock", Operation::kWrite},
    {"unpause", Operation::kInvoke},     {"unset", Operation::kDelete},
    {"unshelve", Operation::kInvoke},    {"update", Operation::kWrite},
    {"upload", Operation::kWrite},       {"validate", Operation::kRead},
});
static_assert(std::ranges::is_sorted(kVerbs, {}, &std::pair<std::string_view, Operation>::first));

std::optional<Operation> OperationOfVerb(std::string_view verb) {
  const auto* const found =
      std::ranges::lower_bound(kVerbs, verb, {}, &std::pair<std::string_view, Operation>::first);
  if (found == kVerbs.end() || found->first != verb) return std::nullopt;
  return found->second;
}

// What a whole part of a rule means: `create` in `os_compute_api:servers:create`.
std::optional<Operation> OfWholePart(std::string_view part) { return OperationOfVerb(part); }

// What a part means that begins with a verb: `create_network`, `os-create-backup`.
std::optional<Operation> OfFirstWord(std::string_view part) {
  if (part.starts_with("os-") || part.starts_with("os_")) part.remove_prefix(3);
  const std::size_t first = part.find_first_of("_-");
  if (first == std::string_view::npos) return OperationOfVerb(part);
  // Some verbs are of two words: `force_delete_server`.
  const std::size_t second = part.find_first_of("_-", first + 1);
  if (const auto operation = OperationOfVerb(part.substr(0, second))) return operation;
  return OperationOfVerb(part.substr(0, first));
}

// What a part means that ends with a verb: `attachment_create`.
std::optional<Operation> OfLastWord(std::string_view part) {
  const std::size_t before = part.find_last_of("_-");
  return OperationOfVerb(before == std::string_view::npos ? part : part.substr(before + 1));
}

// The meaning of the first part between colons that `meaning` understands.
template <typename Meaning>
std::optional<Operation> FirstMeaning(std::string_view rule, Meaning meaning) {
  while (true) {
    const std::size_t colon = rule.find(':');
    if (const auto operation = meaning(rule.substr(0, colon))) return operation;
    if (colon == std::string_view::npos) return std::nullopt;
    rule.remove_prefix(colon + 1);
  }
}

}  // namespace

const std::size_t kOsloVerbCount = kVerbs.size();

std::optional<Operation> OperationOfRule(std::string_view rule, const WordOperations& named) {
  for (const WordOperation& one : named) {
    if (one.word == rule) return one.operation;
  }
  if (const auto operation = FirstMeaning(rule, OfWholePart)) return operation;
  if (const auto operation = FirstMeaning(rule, OfFirstWord)) return operation;
  return FirstMeaning(rule, OfLastWord);
}

}  // namespace proviso::points
