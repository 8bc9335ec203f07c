#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "catalogue/customers.h"

namespace proviso::records {

// Tells which kept rows of a register name a customer or a subscription that the customers file
// does not have, or the subscription of another customer. Such rows are kept: registers also hold
// customers who left, a corrected customers file makes them count, and a row set aside could not
// be imported again.
class PartyCheck {
 public:
  // Told one by one; of more, only how many.
  static constexpr std::size_t kPartiesToldMax = 20;

  // Kept to be told; a register may name another party in each of its rows.
  static constexpr std::size_t kPartiesKeptMax = 10'000;

  // `customers`: nullptr when nothing is to be checked; it must outlive this.
  explicit PartyCheck(const catalogue::Customers* customers) : customers_(customers) {}

  // `cells` as RowCheck has let them through.
  void Check(std::uint64_t line, const std::vector<std::string>& cells);
  // For people, in the order of the lines. A text that has not the form of an id is not repeated:
  // it may be anything.
  std::vector<std::string> Oddities() const;

 private:
  enum class Fault { kUnknownCustomer, kUnknownSubscription, kOfAnotherCustomer };
  struct Party {
    Fault fault = Fault::kUnknownCustomer;
    std::string id;
    auto operator<=>(const Party&) const = default;
  };
  struct Rows {
    std::uint64_t first_line = 0;
    std::uint64_t count = 0;
  };
  using Parties = std::map<Party, Rows>;
  void Note(Fault fault, const std::string& id, std::uint64_t line);
  static std::string Told(const Party& party, const Rows& rows);

  const catalogue::Customers* customers_;
  Parties parties_;                // the first kPartiesKeptMax of them
  std::uint64_t rows_beyond_ = 0;  // that name a party which is not among those
};

}  // namespace proviso::records
