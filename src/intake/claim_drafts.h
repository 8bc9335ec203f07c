#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/catalogue.h"
#include "catalogue/customers.h"
#include "intake/report.h"

namespace proviso::intake {

// A sentence of a report that says that somebody does something checkable, as far as its words
// show. A reviewer takes it over, changes it or drops it. What the sentence does not say is empty.
struct ClaimDraft {
  std::string id;         // "report-1/3": the third of report-1
  std::string report;     // "report-1"
  std::size_t begin = 0;  // of the sentence in Report.text
  std::size_t end = 0;
  std::string text;              // the sentence on one line
  std::string who;               // id of a unit, or else of a customer
  std::string capability_class;  // id; several joined by "," where the words fit several
  std::string region;            // id
  std::string place;             // as the sentence names the region: "the Netherlands"
  std::string quantity;          // "11,500 terabytes", "a million calls an hour"
  std::string time;              // "by July", "between March and July"
  bool denial = false;
  std::string why;  // which words led to what
};

// Drafts in the order of the text; a sentence that names two capability classes gives two.
std::vector<ClaimDraft> DraftClaims(std::string_view id, const Report& report,
                                    const catalogue::Catalogue& catalogue,
                                    const catalogue::Customers& customers);

}  // namespace proviso::intake
