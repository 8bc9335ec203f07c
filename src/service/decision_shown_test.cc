#include "service/internal/decision_shown.h"

#include <gtest/gtest.h>

namespace proviso::service {
namespace {

enforcement::Person Decider(const std::string& id, std::uint8_t seed_byte) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(seed_byte);
  return {.pseudonym = "p-" + std::string(12, static_cast<char>('0' + seed_byte)),
          .id = id,
          .name = id,
          .key = crypto::PrivateKey::FromSeed(seed).Public(),
          .roles = {enforcement::Role::kDecider, enforcement::Role::kAdministrator}};
}

// A case with a decision that was proposed and not planned yet.
class DecisionShown : public testing::Test {
 protected:
  DecisionShown() {
    Apply("case.opened", Json::MakeObject());
    Apply("decision.proposed", Json::Of({{"decision", "decision-1"}, {"kind", "interim"}}));
  }
  void Apply(const std::string& type, const Json& open, const std::string& actor = "p-anna") {
    const Status applied = state_.review.Apply(
        Recorded(Event{.type = type, .open = open, .sealed = {}}, "case-1", actor));
    ASSERT_TRUE(applied) << applied.error().message();
  }
  RecordedEvent Recorded(Event event, const std::string& case_id, const std::string& actor) {
    return {.index = index_++,
            .time = now_,
            .case_id = case_id,
            .actor = actor,
            .act = {},
            .event = std::move(event)};
  }
  // Brings the next roster into force, signed by the two that are in every one of them.
  void PutInForce(std::vector<enforcement::Person> people) {
    enforcement::Roster next{
        .version = 1, .quorum = 2, .previous = {}, .people = std::move(people)};
    if (const enforcement::Roster* current = state_.roster.current()) {
      next.version = current->version + 1;
      next.previous = current->ComputeHash();
    }
    const Result<Event> proposed = state_.roster.Propose(next, &next.people.front());
    ASSERT_TRUE(proposed) << proposed.error().message();
    ASSERT_TRUE(state_.roster.Apply(Recorded(*proposed, "", next.people.front().pseudonym)));
    for (std::size_t i = 0; i < 2; ++i) {
      const Result<Event> signature =
          state_.roster.Sign(next.ComputeHash().Hex(), next.people[i].key);
      ASSERT_TRUE(signature) << signature.error().message();
      ASSERT_TRUE(state_.roster.Apply(Recorded(*signature, "", next.people[i].pseudonym)));
    }
  }
  Json Next() const { return NextStepOf(state_, *state_.review.FindDecision("decision-1"), now_); }

  State state_;
  std::uint64_t index_ = 0;
  const Time now_ = ParseTime("2026-11-22T09:30:00Z").value();
};

TEST_F(DecisionShown, AWithdrawnOneHasNoNextStep) {
  EXPECT_EQ(Next().StringOr("command", ""), "proviso decision plan decision-1");
  Apply("decision.withdrawn", Json::Of({{"decision", "decision-1"}}));
  EXPECT_TRUE(Next().IsNull());
}

TEST_F(DecisionShown, IsToBeSignedAgainWhenASignerHasLeftTheRoster) {
  const std::vector<enforcement::Person> all = {Decider("ben", 1), Decider("cara", 2),
                                                Decider("dirk", 3)};
  PutInForce(all);
  const Json planned = Json::Of({{"decision", "decision-1"},
                                 {"plan_hash", std::string(64, 'a')},
                                 {"quorum", 2},
                                 {"terms", "terms@1"}});
  Apply("decision.planned", planned);
  Apply("decision.signed", planned, all[1].pseudonym);
  Apply("decision.signed", planned, all[2].pseudonym);
  EXPECT_EQ(Next().StringOr("act", ""), "statement issue");
  PutInForce({all[0], all[1]});
  EXPECT_EQ(Next().StringOr("act", ""), "decision sign");
}

}  // namespace
}  // namespace proviso::service
