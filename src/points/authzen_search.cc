#include <algorithm>
#include <charconv>
#include <optional>
#include <vector>

#include "base/json.h"
#include "points/authzen.h"
#include "points/operations.h"

namespace proviso::points {
namespace {

using simdjson::dom::element;

tl::unexpected<Error> Malformed(std::string message) {
  return Fail(ErrorCode::kInvalidArgument, std::move(message));
}

bool IsAmong(std::string_view word, const std::vector<std::string>& words) {
  return std::ranges::find(words, word) != words.end();
}

// Which part of what is found goes into the answer.
struct Page {
  std::size_t offset = 0;
  std::size_t limit = Authzen::kResultsMax;
  bool asked_for = false;
};

// Tells requests apart (FNV-1a): a token belongs to the one that it was given for. Nothing is
// protected by it.
std::uint64_t Fingerprint(element root, AuthzenSought sought) {
  std::uint64_t hash = 14695981039346656037U;
  const auto add = [&hash](std::string_view text) {
    for (const char letter : text) {
      hash = (hash ^ static_cast<unsigned char>(letter)) * 1099511628211U;
    }
  };
  add(std::to_string(static_cast<int>(sought)));
  for (const char* const name : {"subject", "action", "resource", "context"}) {
    const FoundMember member = FindMember(root, name);
    add(name);
    if (member.once()) add(simdjson::minify(member.value));
  }
  return hash;
}

// The token of a page: "OFFSET.LIMIT.FINGERPRINT".
std::string TokenOf(std::size_t offset, std::size_t limit, std::uint64_t fingerprint) {
  return std::to_string(offset) + "." + std::to_string(limit) + "." + std::to_string(fingerprint);
}

Status ReadToken(std::string_view token, std::uint64_t fingerprint, Page& page) {
  std::array<std::uint64_t, 3> numbers{};
  const char* at = token.data();
  const char* const end = token.data() + token.size();
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto [next, problem] = std::from_chars(at, end, numbers.at(i));
    const bool is_last = i + 1 == numbers.size();
    if (problem != std::errc() || (is_last ? next != end : (next == end || *next != '.'))) {
      return Malformed("`page.token` is none that was given here");
    }
    at = is_last ? next : next + 1;
  }
  if (numbers[2] != fingerprint) {
    return Malformed("`page.token` belongs to another request; repeat the one that it came from");
  }
  page.offset = numbers[0];
  page.limit = std::min<std::size_t>(numbers[1], Authzen::kResultsMax);
  return {};
}

Result<Page> ReadPage(element root, std::uint64_t fingerprint) {
  Page page;
  const FoundMember member = FindMember(root, "page");
  if (member.count == 0) return page;
  if (!member.once() || member.value.type() != simdjson::dom::element_type::OBJECT) {
    return Malformed("`page` is no object, or stands there twice");
  }
  page.asked_for = true;
  const FoundMember limit = FindMember(member.value, "limit");
  std::uint64_t number = 0;
  if (limit.count > 0 && (!limit.once() || limit.value.get(number) != simdjson::SUCCESS)) {
    return Malformed("`page.limit` is no number of results");
  }
  const FoundMember token = FindMember(member.value, "token");
  std::string_view text;
  if (token.count > 0 && (!token.once() || token.value.get(text) != simdjson::SUCCESS)) {
    return Malformed("`page.token` is no string");
  }
  if (!text.empty()) {
    PROVISO_TRY(ReadToken(text, fingerprint, page));
    if (limit.once() && number != page.limit) {
      return Malformed("`page.limit` is not that of the request that the token came from");
    }
  } else if (limit.once()) {
    page.limit = std::min<std::uint64_t>(number, Authzen::kResultsMax);
  }
  return page;
}

// Goes through what could be found, and keeps what is allowed.
class SearchRun {
 public:
  SearchRun(const Listener& listener, const AuthzenEntities& entities, const Sight& sight)
      : listener_(listener), entities_(entities), sight_(sight), decider_(listener, nullptr) {}

  Result<std::vector<Json>> Find(AuthzenSought sought) {
    AuthzenAsked asked = PROVISO_TRY(AskedOf(listener_, entities_));
    asked_ = asked.asked;
    sight_.now = asked.at.value_or(sight_.now);
    // Whether anything can be decided at all.
    PROVISO_TRY(IsAllowed({.subscription = "-",
                           .service = "",
                           .region = "",
                           .operation = enforcement::Operation::kManage,
                           .repeated = {}}));
    if (!KnowsEntities(sought)) return std::vector<Json>();
    if (sought == AuthzenSought::kSubject) PROVISO_TRY(FindSubjects());
    if (sought == AuthzenSought::kResource) PROVISO_TRY(FindResources());
    if (sought == AuthzenSought::kAction) PROVISO_TRY(FindActions());
    return std::move(found_);
  }

