#include "points/oslo_question.h"

#include <string.h>

#include <algorithm>

#include "points/body_form.h"
#include "points/letters.h"
#include "points/wiping.h"

namespace proviso::points {
namespace {

using simdjson::dom::element;
using simdjson::dom::element_type;

constexpr std::string_view kTarget = "target";
constexpr std::string_view kCredentials = "credentials";

tl::unexpected<Error> Malformed(std::string message) {
  return Fail(ErrorCode::kInvalidArgument, std::move(message));
}

// Decodes one value of a form into `out`; false when an escape is broken.
bool DecodeFormValue(std::string_view text, std::string& out) {
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i] == '+' ? ' ' : text[i]);
      continue;
    }
    if (text.size() - i < 3) return false;
    const int high = HexDigit(text[i + 1]);
    const int low = HexDigit(text[i + 2]);
    if (high < 0 || low < 0) return false;
    out.push_back(static_cast<char>(high * 16 + low));
    i += 2;
  }
  return true;
}

// The values of a form by name, still encoded. Absent when one of them is not there just once.
std::optional<std::string_view> FormValue(std::string_view body, std::string_view name) {
  std::optional<std::string_view> value;
  while (!body.empty()) {
    const std::string_view pair = body.substr(0, body.find('&'));
    body.remove_prefix(std::min(body.size(), pair.size() + 1));
    const std::size_t equals = pair.find('=');
    if (equals == std::string_view::npos || pair.substr(0, equals) != name) continue;
    if (value) return std::nullopt;
    value = pair.substr(equals + 1);
  }
  return value;
}

bool SaysNothing(element value) {
  std::string_view text;
  return value.is_null() || (value.get(text) == simdjson::SUCCESS && text.empty());
}

// The member at `place`: as one flat key, as Keystone writes them (`target.user.id`), or else below
// members named by its parts. Absent when there is none that says anything.
Result<std::optional<element>> FindPlace(element object, std::string_view place) {
  while (true) {
    const FoundMember flat = FindMember(object, place);
    if (flat.count > 1) return Malformed("a member stands in the question twice");
    if (flat.once() && !SaysNothing(flat.value)) return flat.value;
    const std::size_t dot = place.find('.');
    if (dot == std::string_view::npos) return std::optional<element>();
    const FoundMember below = FindMember(object, place.substr(0, dot));
    if (below.count > 1) return Malformed("a member stands in the question twice");
    if (below.count == 0) return std::optional<element>();
    object = below.value;
    place.remove_prefix(dot + 1);
  }
}

// The text at `place`; absent when nothing stands there, or null, or an empty text.
Result<std::optional<std::string>> TextAt(element object, std::string_view place) {
  const std::optional<element> found = PROVISO_TRY(FindPlace(object, place));
  if (!found) return std::optional<std::string>();
  std::string_view text;
  if (found->get(text) != simdjson::SUCCESS) return Malformed("an id is no text");
  return std::optional<std::string>(text);
}

// Adds what stands in `object`, the part of the question called `part`, to `question`.
Status AddProjects(element object, std::string_view part, const std::vector<std::string>& places,
                   OsloQuestion& question) {
  if (object.type() != element_type::OBJECT) return Malformed("a part is no object");
  for (const std::string_view place : places) {
    if (!place.starts_with(part) || place.substr(part.size(), 1) != ".") continue;
    std::optional<std::string> project = PROVISO_TRY(TextAt(object, place.substr(part.size() + 1)));
    if (!project || std::ranges::count(question.projects, *project) > 0) continue;
    question.projects.push_back(*std::move(project));
  }
  return {};
}

Status AddCaller(element credentials, OsloQuestion& question) {
  question.caller = PROVISO_TRY(TextAt(credentials, "project_id"));
  const FoundMember roles = FindMember(credentials, "roles");
  if (roles.count > 1) return Malformed("a member stands in the question twice");
  simdjson::dom::array list;
  if (roles.count == 0 || roles.value.is_null()) return {};
  if (roles.value.get(list) != simdjson::SUCCESS) return Malformed("the roles are no list");
  for (const element role : list) {
    std::string_view name;
    if (role.get(name) != simdjson::SUCCESS) return Malformed("a role is no text");
    question.roles.emplace_back(name);
  }
  return {};
}

Status AddRule(element rule, OsloQuestion& question) {
  std::string_view name;
  if (rule.get(name) != simdjson::SUCCESS) return Malformed("the rule is no text");
  question.rule = name;
  return {};
}

}  // namespace

Result<OsloQuestion> OsloReader::Read(const http_server::Request& request,
                                      const std::vector<std::string>& places) {
  const Wiping wiping(*this);
  if (HasMediaType(request, "application/json")) return ReadObject(request.body, places);
  if (HasMediaType(request, "application/x-www-form-urlencoded")) {
    return ReadForm(request.body, places);
  }
  return Malformed("expected a form or a JSON object");
}

Result<OsloQuestion> OsloReader::ReadObject(std::string_view body,
                                            const std::vector<std::string>& places) {
  const element root = PROVISO_TRY(json_.Parse(body));
  const FoundMember rule = FindMember(root, "rule");
  const FoundMember target = FindMember(root, kTarget);
  const FoundMember credentials = FindMember(root, kCredentials);
  if (!rule.once() || !target.once() || !credentials.once()) {
    return Malformed("expected `rule`, `target` and `credentials`, each once");
  }
  OsloQuestion question;
  PROVISO_TRY(AddRule(rule.value, question));
  PROVISO_TRY(AddProjects(target.value, kTarget, places, question));
  PROVISO_TRY(AddProjects(credentials.value, kCredentials, places, question));
  PROVISO_TRY(AddCaller(credentials.value, question));
  return question;
}

Result<OsloQuestion> OsloReader::ReadForm(std::string_view body,
                                          const std::vector<std::string>& places) {
  OsloQuestion question;
  PROVISO_TRY(AddRule(PROVISO_TRY(ParseField(body, "rule")), question));
  PROVISO_TRY(AddProjects(PROVISO_TRY(ParseField(body, kTarget)), kTarget, places, question));
  const element credentials = PROVISO_TRY(ParseField(body, kCredentials));
  PROVISO_TRY(AddProjects(credentials, kCredentials, places, question));
  PROVISO_TRY(AddCaller(credentials, question));
  return question;
}

Result<element> OsloReader::ParseField(std::string_view body, std::string_view name) {
  const std::optional<std::string_view> encoded = FormValue(body, name);
  explicit_bzero(decoded_.data(), decoded_.size());
  decoded_.clear();
  decoded_.reserve(body.size());  // so that no copy of it is left behind by growing
  if (!encoded || !DecodeFormValue(*encoded, decoded_)) {
    return Malformed("expected `" + std::string(name) + "` once, in a form");
  }
  return json_.Parse(decoded_);
}

void OsloReader::Wipe() {
  json_.Wipe();
  explicit_bzero(decoded_.data(), decoded_.size());
  decoded_.clear();
}

}  // namespace proviso::points
