#include "points/decider.h"

#include "points/internal/example_table.h"

namespace proviso::points {
namespace {

using enforcement::Operation;
using std::chrono::milliseconds;

class DeciderTest : public testing::Test {
 protected:
  static Asked Writing(std::string_view subscription) {
    return {.subscription = subscription,
            .service = "blob-store",
            .region = "nl-1",
            .operation = Operation::kWrite,
            .repeated = {}};
  }
  Sight Sees(milliseconds age = milliseconds(0)) const {
    return {.table = &snapshot_->table(), .now = kNow, .age = age};
  }

  static inline const Time kNow = ParseTime("2026-12-01T00:00:00Z").value();
  Tally tally_;
  std::unique_ptr<const TableSnapshot> snapshot_ = internal::SnapshotOrDie(
      118, {internal::MakeRestriction("decision-1/1", terms::Stage::kReadOnly,
                                      {{"sub-1", "blob-store", "nl-1"}})});
};

TEST_F(DeciderTest, DeniesWhatIsRestrictedAndNothingElse) {
  const Listener listener;
  const Decider decider(listener, &tally_);
  const Outcome denied = decider.Decide(Writing("sub-1"), Sees());
  EXPECT_FALSE(denied.allowed);
  EXPECT_EQ(denied.code, ReasonCode::kRestricted);
  EXPECT_EQ(denied.answer.restriction, "decision-1/1");
  EXPECT_EQ(denied.table, 118U);
  const Outcome allowed = decider.Decide(Writing("sub-2"), Sees());
  EXPECT_TRUE(allowed.allowed);
  EXPECT_EQ(allowed.code, ReasonCode::kNone);
  EXPECT_EQ(allowed.reason, "");
}

TEST_F(DeciderTest, BelievesATableUntilTheListenersTimeIsOver) {
  for (const Otherwise trouble : {Otherwise::kDeny, Otherwise::kAllow}) {
    const Listener listener{.trouble = trouble, .last_good = milliseconds(1000)};
    const Decider decider(listener, nullptr);
    EXPECT_EQ(decider.Decide(Writing("sub-1"), Sees(milliseconds(1000))).code,
              ReasonCode::kRestricted);
    const Outcome stale = decider.Decide(Writing("sub-1"), Sees(milliseconds(1001)));
    EXPECT_EQ(stale.code, ReasonCode::kStaleTable);
    EXPECT_EQ(stale.reason, "stale table");
    EXPECT_EQ(stale.allowed, trouble == Otherwise::kAllow);
    EXPECT_EQ(stale.table, std::nullopt);
  }
  const Listener forever;
  EXPECT_EQ(Decider(forever, nullptr).Decide(Writing("sub-1"), Sees(milliseconds::max())).code,
            ReasonCode::kRestricted);
}

TEST_F(DeciderTest, DeniesBeforeTheFirstTableWhateverTroubleAndUnknownSay) {
  for (const Otherwise trouble : {Otherwise::kDeny, Otherwise::kAllow, Otherwise::kGateway}) {
    const Listener listener{.unknown = Otherwise::kAllow, .trouble = trouble};
    const Decider decider(listener, &tally_);
    Asked managing = Writing("sub-2");
    managing.operation = Operation::kManage;
    Asked unknown = Writing("sub-2");
    unknown.operation = std::nullopt;
    for (const Asked& asked : {Writing("sub-2"), managing, unknown}) {
      const Outcome denied = decider.Decide(asked, {.now = kNow});
      EXPECT_FALSE(denied.allowed);
      EXPECT_EQ(denied.code, ReasonCode::kNoTable);
      EXPECT_EQ(denied.reason, "no table");
    }
    EXPECT_FALSE(decider.Trouble(ReasonCode::kNoTable).allowed);
    EXPECT_TRUE(decider.Exempt({.now = kNow}).allowed) << "it is about nobody's data";
  }
  EXPECT_EQ(tally_.Counted(true, ReasonCode::kNoTable), 0U);
}

TEST_F(DeciderTest, CountsEachAnswerByItsReason) {
  const Listener listener;
  const Decider decider(listener, &tally_);
  static_cast<void>(decider.Decide(Writing("sub-1"), Sees()));
  static_cast<void>(decider.Decide(Writing("sub-2"), Sees()));
  static_cast<void>(decider.Decide(Writing("sub-2"), Sees()));
  static_cast<void>(decider.Decide(Writing(""), Sees()));
  static_cast<void>(decider.Trouble(ReasonCode::kCannotDecide));
  EXPECT_EQ(tally_.Counted(false, ReasonCode::kRestricted), 1U);
  EXPECT_EQ(tally_.Counted(true, ReasonCode::kNone), 2U);
  EXPECT_EQ(tally_.Counted(false, ReasonCode::kNoSubscription), 1U);
  EXPECT_EQ(tally_.Counted(false, ReasonCode::kCannotDecide), 1U);
  EXPECT_EQ(tally_.Counted(true, ReasonCode::kCannotDecide), 0U);
}

TEST_F(DeciderTest, AllowsToManageWhateverElseIsUnknown) {
  const Listener listener;
  const Asked asked{.subscription = "sub-1",
                    .service = "mail",
                    .region = "",
                    .operation = Operation::kManage,
                    .repeated = {}};
  EXPECT_TRUE(Decider(listener, nullptr).Decide(asked, Sees()).allowed);
}

TEST_F(DeciderTest, DeniesWhenOneOfSeveralIsRestricted) {
  const Listener listener;
  const Decider decider(listener, &tally_);
  const auto say = [&](const std::vector<Asked>& asked) {
    return decider.DecideAll(asked, Sees()).allowed;
  };
  EXPECT_TRUE(say({Writing("sub-2"), Writing("sub-3")}));
  EXPECT_FALSE(say({Writing("sub-1"), Writing("sub-2")}));
  EXPECT_FALSE(say({Writing("sub-2"), Writing("sub-1")}));
  EXPECT_FALSE(say({}));
  EXPECT_EQ(tally_.Counted(true, ReasonCode::kNone), 1U);
  EXPECT_EQ(tally_.Counted(false, ReasonCode::kRestricted), 2U);
}

}  // namespace
}  // namespace proviso::points
