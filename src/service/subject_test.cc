#include "service/internal/subject.h"

#include <gtest/gtest.h>

namespace proviso::service {
namespace {

using Names = std::vector<std::string>;

TEST(Subject, IsNamedByWhatTheEventSaysInClear) {
  struct Row {
    Event event;
    Names expected;
  };
  const std::vector<Row> rows = {
      {{"case.opened", Json::MakeObject(), {}}, {}},
      {{"report.joined", Json::Of({{"report", "report-2"}}), {}}, {"report-2"}},
      {{"finding.recorded", Json::Of({{"claim", "claim-1"}, {"finding", "finding-3"}}), {}},
       {"finding-3", "claim-1"}},
      {{"hearing.opened", Json::Of({{"decision", "decision-1"}, {"hearing", "hearing-1"}}), {}},
       {"hearing-1", "decision-1"}},
      {{"decision.proposed", Json::Of({{"decision", "decision-2"}, {"lifts", "decision-1"}}), {}},
       {"decision-2", "decision-1"}},
      {{"decision.adopted",
        Json::Of({{"decision", "decision-3"},
                  {"supersedes", Json(Json::Array{Json("decision-1"), Json("decision-2")})}}),
        {}},
       {"decision-3", "decision-1", "decision-2"}},
      {{"decision.planned", Json::Of({{"decision", "decision-2"}, {"terms", "example@1"}}), {}},
       {"decision-2"}},
      {{"record.read", Json::Of({{"what", "appeal-1"}}), {}}, {"appeal-1"}},
      {{"usage.delivered", Json::Of({{"delivery", "d-0123456789ab"}}), {}}, {"d-0123456789ab"}},
      {{"terms.imported", Json::Of({{"terms", "example"}, {"version", "2"}}), {}}, {"example@2"}},
      {{"catalogue.imported", Json::Of({{"digest", "0123456789abcdef"}}), {}},
       {"catalogue 0123456789ab"}},
      {{"roster.proposed", Json::Of({{"roster", Json::Of({{"version", 2}})}}), {}}, {"roster 2"}},
      {{"roster.signed", Json::Of({{"version", 2}}), {}}, {"roster 2"}}};
  for (const Row& row : rows) {
    EXPECT_EQ(SubjectOf(row.event, false), row.expected) << row.event.type;
  }
}

TEST(Subject, IsSaidMoreOfWhereTheLogSaysItInClear) {
  const std::vector<std::pair<Event, Names>> rows = {
      {{"notice.issued", Json::Of({{"kind", "update"}}), {}}, {"update"}},
      {{"decision.proposed", Json::Of({{"decision", "decision-2"}, {"kind", "final"}}), {}},
       {"final"}},
      {{"appeal.decided", Json::Of({{"appeal", "appeal-1"}, {"outcome", "reversed"}}), {}},
       {"reversed"}},
      {{"step.recorded", Json::Of({{"step", "step-1"}, {"outcome", "missed"}}), {}}, {"missed"}},
      {{"update.scheduled", Json::Of({{"update", "update-1"}, {"audience", "public"}}), {}},
       {"public"}},
      {{"case.opened", Json::MakeObject(), {}}, {}}};
  for (const auto& [event, expected] : rows) {
    EXPECT_EQ(SaidOf(event, false), expected) << event.type;
  }
}

TEST(Subject, IsADenialInItsCaseAlone) {
  Event event{.type = "claim.added",
              .open = Json::Of({{"claim", "claim-1"}}),
              .sealed = {{"details", Json::Of({{"denial", true}})}}};
  EXPECT_EQ(SaidOf(event, true), Names{"denial"});
  EXPECT_EQ(SaidOf(event, false), Names{});
  event.sealed["details"] = Json::Of({{"denial", false}});
  EXPECT_EQ(SaidOf(event, true), Names{});
}

TEST(Subject, NamesASubscriptionInItsCaseAlone) {
  const Event event{
      .type = "attribution.recorded",
      .open = Json::Of({{"attribution", "attribution-1"}}),
      .sealed = {{"details", Json::Of({{"subscription", "sub-1"}, {"reason", "An invoice."}})}}};
  EXPECT_EQ(SubjectOf(event, true), (Names{"attribution-1", "sub-1"}));
  EXPECT_EQ(SubjectOf(event, false), Names{"attribution-1"});
}

TEST(Subject, OfAnErasedPartIsLeftOut) {
  const Event event{.type = "attribution.recorded",
                    .open = Json::Of({{"attribution", "attribution-1"}}),
                    .sealed = {}};
  EXPECT_EQ(SubjectOf(event, true), Names{"attribution-1"});
}

}  // namespace
}  // namespace proviso::service
