#pragma once

#include <string>

#include "disclosure/document.h"
#include "disclosure/statement.h"
#include "service/state.h"

namespace proviso::service {

// What letters that go out at `now` are written from; `terms` may be empty where a letter needs
// none.
Result<disclosure::StatementInputs> LetterInputs(const State& state, const std::string& terms,
                                                 Time now);

// A letter in its three renderings, and the hash of the Markdown: what is signed and issued.
Json LetterJson(const disclosure::Document& document);

}  // namespace proviso::service
