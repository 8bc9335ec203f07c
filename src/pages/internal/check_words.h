#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/time.h"

namespace proviso::pages {

// Days from `begin` up to and without `end`, as a check names them.
struct Period {
  Date begin;
  Date end;
  std::string words;  // "15 July 2026", "March 2026"
  std::string label;  // "15 Jul", "Mar 2026"
  bool operator==(const Period&) const = default;
};

// A check as far as its text shows it without knowing its form: what this program does not know yet
// is still shown, as written.
struct CheckWords {
  std::string title;  // "Object storage of Example Signals Unit in nl-1, 15 July 2026: ..."
  std::string capability_class;  // as written; empty when the text names none
  std::string second_class;      // of `with` and `per`
  std::string asked;             // "at least 5 PB"; empty when the text holds no comparison
  std::vector<Period> periods;   // in the order of the text
};

// `names` is the object of display names of a case page, or null: {"units": {id: name}, ...}.
CheckWords ReadCheck(const Json& check_result, const Json* names);

// "object-storage" as "Object storage".
std::string ClassInWords(std::string_view capability_class);
// The name that `names` gives `id` of `kind` ("units", "regions", ...), or the id.
std::string NameOf(const Json* names, std::string_view kind, std::string_view id);

}  // namespace proviso::pages
