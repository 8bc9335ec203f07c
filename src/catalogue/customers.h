#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/time.h"

namespace proviso::catalogue {

class YamlNode;

// A part of a customer that a claim may name. Which subscription belongs to one is shown in a case.
struct Unit {
  std::string id;
  std::string name;
  std::vector<std::string> aliases;
};

// What services are bought in: a FOCUS sub account. `id` equals SubAccountId.
struct Subscription {
  std::string id;
  std::string name;
  // Other subscriptions that depend on this one's services; a plan lists them.
  std::vector<std::string> depended_on_by;
};

// Which terms bind a customer.
struct Contract {
  std::string terms;    // id of the terms
  std::string version;  // of the terms
  Date since;
};

// Who has the contract: a FOCUS billing account. `id` equals BillingAccountId.
struct Customer {
  std::string id;
  std::string name;
  Contract contract;
  std::vector<Unit> units;
  std::vector<Subscription> subscriptions;
};

// All customers. Immutable once made; ids of customers, units and subscriptions are unique over
// all.
class Customers {
 public:
  // Reads docs/formats/customers.md; faults as in Catalogue::FromYaml.
  static Result<Customers> FromYaml(std::string_view text, std::string_view file_name);
  static Result<Customers> FromJson(const Json& json);
  Json ToJson() const;

  const std::vector<Customer>& all() const { return customers_; }

  // nullptr when there is none.
  const Customer* FindCustomer(std::string_view id) const;
  const Customer* CustomerOfSubscription(std::string_view subscription) const;
  const Subscription* FindSubscription(std::string_view id) const;
  // By id, or by name or alias (ASCII case ignored) where that is unique.
  const Unit* FindUnit(std::string_view id_or_name) const;
  const Customer* CustomerOfUnit(std::string_view unit_id) const;

 private:
  struct Place {
    std::size_t customer;
    std::size_t part;  // unit or subscription
    bool operator==(const Place&) const = default;
  };
  template <typename Value>
  using Index = std::map<std::string, Value, std::less<>>;

  static Result<Customers> FromNode(const YamlNode& root, std::string_view file_name);
  void BuildIndex();

  std::vector<Customer> customers_;
  Index<std::size_t> by_id_;
  Index<Place> subscriptions_;
  Index<Place> units_;
  Index<std::vector<Place>> units_by_name_;  // names and aliases in lower case
};

}  // namespace proviso::catalogue
