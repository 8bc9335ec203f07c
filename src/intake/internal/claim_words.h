#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/catalogue.h"

namespace proviso::intake {

// What everyday words say about a sentence; all take it in lower case, as LowerCase gives it.

// A capability class and the words that stand for it.
struct ClassMatch {
  std::string id;    // of a class of the catalogue; several joined by ","
  std::string word;  // "terabytes"
};
std::vector<ClassMatch> FindClasses(std::string_view lower, const catalogue::Catalogue& catalogue);

struct RegionMatch {
  std::string id;
  std::string word;  // "the netherlands"
};
std::optional<RegionMatch> FindRegion(std::string_view lower,
                                      const catalogue::Catalogue& catalogue);

// The sentence in lower case without what only looks like a class: the "Cloud" of a company's name,
// and names with a number as "em-compute-03". Places stay.
std::string WithoutNames(std::string_view sentence, std::string lower);

// Whether the sentence is about customers as such, or says that nothing can be seen.
bool IsGeneral(std::string_view lower);

// The word by which somebody does something; empty when none does.
std::string FindDeed(std::string_view lower);

// Words that deny by themselves ("denied"), and words that deny the deed or
// the class that stands right behind them ("not").
std::string FindDenial(std::string_view lower);
std::string FindNegation(std::string_view lower, const catalogue::Catalogue& catalogue);

// Whether the sentence says what would or should be, not what is.
bool IsSupposed(std::string_view lower);

// Whether the sentence points back at somebody who was named before.
bool PointsBack(std::string_view lower);

// The figure that a claim about the class is about, as the sentence has it; empty when it gives
// none. Amounts of data belong to storage and transfer, all others to other classes.
std::string FindQuantity(std::string_view sentence, std::string_view capability_class);

}  // namespace proviso::intake
