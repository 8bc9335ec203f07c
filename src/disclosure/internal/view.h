#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "disclosure/internal/words.h"
#include "disclosure/statement.h"

namespace proviso::disclosure {

// One case as one audience may see it: every value that is not open to all goes through here, and
// comes out empty where the table of audience.h says so. The inputs must outlive it.
class View {
 public:
  // `reader`: the customer that a text to the customer speaks to, whose own letters may be quoted.
  View(const StatementInputs& inputs, const review::Case& of, Audience audience,
       const catalogue::Customer* reader = nullptr);

  Audience audience() const { return audience_; }
  bool Shows(Field field) const { return SightOf(audience_, field) == Sight::kShown; }
  // The value, or nothing.
  std::string Of(Field field, std::string_view value) const;

  // Name and id, as far as they may be seen; empty when neither may.
  Text Customer(const catalogue::Customer& customer) const;
  Text Unit(std::string_view id) const;
  Text Subscription(std::string_view id) const;
  Text Service(std::string_view id) const;
  Text Region(std::string_view id) const;
  Text Class(std::string_view id) const;

  // The words of a claim: the reviewer's, unless they are those of a source that must not show.
  std::string ClaimText(const review::Claim& claim) const;

  // A claim that was made in public: a sentence of an article that was joined to the case.
  struct Published {
    std::string sentence;
    bool denial = false;
    std::optional<checks::Outcome> outcome;  // of the finding that stands
  };
  std::vector<Published> PublishedClaims() const;

 private:
  const review::ReceivedReport* SourceOf(const review::Claim& claim) const;
  // True when the claim's words are, or hold, words of a letter, notice or other private document.
  bool TakenFromALetter(const review::Claim& claim) const;

  // Whether the reader itself gave us this report.
  bool IsOwn(const review::ReceivedReport& report) const;

  const StatementInputs& in_;
  const review::Case& case_;
  Audience audience_;
  const catalogue::Customer* reader_;
  std::vector<std::string> articles_;  // texts of those that were joined
};

}  // namespace proviso::disclosure
