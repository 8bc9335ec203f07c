#include <algorithm>
#include <charconv>
#include <functional>
#include <optional>
#include <vector>

#include "base/json.h"
#include "points/authzen.h"
#include "points/operations.h"

namespace proviso::points {
namespace {

using simdjson::dom::element;

constexpr std::size_t kThingsALook = 1000;

tl::unexpected<Error> Malformed(std::string message) {
  return Fail(ErrorCode::kInvalidArgument, std::move(message));
}

bool IsAmong(std::string_view word, const std::vector<std::string>& words) {
  return std::ranges::find(words, word) != words.end();
}

// Which part of what is found goes into the answer.
struct Page {
  std::size_t offset = 0;  // of what could be found, allowed or not
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

// What is on one page.
struct FoundPage {
  Json results = Json::MakeArray();
  std::size_t count = 0;
  std::optional<std::size_t> next = std::nullopt;  // the offset of the next page, if there is one
};

// Goes through what could be found, and keeps what is allowed, until its page is full.
class SearchRun {
 public:
  SearchRun(const Listener& listener, const AuthzenEntities& entities, const Sight& sight,
            const Page& page)
      : listener_(listener),
        entities_(entities),
        sight_(sight),
        page_(page),
        decider_(listener, nullptr),
        budget_(sight, kThingsALook) {}

  Result<FoundPage> Find(AuthzenSought sought) {
    AuthzenAsked asked = PROVISO_TRY(AskedOf(listener_, entities_));
    asked_ = asked.asked;
    sight_.now = asked.at.value_or(sight_.now);
    // Whether anything can be decided at all.
    PROVISO_TRY(IsAllowed({.subscription = "-",
                           .service = "",
                           .region = "",
                           .operation = enforcement::Operation::kManage,
                           .repeated = {}}));
    if (!KnowsEntities(sought)) return FoundPage();
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

  // Takes from `count` things what `look` does not leave out.
  Status Walk(std::size_t count,
              const std::function<Result<std::optional<Json>>(std::size_t)>& look) {
    for (std::size_t i = page_.offset; i < count; ++i) {
      if (budget_.IsSpent()) return Fail(ErrorCode::kResourceExhausted, "cannot decide in time");
      std::optional<Json> one = PROVISO_TRY(look(i));
      if (!one) continue;
      if (found_.count == page_.limit) {
        found_.next = i;
        return {};
      }
      found_.results.Append(*std::move(one));
      ++found_.count;
    }
    return {};
  }

  Status FindSubjects() {
    const std::vector<std::string>& subjects = listener_.authzen.subjects;
    return Walk(subjects.size(), [&](std::size_t place) -> Result<std::optional<Json>> {
      asked_.subscription = subjects[place];
      if (!PROVISO_TRY(IsAllowed(asked_))) return std::nullopt;
      return Json::Of({{"type", entities_.subject->type}, {"id", subjects[place]}});
    });
  }

  Status FindActions() {
    std::vector<std::string> names;
    names.reserve(static_cast<std::size_t>(enforcement::kOperationCount));
    for (int i = 0; i < enforcement::kOperationCount; ++i) {
      names.emplace_back(enforcement::OperationName(static_cast<enforcement::Operation>(i)));
    }
    for (const WordOperation& entry : listener_.operations) {
      if (entry.property.empty() && !IsAmong(entry.word, names)) names.push_back(entry.word);
    }
    return Walk(names.size(), [&](std::size_t place) -> Result<std::optional<Json>> {
      const std::string& name = names[place];
      asked_.operation = PROVISO_TRY(AuthzenOperation(listener_, {.type = {}, .id = name}));
      if (!PROVISO_TRY(IsAllowed(asked_))) return std::nullopt;
      return Json::Of({{"name", name}});
    });
  }

  Status FindResources() {
    // The region that the request or the listener names; else each one that there is.
    const bool by_property = listener_.region.kind == Channel::Kind::kProperty;
    std::vector<std::string_view> regions = {asked_.region};
    if (by_property && asked_.region.empty()) regions = sight_.table->RegionNames();
    const std::vector<std::string_view> services = sight_.table->ServiceNames();
    const std::size_t count = services.size() * regions.size();
    return Walk(count, [&](std::size_t place) -> Result<std::optional<Json>> {
      asked_.service = services[place / regions.size()];
      asked_.region = regions[place % regions.size()];
      if (!PROVISO_TRY(IsAllowed(asked_))) return std::nullopt;
      Json one = Json::Of({{"type", entities_.resource->type}, {"id", asked_.service}});
      if (by_property && asked_.region != listener_.authzen.region_otherwise) {
        one["properties"] = Json::Of({{listener_.region.name, asked_.region}});
      }
      return one;
    });
  }

  const Listener& listener_;
  const AuthzenEntities& entities_;
  Sight sight_;
  const Page& page_;
  Decider decider_;
  Budget budget_;
  Asked asked_;
  FoundPage found_;
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
  FoundPage found = PROVISO_TRY(SearchRun(listener, entities, sight, page).Find(sought));
  Json answer = Json::Of({{"results", std::move(found.results)}});
  if (page.asked_for || found.next) {
    // After a page of none, the rest comes at once.
    const std::size_t limit = page.limit == 0 ? Authzen::kResultsMax : page.limit;
    const std::string token = found.next ? TokenOf(*found.next, limit, fingerprint) : std::string();
    answer["page"] = Json::Of({{"count", found.count}, {"next_token", token}});
    // How many there are in all is known where there is one page.
    if (page.offset == 0 && !found.next) answer["page"]["total"] = found.count;
  }
  return answer.Canonical();
}

}  // namespace proviso::points
