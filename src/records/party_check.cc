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
  const auto [place, added] = parties_.try_emplace(Party{fault, id}, Rows{line, 0});
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
  std::vector<std::pair<std::uint64_t, std::string>> told;
  for (const auto& [party, rows] : parties_) told.emplace_back(rows.first_line, Told(party, rows));
  std::ranges::sort(told);
  const std::size_t shown = std::min(told.size(), kPartiesToldMax);
  std::vector<std::string> oddities;
  for (std::size_t i = 0; i < shown; ++i) oddities.push_back(std::move(told[i].second));
  if (told.size() > shown) {
    oddities.push_back("and " + std::to_string(told.size() - shown) +
                       " more customers or subscriptions that are not as in the customers file");
  }
  return oddities;
}

}  // namespace proviso::records
