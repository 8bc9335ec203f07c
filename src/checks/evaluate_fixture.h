#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "checks/evaluate.h"

namespace proviso::checks {

constexpr std::string_view kTestCatalogue = R"(
regions:
  - {id: nl-1, name: Netherlands}
classes:
  - {id: object-storage, name: Object storage, kind: level, unit: GB}
  - {id: speech-to-text, name: Speech to text, kind: flow, unit: h}
services:
  - id: blob-store
    name: Blob Store
    class: object-storage
    regions: [nl-1]
    meters:
      - {service_name: Blob Store, unit: GB-Hours, factor: 1}
)";
constexpr std::string_view kTestCustomers = R"(
customers:
  - id: example-ministry
    name: Example Ministry
    contract: {terms: t, version: v, since: 2021-03-01}
    units:
      - {id: signals, name: Example Signals Unit, aliases: [E-17]}
      - {id: logistics, name: Example Logistics, aliases: []}
    subscriptions:
      - {id: sub-b, name: b}
      - {id: sub-a, name: a}
      - {id: sub-c, name: c}
)";

inline Decimal D(std::string_view text) { return Decimal::Parse(text).value(); }
inline Date Day(std::string_view text) { return ParseDate(text).value(); }
inline Month M(std::string_view text) { return ParseMonth(text).value(); }

// The same amount on each day of [from, to), beside what `measured` has.
inline void FillDays(Measured& measured, std::string_view from, std::string_view to,
                     std::string_view amount) {
  DailySeries& total = measured.total;
  if (total.values.empty()) total.first = Day(from);
  const auto size = static_cast<std::size_t>((Day(to) - total.first).count());
  total.values.resize(std::max(size, total.values.size()));
  for (Date day = Day(from); day < Day(to); day += std::chrono::days{1}) {
    total.values[static_cast<std::size_t>((day - total.first).count())] = D(amount);
  }
}

// An agreement with the subscriptions that it covers; with none: the customer as a whole.
struct FakeAgreement {
  Agreement agreement;
  std::set<std::string> subscriptions;
};

// Answers with what the test has put in, and keeps the questions.
class FakeFacts final : public Facts {
 public:
  Result<Measured> Measure(const Measurement& measurement) override {
    asked.push_back(measurement);
    const auto own = by_class.find(measurement.capability_class);
    return own == by_class.end() ? answer : own->second;
  }
  Result<Billed> Bill(const InvoiceQuestion& question) override {
    asked_invoices.push_back(question);
    return billed;
  }
  Result<Contracted> Contracts(const ContractQuestion& question) override {
    asked_contracts.push_back(question);
    Contracted contracted;
    contracted.covered = contracts_covered;
    contracted.query = "contracts";
    contracted.inputs = {"c1"};
    for (const FakeAgreement& item : agreements) {
      const bool all =
          std::all_of(question.subscriptions.begin(), question.subscriptions.end(),
                      [&](const std::string& id) { return item.subscriptions.contains(id); });
      const bool covers = item.subscriptions.empty() || (!question.subscriptions.empty() && all);
      const bool in_force = item.agreement.from <= question.at &&
                            (!item.agreement.until || question.at < *item.agreement.until);
      if (covers && in_force) contracted.agreements.push_back(item.agreement);
    }
    return contracted;
  }
  void Fill(std::string_view from, std::string_view to, std::string_view amount) {
    FillDays(answer, from, to, amount);
  }

  Measured answer;
  std::map<std::string, Measured> by_class;  // instead of `answer`
  Billed billed;
  std::vector<FakeAgreement> agreements;
  bool contracts_covered = true;
  std::vector<Measurement> asked;
  std::vector<InvoiceQuestion> asked_invoices;
  std::vector<ContractQuestion> asked_contracts;
};

class EvaluateTest : public testing::Test {
 protected:
  EvaluateTest() { facts_.answer.query = "rollup"; }

  Result<CheckResult> TryEvaluate(std::string_view text) {
    const Check check = ParseCheck(text).value();
    return Evaluate(check, {&catalogue_, &customers_, attributed_}, facts_);
  }
  CheckResult Evaluated(std::string_view text) {
    Result<CheckResult> result = TryEvaluate(text);
    if (!result) ADD_FAILURE() << result.error().message();
    return result ? *result : CheckResult();
  }

  catalogue::Catalogue catalogue_ =
      catalogue::Catalogue::FromYaml(kTestCatalogue, "catalogue.yaml").value();
  catalogue::Customers customers_ =
      catalogue::Customers::FromYaml(kTestCustomers, "customers.yaml").value();
  std::map<std::string, std::string> attributed_;
  FakeFacts facts_;
};

}  // namespace proviso::checks
