#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/time.h"
#include "catalogue/faults.h"
#include "catalogue/yaml.h"

namespace proviso::catalogue {

// Reads the members of one map. Each getter names a key, adds a fault when its value is missing or
// not what is expected, and then yields an empty value, so that reading goes on and finds the
// other faults. Finish() reports the keys that no getter named: always call it. `node` and `faults`
// must outlive it.
//
//   YamlMap map(node, "service", faults);
//   service.id = map.Text("id");
//   service.regions = map.Texts("regions");
//   map.Finish();
class YamlMap {
 public:
  // `what` is the word for the thing in messages: "service", or "file" for a whole document. A node
  // that is no map is a fault; every key is then absent, and no further fault is added.
  YamlMap(const YamlNode& node, std::string what, Faults& faults);

  // After the id is known: messages then say "service `blob-store`".
  void Name(std::string_view id);

  bool Has(std::string_view key);        // present, and not null
  int Line(std::string_view key) const;  // of the value; of the map when the key is absent
  int line() const { return node_.line(); }

  std::string Text(std::string_view key);  // required, and not empty
  std::string TextOr(std::string_view key, std::string_view otherwise);
  std::string Id(std::string_view key);         // required; as IdProblem wants it
  std::string ForeignId(std::string_view key);  // required; as ForeignIdProblem wants it
  std::string Label(std::string_view key);  // required; one line for people, as ForeignIdProblem
  std::int64_t Integer(std::string_view key, std::int64_t min, std::int64_t max);
  std::int64_t IntegerOr(std::string_view key, std::int64_t otherwise, std::int64_t min,
                         std::int64_t max);
  bool BoolOr(std::string_view key, bool otherwise);
  Decimal DecimalOr(std::string_view key, Decimal otherwise);
  Date DateAt(std::string_view key);                 // required: "2026-11-22"
  std::optional<Time> TimeAt(std::string_view key);  // "2026-11-22T09:30:00Z", or absent

  // A list of texts: `[a, b]`. One text alone is a fault. Required forms refuse an empty list.
  std::vector<std::string> Texts(std::string_view key);
  std::vector<std::string> TextsOrNone(std::string_view key);

  // The items of a list, to be read one by one. Required forms refuse an empty list.
  const std::vector<YamlNode>& Items(std::string_view key);
  const std::vector<YamlNode>& ItemsOrNone(std::string_view key);

  // A map below this one; nullptr when absent (a fault in the required form) or no map (a fault).
  const YamlNode* Map(std::string_view key);
  const YamlNode* MapOrNone(std::string_view key);

  // The value as it is, or nullptr.
  const YamlNode* Any(std::string_view key);

  // Adds "service `x`: " before `fault`.
  void AddFault(std::string_view key, std::string_view fault);

  // Reports keys that no getter has named, each with the nearest one that was; and keys without a
  // value (`keep_on:` alone), which to the getters are absent: nobody can tell what was meant.
  void Finish();

 private:
  const YamlNode* Known(std::string_view key);     // remembers the key; nullptr when absent or null
  const YamlNode* Required(std::string_view key);  // the same, with a fault when absent
  std::string TextOf(std::string_view key, const YamlNode& value);
  std::vector<std::string> TextsOf(std::string_view key, const YamlNode& value);
  std::int64_t IntegerOf(std::string_view key, const YamlNode& value, std::int64_t min,
                         std::int64_t max);

  const YamlNode& node_;
  std::string what_;
  Faults& faults_;
  std::set<std::string, std::less<>> known_;
};

// Reports the second of two equal ids, with the line of the first.
class UniqueIds {
 public:
  // Notes the id that `map` has at `key`. An empty id, a fault elsewhere, is not noted.
  void Note(YamlMap& map, std::string_view key, const std::string& id);
  bool Contains(std::string_view id) const { return lines_.contains(id); }
  std::vector<std::string> ids() const;  // sorted

 private:
  std::map<std::string, int, std::less<>> lines_;
};

// The first problem of an id of ours ([A-Za-z0-9._-], 1 to 64 of them), or absent.
std::optional<std::string> IdProblem(std::string_view id);
// The same for ids that come from billing data, and for names: 1 to 255 bytes of printable UTF-8.
std::optional<std::string> ForeignIdProblem(std::string_view id);

}  // namespace proviso::catalogue
