#include "verifier/internal/entry.h"

#include <algorithm>
#include <array>
#include <chrono>

#include "verifier/internal/addenda_index.h"

namespace proviso::verifier {
namespace {

constexpr std::size_t kDigestSize = 32;

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// What stands between the quotes; absent when the JSON text is no string, or an empty one.
std::optional<std::string_view> Text(std::string_view json) {
  if (json.size() < 3 || json.front() != '"') return std::nullopt;
  return json.substr(1, json.size() - 2);
}

// How many texts the array holds; absent when it holds anything else, or they are not in order,
// each once.
std::optional<std::size_t> CountTexts(std::string_view json) {
  if (json == "[]") return std::size_t{0};
  if (!json.starts_with('[')) return std::nullopt;
  std::size_t count = 0;
  std::string_view last;
  for (std::size_t at = 1; at < json.size(); ++at) {
    if (json[at] != '"') return std::nullopt;
    const std::size_t begin = at++;
    while (json[at] != '"') at += json[at] == '\\' ? 2U : 1U;
    ++at;  // now at the comma, or at the end of the array
    const auto text = Text(json.substr(begin, at - begin));
    if (!text || *text <= last) return std::nullopt;
    last = *text;
    ++count;
  }
  return count;
}

std::string Expected(std::string_view member, std::string_view what, std::string_view found) {
  return "expected `" + std::string(member) + "` to be " + std::string(what) + ", found `" +
         std::string(found.substr(0, 80)) + "`";
}

}  // namespace

bool IsTimeText(std::string_view text) {
  constexpr std::string_view kForm = "0000-00-00T00:00:00.000Z";
  if (text.size() != kForm.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool matches = kForm[i] == '0' ? IsDigit(text[i]) : text[i] == kForm[i];
    if (!matches) return false;
  }
  const auto number = [&](std::size_t at, std::size_t digits) {
    int value = 0;
    for (const char digit : text.substr(at, digits)) value = value * 10 + (digit - '0');
    return value;
  };
  const std::chrono::year_month_day day{std::chrono::year{number(0, 4)},
                                        std::chrono::month{static_cast<unsigned>(number(5, 2))},
                                        std::chrono::day{static_cast<unsigned>(number(8, 2))}};
  return day.ok() && number(11, 2) < 24 && number(14, 2) < 60 && number(17, 2) < 60;
}

// tlog-addenda lets digests stand anywhere in the content; ours follow the JSON, in order.
std::optional<std::string> EntryReader::Read(ByteView bytes, Entry& entry) {
  AddendaIndex index;
  if (const auto fault = ReadAddendaIndex(bytes, index)) return fault;
  const std::size_t digests = index.count * kDigestSize;
  if (index.content.size() < digests) {
    return "expected " + std::to_string(digests) + " bytes for " + std::to_string(index.count) +
           " digests, found " + std::to_string(index.content.size());
  }
  const std::size_t json_size = index.content.size() - digests;
  for (std::size_t i = 0; i < index.count; ++i) {
    const std::size_t expected = json_size + i * kDigestSize;
    if (const std::size_t found = index.Offset(i); found != expected) {
      return "addendum " + std::to_string(i) + ": expected its digest at " +
             std::to_string(expected) + ", found " + std::to_string(found);
    }
  }
  return ReadEnvelope(AsText(index.content.first(json_size)), index.count, entry);
}

std::optional<std::string> EntryReader::ReadEnvelope(std::string_view json, std::size_t digests,
                                                     Entry& entry) {
  if (const auto fault = ReadCanonicalObject(json, members_)) {
    return "not canonical JSON: byte " + std::to_string(fault->at) + ": " + fault->what;
  }
  constexpr std::array<std::string_view, 8> kMembers = {"act",  "actor", "addenda", "case",
                                                        "data", "time",  "type",    "v"};
  std::array<std::string_view, kMembers.size()> values;
  for (const RawMember& member : members_) {
    const auto* known = std::find(kMembers.begin(), kMembers.end(), member.key);
    if (known == kMembers.end()) {
      return "unknown member `" + std::string(member.key.substr(0, 80)) + "`";
    }
    values[static_cast<std::size_t>(known - kMembers.begin())] = member.value;
  }
  for (std::size_t i = 0; i < kMembers.size(); ++i) {
    if (values[i].empty() && kMembers[i] != "case") {
      return "the member `" + std::string(kMembers[i]) + "` is missing";
    }
  }
  const auto& [act, actor, addenda, case_id, data, time, type, version] = values;
  if (version != "1") return Expected("v", "1", version);
  if (!act.starts_with('{') && act != "null") return Expected("act", "an object or null", act);
  if (!data.starts_with('{')) return Expected("data", "an object", data);
  const auto actor_text = Text(actor);
  if (!actor_text) return Expected("actor", "a text", actor);
  const auto type_text = Text(type);
  if (!type_text) return Expected("type", "a text", type);
  const auto case_text = case_id.empty() ? std::optional<std::string_view>("") : Text(case_id);
  if (!case_text) return Expected("case", "a text", case_id);
  if (!time.starts_with('"') || !IsTimeText(time.substr(1, time.size() - 2))) {
    return Expected("time", "a time in UTC with milliseconds", time);
  }
  const auto names = CountTexts(addenda);
  if (!names) return Expected("addenda", "different texts in order", addenda);
  if (*names != digests) {
    return "expected as many addenda as names, found " + std::to_string(digests) + " and " +
           std::to_string(*names);
  }
  entry = Entry{.envelope = json,
                .act = act,
                .actor = *actor_text,
                .case_id = *case_text,
                .data = data,
                .time = time.substr(1, time.size() - 2),
                .type = *type_text};
  return std::nullopt;
}

}  // namespace proviso::verifier
