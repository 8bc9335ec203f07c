#include "enforcement/cessation.h"

#include <algorithm>
#include <set>

namespace proviso::enforcement {
namespace {

constexpr int kWindowDays = 28;  // whole weeks, so that a week's pattern cancels out
constexpr int kDigits = 6;
// What is kept goes on when at least so many quarters of it are still there: customers' own use
// moves by itself.
constexpr int kQuartersKept = 3;

struct Sums {
  Decimal total;
  std::optional<Decimal> last;  // of the newest day with a row
};

Result<Sums> SumOver(const DailySeries& daily, Date from, Date to) {
  Sums sums;
  for (Date day = from; day < to; day += std::chrono::days{1}) {
    const std::optional<Decimal> value = daily.At(day);
    if (!value) continue;
    sums.total = PROVISO_TRY(sums.total.Plus(*value));
    sums.last = value;
  }
  return sums;
}

class Comparison {
 public:
  explicit Comparison(const CessationInputs& inputs) : in_(inputs) {}

  Result<Cessation> Run() {
    PROVISO_TRY(SetWindows());
    std::set<Target> denied;
    for (const Restriction& restriction : in_.restrictions) {
      for (const Target& target : restriction.targets) {
        denied.insert(target);
        made_.targets.push_back(PROVISO_TRY(RowOfDenied(restriction, target)));
      }
    }
    std::set<Target> kept;
    for (const MeteredUse& use : in_.use) {
      if (!denied.contains(use.target)) kept.insert(use.target);
    }
    for (const Target& target : kept) made_.kept.push_back(PROVISO_TRY(Kept(target)));
    return std::move(made_);
  }

 private:
  Status SetWindows() {
    const Date effective = std::chrono::floor<std::chrono::days>(in_.effective);
    // The day itself belongs to both sides.
    made_.after_from = effective + std::chrono::days{1};
    const int days =
        std::min<int>(kWindowDays, static_cast<int>((in_.metered_to - made_.after_from).count()));
    if (days < 1) {
      return Fail(ErrorCode::kFailedPrecondition,
                  "metering reaches to " + FormatDate(in_.metered_to - std::chrono::days{1}) +
                      ", which tells nothing about the time after " + FormatDate(effective) +
                      "; import a later delivery first");
    }
    const int whole_weeks = days >= 7 ? days - days % 7 : days;
    made_.after_to = made_.after_from + std::chrono::days{whole_weeks};
    made_.before_to = effective;
    made_.before_from = effective - std::chrono::days{whole_weeks};
    return {};
  }

  Result<Decimal> PerDay(Decimal total) const {
    const auto days = (made_.after_to - made_.after_from).count();
    return total.DividedBy(Decimal::FromInteger(days), kDigits);
  }

  // Adds up the operations of a target for which `counts` is true.
  template <typename Counts>
  Result<Cessation::Row> RowOf(const Target& target, const Counts& counts) const {
    Cessation::Row row;
    row.target = target;
    Decimal before;
    Decimal after;
    for (const MeteredUse& use : in_.use) {
      if (use.target != target) continue;
      row.unit = use.unit;
      if (use.operation.empty()) {
        row.at_rest = PROVISO_TRY(SumOver(use.daily, made_.after_from, made_.after_to)).last;
      }
      if (!counts(use)) continue;
      const Sums was = PROVISO_TRY(SumOver(use.daily, made_.before_from, made_.before_to));
      const Sums is = PROVISO_TRY(SumOver(use.daily, made_.after_from, made_.after_to));
      before = PROVISO_TRY(before.Plus(was.total));
      after = PROVISO_TRY(after.Plus(is.total));
    }
    row.before = PROVISO_TRY(PerDay(before));
    row.after = PROVISO_TRY(PerDay(after));
    // What rounds to nothing is still something.
    if (row.after == Decimal() && after != Decimal()) row.after = after;
    return row;
  }

  Result<Cessation::Row> RowOfDenied(const Restriction& restriction, const Target& target) const {
    const OperationSet all = Denied(restriction.stage, restriction.operations);
    const auto denied = [&](const MeteredUse& use) {
      const Result<Operation> operation = ParseOperation(use.operation);
      return operation && Includes(all, *operation);
    };
    Cessation::Row row = PROVISO_TRY(RowOf(target, denied));
    row.ok = row.after == Decimal();
    row.why = row.ok ? "nothing that is denied was metered"
                     : "use that is denied was metered after the decision took effect";
    if (row.at_rest) row.why += "; what is kept at rest counts apart";
    return row;
  }

  Result<Cessation::Row> Kept(const Target& target) const {
    Cessation::Row row = PROVISO_TRY(RowOf(target, [](const MeteredUse&) { return true; }));
    row.ok = CompareProducts(row.after, Decimal::FromInteger(4), row.before,
                             Decimal::FromInteger(kQuartersKept)) >= 0;
    row.why = row.ok ? "goes on" : "fell by more than a quarter; ask why";
    return row;
  }

  const CessationInputs& in_;
  Cessation made_;
};

Json WindowJson(Date from, Date to) {
  return Json::Of({{"from", FormatDate(from)}, {"to", FormatDate(to - std::chrono::days{1})}});
}

Json RowsJson(const std::vector<Cessation::Row>& rows) {
  Json json = Json::MakeArray();
  for (const Cessation::Row& row : rows) {
    json.Append(Json::Of({{"subscription", row.target.subscription},
                          {"service", row.target.service},
                          {"region", row.target.region},
                          {"unit", row.unit},
                          {"before", row.before.ToString()},
                          {"after", row.after.ToString()},
                          {"at_rest", row.at_rest ? Json(row.at_rest->ToString()) : Json()},
                          {"ok", row.ok},
                          {"why", row.why}}));
  }
  return json;
}

}  // namespace

bool Cessation::ok() const {
  const auto fine = [](const Row& row) { return row.ok; };
  return std::all_of(targets.begin(), targets.end(), fine) &&
         std::all_of(kept.begin(), kept.end(), fine);
}

Json Cessation::ToJson() const {
  return Json::Of({{"ok", ok()},
                   {"before", WindowJson(before_from, before_to)},
                   {"after", WindowJson(after_from, after_to)},
                   {"targets", RowsJson(targets)},
                   {"kept", RowsJson(kept)}});
}

Result<Cessation> CompareUse(const CessationInputs& inputs) { return Comparison(inputs).Run(); }

}  // namespace proviso::enforcement
