#include "service/internal/subject.h"

#include <array>

namespace proviso::service {
namespace {

// Members of an event's open data that name what it is about; the nearest first.
constexpr std::array<std::string_view, 15> kNaming = {
    "report",  "finding",  "claim",  "attribution", "step",  "hearing", "update", "appeal",
    "erasure", "decision", "source", "delivery",    "terms", "what",    "to"};
constexpr std::size_t kDigestShown = 12;
// Members that say something of it.
constexpr std::array<std::string_view, 6> kSaying = {"kind",  "outcome", "audience",
                                                     "class", "basis",   "about"};

// Imports of files that have no id of their own.
std::string ImportedName(const Event& event) {
  if (event.type != "catalogue.imported" && event.type != "customers.imported") return "";
  const std::string kind = event.type.substr(0, event.type.find('.'));
  return kind + " " + event.open.StringOr("digest", "").substr(0, kDigestShown);
}

std::string RosterName(const Event& event) {
  const Json* roster = event.type == "roster.proposed" ? event.open.Find("roster") : &event.open;
  if (roster == nullptr || !event.type.starts_with("roster.")) return "";
  return "roster " + std::to_string(roster->IntegerOr("version", 0));
}

}  // namespace

std::vector<std::string> SubjectOf(const Event& event, bool in_its_case) {
  std::vector<std::string> subject;
  const auto add = [&](const std::string& name) {
    if (!name.empty()) subject.push_back(name);
  };
  for (const std::string_view key : kNaming) {
    std::string name = event.open.StringOr(key, "");
    if (event.type == "terms.imported" && !name.empty()) {
      name += "@" + event.open.StringOr("version", "");
    }
    // Of a decision's plan the terms say by what, and not about what.
    if (key == "terms" && event.type != "terms.imported") continue;
    add(name);
  }
  add(event.open.StringOr("lifts", ""));
  if (const auto superseded = event.open.StringsAt("supersedes")) {
    for (const std::string& id : *superseded) add(id);
  }
  add(ImportedName(event));
  add(RosterName(event));
  const auto details = event.sealed.find("details");
  if (in_its_case && details != event.sealed.end()) {
    add(details->second.StringOr("subscription", ""));
  }
  return subject;
}

std::vector<std::string> SaidOf(const Event& event, bool in_its_case) {
  std::vector<std::string> said;
  for (const std::string_view key : kSaying) {
    std::string word = event.open.StringOr(key, "");
    if (!word.empty()) said.push_back(std::move(word));
  }
  const auto details = event.sealed.find("details");
  if (event.type == "claim.added" && in_its_case && details != event.sealed.end() &&
      details->second.BoolOr("denial", false)) {
    said.emplace_back("denial");
  }
  return said;
}

}  // namespace proviso::service
