#include "service/internal/table_difference.h"

#include "review/review_fixture.h"

namespace proviso::service {
namespace {

class TableDifferenceTest : public review::ReviewTest {
 protected:
  TableDifferenceTest() { Review(); }

  // The next decision of the case, with one restriction of `subscription`'s storage.
  std::string ProposeStorage(const char* stage, const Json& supersedes = Json::MakeArray()) {
    Json file = ParseJson(review::kTestDecision).value();
    file["supersedes"] = supersedes;
    file["restrictions"] =
        Json(Json::Array{Json::Of({{"subscriptions", Json(Json::Array{Json("sub-archive")})},
                                   {"classes", Json(Json::Array{Json("object-storage")})},
                                   {"regions", Json(Json::Array{Json("nl-1")})},
                                   {"stage", stage}})});
    const std::string id = state_.NextDecisionId();
    Propose(file.Canonical());
    return id;
  }
  Json Of(const std::string& decision) const {
    State state;
    state.review = state_;
    return TableDifferenceOf(state, *state_.FindDecision(decision), now_);
  }
  // The operations of a list, one change after the other: "create,write|read".
  static std::string Operations(const Json& difference, const char* list) {
    std::string text;
    for (const Json& change : *difference.Find(list)->AsArray()) {
      if (!text.empty()) text += "|";
      const std::vector<std::string> names = change.StringsAt("operations").value();
      for (std::size_t i = 0; i < names.size(); ++i) text += (i == 0 ? "" : ",") + names[i];
    }
    return text;
  }
};

TEST_F(TableDifferenceTest, IsWhatThePlanDeniesWhereNothingWasDenied) {
  const std::string first = ProposeStorage("read-only");
  EXPECT_TRUE(Of(first).IsNull()) << "there is no plan yet";
  Plan(first);
  const Json difference = Of(first);
  EXPECT_EQ(difference.StringOr("as_of", ""), FormatTime(now_));
  EXPECT_EQ(Operations(difference, "denied"), "create,invoke,write");
  EXPECT_EQ(Operations(difference, "allowed"), "");
  EXPECT_EQ(Operations(difference, "stays"), "");
  const Json& window =
      difference.Find("denied")->AsArray()->front().Find("windows")->AsArray()->front();
  EXPECT_EQ(window, Json::Of({{"from", FormatTime(now_)}, {"until", Json()}}));
}

TEST_F(TableDifferenceTest, CountsWhatOthersDenyAlready) {
  Enforce(ProposeStorage("read-only"));
  const std::string second = ProposeStorage("suspended");
  Plan(second);
  EXPECT_EQ(Operations(Of(second), "denied"), "read,delete");
  EXPECT_EQ(Operations(Of(second), "stays"), "create,invoke,write");
}

TEST_F(TableDifferenceTest, OpensWhatIsSupersededAndNotDeniedAgain) {
  Enforce(ProposeStorage("suspended"));
  const std::string second = ProposeStorage("no-new", Json(Json::Array{Json("decision-1")}));
  Plan(second);
  EXPECT_EQ(Operations(Of(second), "denied"), "");
  EXPECT_EQ(Operations(Of(second), "allowed"), "invoke,write,read,delete");
  EXPECT_EQ(Operations(Of(second), "stays"), "create");
}

TEST_F(TableDifferenceTest, OfALiftLeavesWhatOthersDeny) {
  Enforce(ProposeStorage("suspended"));
  Enforce(ProposeStorage("read-only"));
  Do(review::ProposeLift{.decision = "decision-1", .reason = "Use has ceased."}, "anna");
  Plan("decision-3");
  EXPECT_EQ(Operations(Of("decision-3"), "allowed"), "read,delete");
  EXPECT_EQ(Operations(Of("decision-3"), "stays"), "create,invoke,write");
}

TEST_F(TableDifferenceTest, IsNothingOfWhatIsSettled) {
  Enforce(ProposeStorage("suspended"));
  EXPECT_TRUE(Of("decision-1").IsNull());
  const std::string second = ProposeStorage("suspended");
  Plan(second);
  Do(review::WithdrawDecision{.decision = second, .reason = "Replaced."}, "anna");
  EXPECT_TRUE(Of(second).IsNull());
}

}  // namespace
}  // namespace proviso::service
