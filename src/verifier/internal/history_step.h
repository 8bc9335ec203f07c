#pragma once

#include <optional>

#include "verifier/internal/history.h"

namespace proviso::verifier {

// An entry with its act and data read.
struct History::Step : CasePeople::Deed {
  Json data;
  std::optional<CheckedAct> act;  // absent for what nobody signed
};

}  // namespace proviso::verifier
