#include "catalogue/customers.h"

#include <algorithm>
#include <utility>

#include "catalogue/faults.h"
#include "catalogue/yaml.h"
#include "catalogue/yaml_map.h"

namespace proviso::catalogue {
namespace {

std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& character : lower) {
    if (character >= 'A' && character <= 'Z') character = static_cast<char>(character - 'A' + 'a');
  }
  return lower;
}

Contract ReadContract(YamlMap& customer, std::string_view customer_id, Faults& faults) {
  Contract contract;
  const YamlNode* node = customer.Map("contract");
  if (node == nullptr) return contract;
  YamlMap map(*node, "contract of customer `" + std::string(customer_id) + "`", faults);
  contract.terms = map.Id("terms");
  contract.version = map.Id("version");
  contract.since = map.DateAt("since");
  map.Finish();
  return contract;
}

// Reads the parts of a file, and keeps what must be checked once everything is known.
class CustomersReader {
 public:
  explicit CustomersReader(Faults& faults) : faults_(faults) {}

  Customer ReadCustomer(const YamlNode& node) {
    YamlMap map(node, "customer", faults_);
    Customer customer;
    customer.id = map.ForeignId("id");
    map.Name(customer.id);
    customers_.Note(map, "id", customer.id);
    customer.name = map.Label("name");
    customer.contract = ReadContract(map, customer.id, faults_);
    for (const YamlNode& item : map.ItemsOrNone("units")) customer.units.push_back(ReadUnit(item));
    for (const YamlNode& item : map.ItemsOrNone("subscriptions")) {
      customer.subscriptions.push_back(ReadSubscription(item));
    }
    map.Finish();
    return customer;
  }

  void CheckDependents() {
    const std::vector<std::string> ids = subscriptions_.ids();
    for (const Dependent& dependent : dependents_) {
      const std::string begin = "subscription `" + dependent.of + "`: `depended_on_by` names ";
      if (dependent.id == dependent.of) {
        faults_.Add(dependent.line, begin + "the subscription itself; remove it");
      } else if (!subscriptions_.Contains(dependent.id)) {
        faults_.Add(dependent.line, begin + "`" + dependent.id + "`, which does not exist" +
                                        DidYouMean(dependent.id, ids));
      }
    }
  }

 private:
  struct Dependent {
    std::string id;
    std::string of;
    int line;
  };

  Unit ReadUnit(const YamlNode& node) {
    YamlMap map(node, "unit", faults_);
    Unit unit;
    unit.id = map.ForeignId("id");
    map.Name(unit.id);
    units_.Note(map, "id", unit.id);
    unit.name = map.Label("name");
    unit.aliases = map.TextsOrNone("aliases");
    map.Finish();
    return unit;
  }

  Subscription ReadSubscription(const YamlNode& node) {
    YamlMap map(node, "subscription", faults_);
    Subscription subscription;
    subscription.id = map.ForeignId("id");
    map.Name(subscription.id);
    subscriptions_.Note(map, "id", subscription.id);
    subscription.name = map.Label("name");
    subscription.depended_on_by = map.TextsOrNone("depended_on_by");
    for (const std::string& id : subscription.depended_on_by) {
      dependents_.push_back({id, subscription.id, map.Line("depended_on_by")});
    }
    map.Finish();
    return subscription;
  }

  Faults& faults_;
  UniqueIds customers_;
  UniqueIds units_;
  UniqueIds subscriptions_;
  std::vector<Dependent> dependents_;
};

Json CustomerToJson(const Customer& customer) {
  Json units = Json::MakeArray();
  for (const Unit& unit : customer.units) {
    units.Append(
        Json::Of({{"id", unit.id}, {"name", unit.name}, {"aliases", ListOfTexts(unit.aliases)}}));
  }
  Json subscriptions = Json::MakeArray();
  for (const Subscription& subscription : customer.subscriptions) {
    subscriptions.Append(Json::Of({{"id", subscription.id},
                                   {"name", subscription.name},
                                   {"depended_on_by", ListOfTexts(subscription.depended_on_by)}}));
  }
  return Json::Of({{"id", customer.id},
                   {"name", customer.name},
                   {"contract", Json::Of({{"terms", customer.contract.terms},
                                          {"version", customer.contract.version},
                                          {"since", FormatDate(customer.contract.since)}})},
                   {"units", std::move(units)},
                   {"subscriptions", std::move(subscriptions)}});
}

}  // namespace

Result<Customers> Customers::FromYaml(std::string_view text, std::string_view file_name) {
  return FromNode(PROVISO_TRY(ReadYaml(text, file_name)), file_name);
}

Result<Customers> Customers::FromJson(const Json& json) {
  return FromNode(YamlFromJson(json), "customers");
}

Result<Customers> Customers::FromNode(const YamlNode& root, std::string_view file_name) {
  Faults faults(file_name);
  YamlMap map(root, "file", faults);
  CustomersReader reader(faults);
  Customers customers;
  for (const YamlNode& node : map.Items("customers")) {
    customers.customers_.push_back(reader.ReadCustomer(node));
  }
  map.Finish();
  reader.CheckDependents();
  PROVISO_TRY(faults.ToStatus());
  customers.BuildIndex();
  return customers;
}

void Customers::BuildIndex() {
  for (std::size_t i = 0; i < customers_.size(); ++i) {
    const Customer& customer = customers_[i];
    by_id_.emplace(customer.id, i);
    for (std::size_t part = 0; part < customer.subscriptions.size(); ++part) {
      subscriptions_.emplace(customer.subscriptions[part].id, Place{i, part});
    }
    for (std::size_t part = 0; part < customer.units.size(); ++part) {
      const Unit& unit = customer.units[part];
      const Place place{i, part};
      units_.emplace(unit.id, place);
      std::vector<std::string> names = unit.aliases;
      names.push_back(unit.name);
      for (const std::string& name : names) {
        std::vector<Place>& places = units_by_name_[Lower(name)];
        // A name that repeats an alias of the same unit is still unique.
        if (places.empty() || places.back() != place) places.push_back(place);
      }
    }
  }
}

Json Customers::ToJson() const {
  Json customers = Json::MakeArray();
  for (const Customer& customer : customers_) customers.Append(CustomerToJson(customer));
  return Json::Of({{"customers", std::move(customers)}});
}

const Customer* Customers::FindCustomer(std::string_view id) const {
  const auto found = by_id_.find(id);
  return found == by_id_.end() ? nullptr : &customers_[found->second];
}

const Customer* Customers::CustomerOfSubscription(std::string_view subscription) const {
  const auto found = subscriptions_.find(subscription);
  return found == subscriptions_.end() ? nullptr : &customers_[found->second.customer];
}

const Subscription* Customers::FindSubscription(std::string_view id) const {
  const auto found = subscriptions_.find(id);
  if (found == subscriptions_.end()) return nullptr;
  return &customers_[found->second.customer].subscriptions[found->second.part];
}

const Unit* Customers::FindUnit(std::string_view id_or_name) const {
  const auto by_id = units_.find(id_or_name);
  if (by_id != units_.end()) {
    return &customers_[by_id->second.customer].units[by_id->second.part];
  }
  const auto by_name = units_by_name_.find(Lower(id_or_name));
  if (by_name == units_by_name_.end() || by_name->second.size() != 1) return nullptr;
  const Place place = by_name->second.front();
  return &customers_[place.customer].units[place.part];
}

const Customer* Customers::CustomerOfUnit(std::string_view unit_id) const {
  const auto found = units_.find(unit_id);
  return found == units_.end() ? nullptr : &customers_[found->second.customer];
}

}  // namespace proviso::catalogue
