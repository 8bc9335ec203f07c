#pragma once

#include <string>
#include <vector>

#include "base/event.h"

namespace proviso::service {

// What an entry of the log is about, by id, the nearest first: {"hearing-1","decision-1"}. Empty
// for what is about its case alone. Of the confidential parts a subscription is named, and only
// with `in_its_case`: outside of a case, nobody learns whose it is.
std::vector<std::string> SubjectOf(const Event& event, bool in_its_case);

// What it says of that in a word or two, as far as the log has it in clear: the kind of a decision
// or a notice, an outcome, an audience, a class of evidence. In its case, that a claim is a denial.
std::vector<std::string> SaidOf(const Event& event, bool in_its_case);

}  // namespace proviso::service
