#include "records/party_check.h"

#include <algorithm>
#include <utility>

#include "records/register_rows.h"

namespace proviso::records {

void PartyCheck::Check(std::uint64_t line, const std::vector<std::string>& cells) {
  if (customers_ == nullptr) return;
  const std::string& customer = cells[kCustomerPlace];
  const std::string& subscription = cells[kSubscriptionPlace];
  if (customers_->FindCustomer(customer) == nullptr) {
    Note(Fault::kUnknownCustomer, customer, line);
    // Whether the subscription is known says no more about the row.
    return;
  }
  if (subscription.empty()) return;
  const catalogue::Customer* const owner = customers_->CustomerOfSubscription(subscription);
  if (owner == nullptr) {
    Note(Fault::kUnknownSubscription, subscription, line);
  } else if (owner->id != customer) {
    Note(Fault::kOfAnotherCustomer, subscription, line);
  }
}

void PartyCheck::Note(Fault fault, const std::string& id, std::uint64_t line) {
  Party party{fault, id};
  if (parties_.size() == kPartiesKeptMax && !parties_.contains(party)) {
    ++rows_beyond_;
    return;
  }
  const auto [place, added] = parties_.try_emplace(std::move(party), Rows{line, 0});
  ++place->second.count;
}

std::string PartyCheck::Told(const Party& party, const Rows& rows) {
  const bool customer = party.fault == Fault::kUnknownCustomer;
  std::string text = "line " + std::to_string(rows.first_line) + " column `" +
                     (customer ? "customer" : "subscription") + "`: ";
  text += IsNumberOfARegister(party.id) ? "`" + party.id + "`" : "what stands there";
  text += party.fault == Fault::kOfAnotherCustomer ? " is another customer's in the customers file"
                                                   : " is not in the customers file";
  return text + "; rows kept with it: " + std::to_string(rows.count);
}

std::vector<std::string> PartyCheck::Oddities() const {
  std::vector<const Parties::value_type*> told;
  for (const Parties::value_type& item : parties_) told.push_back(&item);
  const std::size_t shown = std::min(told.size(), kPartiesToldMax);
  // One row has one party.
  std::ranges::partial_sort(told, told.begin() + static_cast<std::ptrdiff_t>(shown), {},
                            [](const auto* item) { return item->second.first_line; });
  std::vector<std::string> oddities;
  for (std::size_t i = 0; i < shown; ++i) {
    oddities.push_back(Told(told[i]->first, told[i]->second));
  }
  if (told.size() > shown) {
    oddities.push_back("and " + std::to_string(told.size() - shown) +
                       " more customers or subscriptions that are not as in the customers file");
  }
  if (rows_beyond_ != 0) {
    oddities.push_back("and still others, which were not told apart; rows kept with them: " +
                       std::to_string(rows_beyond_));
  }
  return oddities;
}

}  // namespace proviso::records
