// Runs the checks of a case over the metering in force.
#include <set>

#include "checks/check.h"
#include "checks/evaluate.h"
#include "review/case_json.h"
#include "review/commands.h"
#include "service/internal/core.h"
#include "service/internal/metering.h"

namespace proviso::service {
namespace {

// What checks ask of the metering: answered by roll-ups, with what went into them.
class MeteredFacts final : public checks::Facts {
 public:
  MeteredFacts(const Instance::Core& core, std::vector<usage::ActiveDelivery> deliveries)
      : core_(core), deliveries_(std::move(deliveries)) {}

  Result<checks::Measured> Measure(const checks::Measurement& measurement) override {
    usage::Selection selection;
    selection.deliveries = deliveries_;
    selection.subscriptions = {measurement.subscriptions.begin(), measurement.subscriptions.end()};
    selection.capability_class = measurement.capability_class;
    selection.region = measurement.region;
    selection.from = measurement.from;
    selection.to = measurement.to;
    const usage::Rollup rollup = PROVISO_TRY(core_.lake->Rollup(selection, *core_.state.catalogue));
    checks::Measured measured;
    measured.total.first = measurement.from;
    measured.total.values.resize(
        static_cast<std::size_t>((measurement.to - measurement.from).count()));
    for (const usage::Series& series : rollup.series) PROVISO_TRY(Add(series, measured));
    measured.query = Query(rollup);
    for (const usage::ActiveDelivery& delivery : deliveries_) {
      measured.inputs.push_back(delivery.sha256);
    }
    measured.inputs.push_back("catalogue:" + core_.state.catalogue_digest);
    return measured;
  }

  // No records of invoices and contracts are imported, so that none are covered.
  Result<checks::Billed> Bill(const checks::InvoiceQuestion& /*question*/) override {
    return checks::Billed{};
  }
  Result<checks::Contracted> Contracts(const checks::ContractQuestion& /*question*/) override {
    return checks::Contracted{};
  }

 private:
  static Status Add(const usage::Series& series, checks::Measured& measured) {
    for (std::size_t i = 0; i < measured.total.values.size(); ++i) {
      const Date day = measured.total.first + std::chrono::days{static_cast<int>(i)};
      const std::optional<Decimal> value = series.daily.At(day);
      if (!value) continue;
      std::optional<Decimal>& sum = measured.total.values[i];
      sum = PROVISO_TRY(sum.value_or(Decimal()).Plus(*value));
    }
    for (const auto& [month, value] : series.months) {
      Decimal& sum = measured.months[month];
      sum = PROVISO_TRY(sum.Plus(value));
    }
    measured.months_with_long_rows.insert(series.has_long_rows.begin(), series.has_long_rows.end());
    return {};
  }

  // The query with its parameters, as text that can be asked again.
  static std::string Query(const usage::Rollup& rollup) {
    std::string text = rollup.query;
    for (std::size_t i = 0; i < rollup.parameters.size(); ++i) {
      text += (i == 0 ? " -- parameters: " : ", ") + rollup.parameters[i];
    }
    return text;
  }

  const Instance::Core& core_;
  std::vector<usage::ActiveDelivery> deliveries_;
};

}  // namespace

Result<Json> RunCase(const Context& context) {
  const State& state = context.state();
  const std::string id = PROVISO_TRY(context.request.args.StringAt("case"));
  const review::Case* item = state.review.FindCase(id);
  if (item == nullptr) return Fail(ErrorCode::kNotFound, "there is no case `" + id + "`");
  if (!state.catalogue || !state.customers) {
    return Fail(ErrorCode::kFailedPrecondition, "import the catalogue and the customers first");
  }
  const std::vector<usage::ActiveDelivery> deliveries = DeliveriesInForce(state);
  PROVISO_TRY(VerifyInputs(context, deliveries));
  MeteredFacts facts(context.core, deliveries);
  const checks::Inventory inventory{.catalogue = &*state.catalogue,
                                    .customers = &*state.customers,
                                    .attributed_units = state.review.AttributionsOf(id).units};
  review::RecordEvaluation command{.case_id = id, .results = {}};
  for (const std::string& claim_id : item->claims) {
    const review::Claim* claim = state.review.FindClaim(claim_id);
    std::vector<checks::CheckResult>& results = command.results[claim_id];
    for (const std::string& text : claim->checks) {
      const checks::Check check = PROVISO_TRY(checks::ParseCheck(text));
      results.push_back(PROVISO_TRY_DOING(checks::Evaluate(check, inventory, facts), text));
    }
  }
  Event event = PROVISO_TRY(review::Handle(state.review, command, {.person = context.person}));
  const std::uint64_t index = PROVISO_TRY(context.Record(id, std::move(event)));
  Json shown = PROVISO_TRY(review::CaseJson(state.review, id));
  shown["index"] = index;
  return shown;
}

}  // namespace proviso::service
