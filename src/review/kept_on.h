#pragma once

#include <functional>
#include <map>
#include <string>

#include "catalogue/catalogue.h"
#include "review/state.h"
#include "terms/terms.h"

namespace proviso::review {

// Whether what is in force leaves on, by `catalogue`, what each decision must leave on: the classes
// that the terms of its own plan keep on, and what its own decision file does. Terms of another
// customer, or another version, do not bind it. To be asked before an adoption or a catalogue is
// recorded, of the state as it would be then. kFailedPrecondition names decision, restriction and
// service; also when the terms of a plan in force are not among `terms_by_name` ("id@version"),
// for then nobody can tell.
Status CheckKeptOn(const ReviewState& state, const catalogue::Catalogue& catalogue,
                   const std::map<std::string, terms::Terms, std::less<>>& terms_by_name);

}  // namespace proviso::review
