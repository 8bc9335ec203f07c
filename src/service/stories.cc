// What intake makes of the reports in the log.
#include "service/internal/stories.h"

#include "crypto/hash.h"
#include "intake/report.h"
#include "intake/stories.h"
#include "service/internal/core.h"

namespace proviso::service {
namespace {

Json IdsJson(const std::vector<std::string>& ids) {
  Json json = Json::MakeArray();
  for (const std::string& id : ids) json.Append(id);
  return json;
}

Json DisagreementJson(const intake::Disagreement& disagreement) {
  Json values = Json::MakeArray();
  for (const intake::Version& version : disagreement.versions) {
    values.Append(Json::Of({{"report", version.report},
                            {"value", version.value},
                            {"quote", version.quote},
                            {"begin", version.begin},
                            {"end", version.end}}));
  }
  return Json::Of({{"about", disagreement.about}, {"values", std::move(values)}});
}

Json StoryJson(const intake::Story& story) {
  Json echoes = Json::MakeArray();
  for (const intake::Echo& echo : story.echoes) {
    echoes.Append(Json::Of({{"of", echo.of},
                            {"by", echo.by},
                            {"why", echo.why},
                            {"containment_per_mille", echo.containment_per_mille}}));
  }
  Json origins = Json::MakeArray();
  for (const intake::Origin& origin : story.origins) {
    origins.Append(Json::Of({{"kind", intake::OriginKindName(origin.kind)},
                             {"name", origin.name},
                             {"cited_by", IdsJson(origin.cited_by)},
                             {"why", origin.why},
                             {"report", origin.report.empty() ? Json() : Json(origin.report)}}));
  }
  Json disagreements = Json::MakeArray();
  for (const intake::Disagreement& item : story.disagreements) {
    disagreements.Append(DisagreementJson(item));
  }
  return Json::Of({{"id", story.id},
                   {"reports", IdsJson(story.reports)},
                   {"why", story.why},
                   {"echoes", std::move(echoes)},
                   {"origins", std::move(origins)},
                   {"disagreements", std::move(disagreements)}});
}

Result<Json> Group(const State& state) {
  std::vector<intake::Report> read;
  std::vector<const review::ReceivedReport*> received;
  for (const review::ReceivedReport& report : state.review.reports()) {
    if (report.document.IsNull()) continue;
    read.push_back(PROVISO_TRY_DOING(intake::Report::FromJson(report.document), report.id));
    received.push_back(&report);
  }
  std::vector<intake::StoryMember> members;
  for (std::size_t i = 0; i < read.size(); ++i) {
    members.push_back(
        {.id = received[i]->id, .report = &read[i], .received = received[i]->received_at});
  }
  Json stories = Json::MakeArray();
  for (const intake::Story& story : intake::GroupStories(members)) {
    stories.Append(StoryJson(story));
  }
  return stories;
}

}  // namespace

std::string SealedReportName(ByteView key) { return crypto::Sha256(key).Hex() + ".sealed"; }

std::string SealContext(const std::string& report) { return "proviso report " + report; }

Result<Json> StoriesJson(const Context& context) {
  std::vector<std::string> ids;
  for (const review::ReceivedReport& report : context.state().review.reports()) {
    if (!report.document.IsNull()) ids.push_back(report.id);  // else erased
  }
  Instance::Core& core = context.core;
  if (ids != core.grouped_reports) {
    core.stories = PROVISO_TRY(Group(context.state()));
    core.grouped_reports = std::move(ids);
  }
  return core.stories;
}

Result<std::vector<intake::ClaimDraft>> DraftsOf(const State& state, const std::string& case_id) {
  const review::Case* found = state.review.FindCase(case_id);
  if (found == nullptr) {
    return Fail(ErrorCode::kNotFound, "there is no case `" + case_id + "`");
  }
  if (!state.catalogue || !state.customers) {
    return Fail(ErrorCode::kFailedPrecondition, "import the catalogue and the customers first");
  }
  std::vector<intake::ClaimDraft> drafts;
  for (const std::string& id : found->reports) {
    const review::ReceivedReport& received = *state.review.FindReport(id);
    if (received.document.IsNull()) continue;
    const intake::Report report =
        PROVISO_TRY_DOING(intake::Report::FromJson(received.document), id);
    std::vector<intake::ClaimDraft> of_report =
        intake::DraftClaims(id, report, *state.catalogue, *state.customers);
    drafts.insert(drafts.end(), of_report.begin(), of_report.end());
  }
  return drafts;
}

review::ClaimSource SourceOf(const intake::ClaimDraft& draft) {
  return {.report = draft.report,
          .begin = static_cast<std::int64_t>(draft.begin),
          .end = static_cast<std::int64_t>(draft.end),
          .quote = {},
          .about = AboutOf(draft)};
}

Json AboutOf(const intake::ClaimDraft& draft) {
  Json about = Json::MakeObject();
  const std::vector<std::pair<const char*, const std::string*>> parts = {
      {"who", &draft.who},           {"capability_class", &draft.capability_class},
      {"region", &draft.region},     {"place", &draft.place},
      {"quantity", &draft.quantity}, {"time", &draft.time}};
  for (const auto& [key, value] : parts) {
    if (!value->empty()) about[key] = *value;
  }
  return about;
}

}  // namespace proviso::service