 private:
  Result<bool> IsAllowed(const Asked& asked) const {
    const Outcome outcome = decider_.Decide(asked, sight_);
    if (IsTrouble(outcome.code)) return Fail(ErrorCode::kUnavailable, outcome.reason);
    return outcome.allowed;
  }

  bool KnowsEntities(AuthzenSought sought) const {
    const AuthzenOptions& options = listener_.authzen;
    if (!IsAmong(entities_.subject->type, options.subject_types)) return false;
    if (!IsAmong(entities_.resource->type, options.resource_types)) return false;
    if (sought != AuthzenSought::kSubject && !options.subjects.empty() &&
        !IsAmong(asked_.subscription.value_or(""), options.subjects)) {
      return false;
    }
    return sought == AuthzenSought::kResource ||
           sight_.table->ServiceNumber(asked_.service) != enforcement::DecisionTable::kUnknown;
  }

  Status FindSubjects() {
    for (const std::string& subject : listener_.authzen.subjects) {
      asked_.subscription = subject;
      if (!PROVISO_TRY(IsAllowed(asked_))) continue;
      found_.push_back(Json::Of({{"type", entities_.subject->type}, {"id", subject}}));
    }
    return {};
  }

  Status FindActions() {
    std::vector<std::string> names;
    for (int i = 0; i < enforcement::kOperationCount; ++i) {
      names.emplace_back(enforcement::OperationName(static_cast<enforcement::Operation>(i)));
    }
    for (const WordOperation& entry : listener_.operations) {
      if (entry.property.empty() && !IsAmong(entry.word, names)) names.push_back(entry.word);
    }
    for (const std::string& name : names) {
      asked_.operation = PROVISO_TRY(AuthzenOperation(listener_, {.type = {}, .id = name}));
      if (PROVISO_TRY(IsAllowed(asked_))) found_.push_back(Json::Of({{"name", name}}));
    }
    return {};
  }

  Status FindResources() {
    // The region that the request or the listener names; else each one that there is.
    const bool by_property = listener_.region.kind == Channel::Kind::kProperty;
    std::vector<std::string_view> regions = {asked_.region};
    if (by_property && asked_.region.empty()) regions = sight_.table->RegionNames();
    for (const std::string_view service : sight_.table->ServiceNames()) {
      for (const std::string_view region : regions) {
        asked_.service = service;
        asked_.region = region;
        if (!PROVISO_TRY(IsAllowed(asked_))) continue;
        Json one = Json::Of({{"type", entities_.resource->type}, {"id", service}});
        if (by_property && region != listener_.authzen.region_otherwise) {
          one["properties"] = Json::Of({{listener_.region.name, region}});
        }
        found_.push_back(std::move(one));
      }
    }
    return {};
  }

  const Listener& listener_;
  const AuthzenEntities& entities_;
  Sight sight_;
  Decider decider_;
  Asked asked_;
  std::vector<Json> found_;
};

}  // namespace

bool CanSearch(const Listener& listener, AuthzenSought sought) {
  const auto is_id = [](const Channel& channel) {
    return channel.kind == Channel::Kind::kProperty && channel.name.empty();
  };
  if (sought == AuthzenSought::kSubject) {
    return is_id(listener.subscription) && !listener.authzen.subjects.empty();
  }
  return sought != AuthzenSought::kResource || is_id(listener.service);
}

Result<std::string> SearchAuthzen(const Listener& listener, element root, AuthzenSought sought,
                                  const Sight& sight) {
  const AuthzenEntities entities = PROVISO_TRY(ReadAuthzenEntities(root, sought));
  PROVISO_TRY(CheckAuthzenEntities(entities, sought));
  const std::uint64_t fingerprint = Fingerprint(root, sought);
  const Page page = PROVISO_TRY(ReadPage(root, fingerprint));
  const std::vector<Json> found = PROVISO_TRY(SearchRun(listener, entities, sight).Find(sought));
  const std::size_t begin = std::min(page.offset, found.size());
  const std::size_t end = begin + std::min(page.limit, found.size() - begin);
  Json answer = Json::Of({{"results", Json::MakeArray()}});
  for (std::size_t i = begin; i < end; ++i) answer["results"].Append(found[i]);
  if (page.asked_for || end < found.size()) {
    // After a page of none, the rest comes at once.
    const std::size_t limit = page.limit == 0 ? Authzen::kResultsMax : page.limit;
    answer["page"] = Json::Of(
        {{"count", end - begin},
         {"total", found.size()},
         {"next_token", end < found.size() ? TokenOf(end, limit, fingerprint) : std::string()}});
  }
  return answer.Canonical();
}

}  // namespace proviso::points
