// Catalogue, customers and terms: read, checked, and recorded as a new version.
#include "crypto/hash.h"
#include "service/internal/core.h"
#include "service/internal/damaged_parts.h"

namespace proviso::service {
namespace {

// The text that the request's arguments name by hash.
Result<std::string> ImportedText(const Context& context) {
  std::string text = PROVISO_TRY(context.request.attachments.StringAt("text"));
  if (crypto::Sha256(text).Hex() != PROVISO_TRY(context.request.args.StringAt("sha256"))) {
    return Fail(ErrorCode::kInvalidArgument, "the text is not the one whose hash was given");
  }
  return text;
}

std::string FileName(const Context& context) {
  return context.request.attachments.StringOr("path",
                                              context.request.args.StringOr("file", "file"));
}

Json Done(std::uint64_t index, const std::string& digest, std::string summary) {
  return Json::Of({{"index", index}, {"digest", digest}, {"summary", std::move(summary)}});
}

std::string Count(std::size_t count, const char* what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

}  // namespace

namespace {

// INVARIANT: keep-on wins. What a decision in force keeps on by class stands in its file: without
// it nobody can tell that a new catalogue moves no restricted service into such a class.
Status CheckFilesOfDecisions(const State& state) {
  for (const review::Decision& decision : state.review.decisions()) {
    if (!decision.in_force() || !decision.file.IsNull()) continue;
    const auto damaged = FindDamaged(state, "decision.proposed", "details", decision.id);
    if (damaged) {
      return WantsPart(*damaged, "a new catalogue, while " + decision.id + " is in force,");
    }
  }
  return {};
}

}  // namespace

Result<Json> ImportCatalogue(const Context& context) {
  PROVISO_TRY(CheckFilesOfDecisions(context.state()));
  const std::string text = PROVISO_TRY(ImportedText(context));
  const auto catalogue = PROVISO_TRY(catalogue::Catalogue::FromYaml(text, FileName(context)));
  const Json json = catalogue.ToJson();
  const std::string digest = crypto::Sha256(json.Canonical()).Hex();
  Event event{.type = "catalogue.imported", .open = Json::Of({{"digest", digest}}), .sealed = {}};
  event.sealed["catalogue"] = json;
  const std::uint64_t index = PROVISO_TRY(context.Record("", std::move(event)));
  return Done(index, digest,
              Count(catalogue.services().size(), "service") + " in " +
                  Count(catalogue.regions().size(), "region"));
}

Result<Json> ImportCustomers(const Context& context) {
  const std::string text = PROVISO_TRY(ImportedText(context));
  const auto customers = PROVISO_TRY(catalogue::Customers::FromYaml(text, FileName(context)));
  const Json json = customers.ToJson();
  const std::string digest = crypto::Sha256(json.Canonical()).Hex();
  Event event{.type = "customers.imported", .open = Json::Of({{"digest", digest}}), .sealed = {}};
  event.sealed["customers"] = json;
  const std::uint64_t index = PROVISO_TRY(context.Record("", std::move(event)));
  std::size_t subscriptions = 0;
  for (const auto& customer : customers.all()) subscriptions += customer.subscriptions.size();
  return Done(
      index, digest,
      Count(customers.all().size(), "customer") + " with " + Count(subscriptions, "subscription"));
}

Result<Json> ImportTerms(const Context& context) {
  const std::string text = PROVISO_TRY(ImportedText(context));
  const terms::Terms terms = PROVISO_TRY(terms::Terms::FromYaml(text, FileName(context)));
  const Json json = terms.ToJson();
  const std::string digest = crypto::Sha256(json.Canonical()).Hex();
  // By its digest, which the log has also where the words cannot be read here.
  const auto known = context.state().terms_digests.find(terms.id + "@" + terms.version);
  if (known != context.state().terms_digests.end() && known->second != digest) {
    return Fail(ErrorCode::kAlreadyExists,
                "terms `" + terms.id + "` version `" + terms.version +
                    "` are in the log with other words; a version never changes, give it a new "
                    "one");
  }
  Event event;
  event.type = "terms.imported";
  event.open = Json::Of(
      {{"terms", terms.id},
       {"version", terms.version},
       {"digest", digest},
       {"quorum", Json::Of({{"decision", terms.quorum.decision}, {"lift", terms.quorum.lift}})}});
  event.sealed["terms"] = json;
  const std::uint64_t index = PROVISO_TRY(context.Record("", std::move(event)));
  return Done(
      index, digest,
      terms.id + " version " + terms.version + ", " + Count(terms.clauses.size(), "clause"));
}

// Whether a customer has it: {"known"}; null while no customers were imported.
Result<Json> FindSubscription(const Context& context) {
  const std::string id = PROVISO_TRY(context.request.args.StringAt("subscription"));
  const auto& customers = context.state().customers;
  if (!customers) return Json::Of({{"known", Json()}});
  return Json::Of({{"known", customers->CustomerOfSubscription(id) != nullptr}});
}

}  // namespace proviso::service
