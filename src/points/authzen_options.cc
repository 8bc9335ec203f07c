#include "points/authzen_options.h"

#include "points/listener.h"

namespace proviso::points {
namespace {

constexpr std::size_t kSubjectsMax = 10'000;

// The types at `key`, which stay as they are when it is absent.
void ReadTypes(catalogue::YamlMap& listener, std::string_view key,
               std::vector<std::string>& types) {
  if (listener.Has(key)) types = listener.Texts(key);
}

std::string ReadIdentifier(catalogue::YamlMap& listener) {
  constexpr std::string_view kScheme = "https://";
  std::string url = listener.TextOr("policy_decision_point", "");
  if (!url.empty() && (!url.starts_with(kScheme) || url.size() == kScheme.size() ||
                       url.find_first_of("?# \t") != std::string::npos || url.ends_with('/'))) {
    listener.AddFault("policy_decision_point",
                      "`" + url + "` does not identify a decision point; expected an https URL " +
                          "without query, fragment and final `/`: `https://pdp.example.com`");
  }
  return url;
}

// Reads `{property: NAME}` or `{constant: VALUE}` at `key`.
Channel ReadWord(catalogue::YamlMap& listener, const std::string& key, catalogue::Faults& faults,
                 Channel otherwise) {
  const catalogue::YamlNode* const node = listener.MapOrNone(key);
  if (node == nullptr) return otherwise;
  catalogue::YamlMap map(*node, key, faults);
  const bool is_property = map.Has("property");
  if (is_property == map.Has("constant")) {
    faults.Add(node->line(), "`" + key + "` needs one source; with protocol `authzen` give one " +
                                 "of `property: NAME`, `constant: VALUE`");
  }
  Channel channel;
  if (is_property) {
    channel = {Channel::Kind::kProperty, map.ForeignId("property")};
  } else if (map.Has("constant")) {
    channel = {Channel::Kind::kConstant, map.ForeignId("constant")};
  }
  map.Finish();
  return channel;
}

AuthzenOptions ReadAuthzenOptions(catalogue::YamlMap& listener) {
  AuthzenOptions options;
  ReadTypes(listener, "subject_types", options.subject_types);
  ReadTypes(listener, "resource_types", options.resource_types);
  options.region_otherwise = listener.TextOr("region_otherwise", "");
  options.subjects = listener.TextsOrNone("subjects");
  if (options.subjects.size() > kSubjectsMax) {
    listener.AddFault(
        "subjects", "a search looks through at most " + std::to_string(kSubjectsMax) + " subjects");
  }
  options.believes_time = listener.BoolOr("believes_time", false);
  options.policy_decision_point = ReadIdentifier(listener);
  return options;
}

}  // namespace

void ReadAuthzenWords(catalogue::YamlMap& map, catalogue::Faults& faults, Listener& listener) {
  listener.subscription = ReadWord(map, "subscription", faults, listener.subscription);
  listener.service = ReadWord(map, "service", faults, listener.service);
  listener.region = ReadWord(map, "region", faults, listener.region);
  listener.operations = ReadWordOperations(map, faults, /*with_properties=*/true);
  listener.authzen = ReadAuthzenOptions(map);
  if (!listener.authzen.subjects.empty() &&
      !(listener.subscription == Channel{Channel::Kind::kProperty, ""})) {
    map.AddFault("subjects", "subjects are found where their ids are subscriptions; leave " +
                                 std::string("`subscription` out, or `subjects`"));
  }
}

}  // namespace proviso::points
