// Runs the checks of a case over the metering in force.
#include <set>

#include "checks/check.h"
#include "checks/evaluate.h"
#include "review/case_json.h"
#include "review/commands.h"
#include "service/internal/answers.h"
#include "service/internal/core.h"
#include "service/internal/metering.h"
#include "service/internal/registers.h"

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
    for (const usage::ActiveDelivery& delivery : deliveries_) {
      for (const Date period : delivery.periods) measured.delivered.insert(MonthOf(period));
    }
    reads_.insert({"usage", ""});
    return measured;
  }

  Result<checks::Billed> Bill(const checks::InvoiceQuestion& question) override {
    checks::Billed billed;
    const std::vector<records::RegisterFile> files = Registers(records::SourceClass::kBilling);
    if (files.empty()) return billed;
    const records::InvoiceAnswer answer = PROVISO_TRY(
        core_.registers->InvoicesIn(files, {.customer = question.customer,
                                            .subscriptions = question.subscriptions,
                                            .capability_class = question.capability_class,
                                            .region = question.region,
                                            .from = question.from,
                                            .to = question.to}));
    for (const records::InvoiceAmount& amount : answer.amounts) {
      billed.amounts[amount.month][amount.currency] = amount.amount;
    }
    billed.lines = answer.lines;
    billed.covered.insert(answer.covered.begin(), answer.covered.end());
    billed.query = answer.query;
    billed.inputs = answer.inputs;
    return billed;
  }

  Result<checks::Contracted> Contracts(const checks::ContractQuestion& question) override {
    checks::Contracted contracted;
    const std::vector<records::RegisterFile> files = Registers(records::SourceClass::kContract);
    if (files.empty()) return contracted;
    const records::ContractAnswer answer = PROVISO_TRY(
        core_.registers->ContractsAt(files, {.customer = question.customer,
                                             .subscriptions = question.subscriptions,
                                             .capability_class = question.capability_class,
                                             .region = question.region,
                                             .at = question.at}));
    for (const records::AgreementLine& line : answer.agreements) {
      // One that speaks for a part of what was asked does not answer it.
      const bool whole = question.subscriptions.empty()
                             ? line.subscription.empty()
                             : line.covers.size() == question.subscriptions.size();
      if (!whole) continue;
      contracted.agreements.push_back({.id = line.agreement,
                                       .from = line.from,
                                       .until = line.until,
                                       .quantity = line.quantity,
                                       .unit = line.unit});
    }
    contracted.covered = answer.lines_read > 0;
    contracted.query = answer.query;
    contracted.inputs = answer.inputs;
    return contracted;
  }

  // What was read, for the log: by evidence class, and by source where there is one.
  Json Reads() const {
    Json reads = Json::MakeArray();
    for (const auto& [evidence, source] : reads_) {
      Json read = Json::Of({{"class", evidence}, {"purpose", "review"}});
      if (!source.empty()) read["source"] = source;
      reads.Append(std::move(read));
    }
    return reads;
  }

 private:
  // The registers of a class that are in force.
  std::vector<records::RegisterFile> Registers(records::SourceClass cls) {
    std::vector<records::RegisterFile> files = RegistersInForce(core_.state, cls);
    for (const RegisterRecord& record : core_.state.registers) {
      if (core_.state.sources.at(record.source).source.cls != cls) continue;
      reads_.insert({std::string(records::SourceClassName(cls)), record.source});
    }
    return files;
  }

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
  std::set<std::pair<std::string, std::string>> reads_;
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
  review::RecordEvaluation command;
  command.case_id = id;
  const auto evaluate = [&](const std::string& whose,
                            const std::vector<std::string>& texts) -> Status {
    std::vector<checks::CheckResult>& results = command.results[whose];
    for (const std::string& text : texts) {
      const checks::Check check = PROVISO_TRY(checks::ParseCheck(text));
      results.push_back(PROVISO_TRY_DOING(checks::Evaluate(check, inventory, facts), text));
    }
    return {};
  };
  for (const std::string& claim_id : item->claims) {
    const review::Claim* claim = state.review.FindClaim(claim_id);
    if (!claim->dropped()) PROVISO_TRY(evaluate(claim_id, claim->checks));
  }
  for (const std::string& step_id : item->steps) {
    PROVISO_TRY(evaluate(step_id, state.review.FindStep(step_id)->checks));
  }
  command.reads = facts.Reads();
  Event event = PROVISO_TRY(review::Handle(state.review, command, {.person = context.person}));
  const std::uint64_t index = PROVISO_TRY(context.Record(id, std::move(event)));
  Json shown = PROVISO_TRY(FullCase(context, id));
  shown["index"] = index;
  return shown;
}

}  // namespace proviso::service
