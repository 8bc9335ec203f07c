#include <algorithm>

#include "checks/internal/compare.h"
#include "checks/internal/question.h"
#include "checks/internal/wording.h"
#include "checks/quantity.h"

namespace proviso::checks {
namespace {

// What the contracts say of a scope as a whole and of its parts.
struct Cover {
  bool known = false;                           // a source of contracts answered
  bool whole = false;                           // an agreement covers the scope as a whole
  std::vector<std::string> without;             // subscriptions that no agreement covers
  std::map<std::string, Agreement> agreements;  // by id, so that none counts twice
};

class CoverReader {
 public:
  CoverReader(const Question& question, Facts& facts, CheckResult& result)
      : question_(question), facts_(facts), result_(result) {}

  Result<Cover> Read() {
    const Scope::Kind kind = question_.check.scope.kind;
    const bool customer = kind == Scope::Kind::kCustomer;
    cover_.whole =
        PROVISO_TRY(Ask(customer ? std::vector<std::string>() : question_.subscriptions));
    if (question_.subscriptions.size() == 1 && !customer) return cover_;
    for (const std::string& subscription : question_.subscriptions) {
      if (!PROVISO_TRY(Ask({subscription}))) cover_.without.push_back("`" + subscription + "`");
    }
    return cover_;
  }

 private:
  // Whether any agreement covers all of `subscriptions`.
  Result<bool> Ask(const std::vector<std::string>& subscriptions) {
    const Contracted contracted =
        PROVISO_TRY(facts_.Contracts({.customer = question_.customer,
                                      .subscriptions = subscriptions,
                                      .capability_class = question_.check.capability_class,
                                      .region = question_.check.region,
                                      .at = question_.check.at}));
    Cite(contracted.query, contracted.inputs, result_);
    cover_.known = cover_.known || contracted.covered;
    for (const Agreement& agreement : contracted.agreements) {
      cover_.agreements.emplace(agreement.id, agreement);
    }
    return !contracted.agreements.empty();
  }

  const Question& question_;
  Facts& facts_;
  CheckResult& result_;
  Cover cover_;
};

// What was agreed, added up.
struct Agreed {
  Decimal quantity;                   // in the unit of the class
  std::vector<std::string> unstated;  // agreements without a quantity that can be compared
};

Result<Agreed> AddUp(const Cover& cover, const std::string& unit) {
  Agreed agreed;
  for (const auto& [id, agreement] : cover.agreements) {
    const Result<Decimal> quantity =
        agreement.quantity ? ConvertQuantity(*agreement.quantity, agreement.unit, unit)
                           : Result<Decimal>(Fail(ErrorCode::kNotFound, "none was agreed"));
    if (quantity) {
      agreed.quantity = PROVISO_TRY(agreed.quantity.Plus(*quantity));
    } else {
      agreed.unstated.push_back("`" + id + "`");
    }
  }
  return agreed;
}

std::string InForce(const Cover& cover) {
  std::vector<std::string> names;
  for (const auto& [id, agreement] : cover.agreements) {
    names.push_back("`" + id + "` from " + FormatDate(agreement.from) +
                    (agreement.until ? " until before " + FormatDate(*agreement.until) : ""));
  }
  return Listed(names);
}

Status CompareQuantity(const Question& question, const Cover& cover, CheckResult& result) {
  const Check& check = question.check;
  const Agreed agreed = PROVISO_TRY(AddUp(cover, result.unit));
  result.value = agreed.quantity;
  const std::string shown = ReadableQuantity(agreed.quantity, result.unit);
  const Quotient quotient{agreed.quantity, Decimal::FromInteger(1)};
  const bool holds = Holds(check.comparison, quotient.CompareTo(question.threshold));
  result.why += ", " + shown + " agreed, asked for " + Asked(check);
  if (!agreed.unstated.empty()) {
    result.why += "; " + Listed(agreed.unstated) + " without a quantity in " + result.unit +
                  ", so this is a lower bound only";
    result.counterfactual =
        "the quantity agreed in " + Listed(agreed.unstated) + " would decide it";
    if (!SettledByLowerBound(check.comparison, holds)) return {};
  }
  result.holds = holds;
  result.counterfactual = Counterfactual({.comparison = check.comparison,
                                          .holds = holds,
                                          .value = shown,
                                          .measured = "the agreed quantity",
                                          .bound = Bound(check)});
  return {};
}

}  // namespace

Status DecideContracted(const Question& question, Facts& facts, CheckResult& result) {
  const std::string day = FormatDate(question.check.at);
  result.customer = question.customer;
  if (question.subscriptions.size() > kContractSubscriptionsMax) {
    result.why += "contracts are read of at most " + std::to_string(kContractSubscriptionsMax) +
                  " subscriptions";
    result.counterfactual = "checks of the form `contracted` by subscription would decide it";
    return {};
  }
  const Cover cover = PROVISO_TRY(CoverReader(question, facts, result).Read());
  if (!cover.known) {
    result.why += "no source of contracts is registered and imported";
    result.counterfactual = "the contracts of the customer would decide it";
    return {};
  }
  for (const auto& [id, agreement] : cover.agreements) {
    if (result.agreements.size() < kAgreementsListedMax) result.agreements.push_back(agreement);
  }
  const bool each = !question.subscriptions.empty() && cover.without.empty();
  const bool parts_asked =
      question.check.scope.kind == Scope::Kind::kCustomer || question.subscriptions.size() > 1;
  if (!cover.whole && !(parts_asked && each)) {
    result.holds = false;
    result.why += "no agreement in force on " + day + " covers " +
                  (cover.without.empty() ? "it" : Listed(cover.without));
    result.counterfactual = "would hold with an agreement in force on " + day + " that covers " +
                            (cover.without.empty() ? "it" : Listed(cover.without));
    return {};
  }
  result.why += "in force on " + day + ": " + InForce(cover);
  if (question.check.compares) return CompareQuantity(question, cover, result);
  result.holds = true;
  result.counterfactual =
      "would fail on a day on which " +
      std::string(cover.agreements.size() == 1 ? "this agreement is" : "these agreements are") +
      " not in force";
  return {};
}

}  // namespace proviso::checks
