#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "disclosure/internal/standing.h"
#include "disclosure/internal/subject.h"
#include "disclosure/internal/view.h"

namespace proviso::disclosure {

// The parts that letters to the customer about one decision share, each written once into the words
// and the data of a document. Subject and inputs must outlive it.
class Letter {
 public:
  // Whether what is told holds, or is only intended.
  enum class Mood { kDecided, kIntended };
  // The documents of a review that came in up to a turn of it.
  struct Arrivals {
    std::string when;                           // in words
    std::optional<Date> until;                  // absent: since the last turn
    std::map<std::string, std::size_t> counts;  // by kind
  };

  Letter(const StatementInputs& inputs, const Subject& subject, Mood mood);

  Document& document() { return doc_; }
  const View& view() const { return view_; }

  void Head(std::string_view kind, std::string_view title);
  void Restricted();
  void TakesThePlaceOf();
  void AlsoHit();
  void StaysOn();
  void KeptData();
  void Ground();
  void Origin();
  void Facts();
  void Incompatible();
  void References();
  // Subscriptions, services and regions of one restriction.
  std::vector<Text> Coverage(const enforcement::Restriction& restriction) const;

 private:
  Json FactOf(const review::Finding& finding, const review::Claim& claim);
  Json::Array Computed(const review::Claim& claim, std::vector<Text>& items) const;
  void Arrived(const std::vector<Arrivals>& all);
  void Attributed();
  std::string Since(const enforcement::Restriction& restriction,
                    const std::optional<Time>& asked) const;
  bool IsOurs(const std::string& subscription) const;
  bool intended() const { return mood_ == Mood::kIntended; }
  // The lines of one restriction in the words to the customer: what it stops, since and until when.
  std::string StoppedBeside(std::size_t index, enforcement::OperationSet goes_on) const;
  std::vector<Text> Terms(std::size_t index) const;
  std::string Until(const enforcement::Restriction& restriction) const;

  const StatementInputs& in_;
  const Subject& about_;
  View view_;
  Mood mood_;
  Standing standing_;
  Document doc_;
};

}  // namespace proviso::disclosure
