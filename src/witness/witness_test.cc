#include "witness/witness.h"

#include <atomic>
#include <fstream>
#include <functional>
#include <sstream>
#include <thread>

#include "io/files/fault_file_system.h"
#include "witness/witness_fixture.h"

namespace proviso::witness {
namespace {

std::string Damaged(std::string body) {
  const std::size_t line = body.rfind("\u2014");
  body[body.size() - 10] = body[body.size() - 10] == 'A' ? 'B' : 'A';
  EXPECT_LT(line, body.size() - 10);
  return body;
}

// One step of a conversation: what is asked, and the answer.
struct Step {
  std::string what;
  std::string body;
  int status;
  std::string said;  // 409: the whole body; else a part of it
};

void ExpectConversation(Witness& witness, const std::vector<Step>& steps) {
  for (const Step& step : steps) {
    const Answer answer = witness.Add(step.body);
    EXPECT_EQ(answer.status, step.status) << step.what << ": " << answer.body;
    if (step.status == 409) {
      EXPECT_EQ(answer.body, step.said) << step.what;
      EXPECT_EQ(answer.content_type, "text/x.tlog.size") << step.what;
    } else {
      EXPECT_NE(answer.body.find(step.said), std::string::npos) << step.what << answer.body;
    }
  }
}

// The conversation that other witnesses are tested with, and what the specification adds to it.
TEST(Witness, AnswersAsTheProtocolSays) {
  const TestTree log;
  const TestTree unknown("log.example.org/two");
  const TestTree other_key(kOrigin, 8);
  TestTree fork(kOrigin, 7, "other ");
  fork.BranchFrom(log, 3);
  std::string no_proof = AddCheckpoint{.old_size = 1, .proof = {}, .note = log.Note(3)}.ToText();
  auto bad_proof = ReadAddCheckpoint(log.Body(1, 3)).value();
  bad_proof.proof[1].bytes[31] = 0x10;
  auto needless = ReadAddCheckpoint(log.Body(0, 3)).value();
  needless.proof.push_back(crypto::Sha256("x"));
  std::string with_unknown = log.Body(0, 1) + "\u2014 somebody AAAAAAE=\n";
  std::string bad_beside_good = log.Body(0, 1);
  bad_beside_good += Damaged(log.Note(1)).substr(log.Note(1).find("\u2014"));

  WitnessFixture witness;
  ExpectConversation(
      *witness,
      {
          {"no request", "", 400, "line 1"},
          {"no note", "old 0\n\nx\n", 400, "malformed note"},
          {"a proof from nothing", needless.ToText(), 422, "expected no hashes"},
          {"an old size before the first", log.Body(1, 3), 409, "0\n"},
          {"a bad line of a known key beside a good one", bad_beside_good, 403, "does not hold"},
          {"the first, with a line of somebody", with_unknown, 200, "\u2014 witness.example.org"},
          {"a bad signature", Damaged(log.Body(1, 3)), 403, "does not hold"},
          {"another key of that name", other_key.Body(1, 3), 403, "no signature of a known key"},
          {"an unknown log", unknown.Body(0, 3), 404, "does not know the log"},
          {"no proof", no_proof, 422, "consistency proof"},
          {"a changed proof", bad_proof.ToText(), 422, "consistency proof"},
          {"a proof", log.Body(1, 3), 200, "\u2014 witness.example.org/w1 "},
          {"from the size before", log.Body(1, 5), 409, "3\n"},
          {"from that size", log.Body(3, 5), 200, "\u2014 witness.example.org/w1 "},
          {"a smaller one", log.Body(3, 4), 409, "5\n"},
          {"an old size beyond the new", log.Body(0, 3).replace(4, 1, "5"), 400, "at most 3"},
          {"the same again, from nothing", log.Body(0, 5), 409, "5\n"},
          {"the same again", log.Body(5, 5), 200, "\u2014 witness.example.org/w1 "},
          {"another tree of the same size", fork.Body(5, 5), 422, "two roots"},
          {"another tree that grew", fork.Body(5, 7), 422, "consistency proof"},
          {"a larger one", log.Body(5, 33), 200, "\u2014 witness.example.org/w1 "},
      });
}

TEST(Witness, KnowsTheEmptyTree) {
  const TestTree log;
  WitnessFixture witness;
  const std::string wrong =
      AddCheckpoint{.old_size = 0,
                    .proof = {},
                    .note = ledger::SignCheckpoint(kOrigin, 0, crypto::Sha256("x"), log.key()).note}
          .ToText();
  ExpectConversation(*witness, {{"another root", wrong, 422, "empty tree"},
                                {"nothing", log.Body(0, 0), 200, "\u2014"},
                                {"nothing again", log.Body(0, 0), 200, "\u2014"},
                                {"the first entry", log.Body(0, 1), 200, "\u2014"},
                                {"nothing after it", log.Body(0, 0), 409, "1\n"}});
}

TEST(Witness, SignsTheWholeTextAtItsTime) {
  const TestTree log;
  WitnessFixture witness;
  const std::string text = log.Note(4).substr(0, log.Note(4).find("\n\n") + 1) + "more lines\n";
  const std::string note = crypto::SignNote(text, kOrigin, log.key());
  const Answer answer =
      witness->Add(AddCheckpoint{.old_size = 0, .proof = {}, .note = note}.ToText());
  ASSERT_EQ(answer.status, 200) << answer.body;
  const auto found = crypto::FindCosignatures(note + answer.body, {WitnessFixture::Key()}).value();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].time, 1795339800U);
}

TEST(Witness, ShowsMonitorsItsNewestCheckpointOfALog) {
  const TestTree log;
  WitnessFixture witness;
  const std::string hash = crypto::Sha256(kOrigin).Hex();
  EXPECT_EQ(witness->Checkpoint(hash).status, 404);
  const Answer first = witness->Add(log.Body(0, 2) + "\u2014 somebody AAAAAAE=\n");
  EXPECT_EQ(witness->Checkpoint(hash).body, log.Note(2) + first.body);
  const Answer second = witness->Add(log.Body(2, 9));
  const Answer shown = witness->Checkpoint(hash);
  EXPECT_EQ(shown.status, 200);
  EXPECT_EQ(shown.body, log.Note(9) + second.body);
  for (const std::string& other :
       {crypto::Sha256("other").Hex(), std::string("x"), std::string()}) {
    EXPECT_EQ(witness->Checkpoint(other).status, 404);
  }
}

TEST(Witness, RemembersAcrossRestarts) {
  const TestTree log;
  WitnessFixture witness;
  ASSERT_EQ(witness->Add(log.Body(0, 6)).status, 200);
  witness.Open();
  ExpectConversation(*witness, {{"from nothing", log.Body(0, 6), 409, "6\n"},
                                {"on from there", log.Body(6, 8), 200, "\u2014"}});
  EXPECT_EQ(witness->Checkpoint(crypto::Sha256(kOrigin).Hex()).status, 200);
}

TEST(Witness, KeepsLogsApart) {
  const TestTree one;
  const TestTree two("log.example.org/two", 9);
  WitnessFixture witness({one.verifier(), two.verifier()});
  ExpectConversation(*witness, {{"one", one.Body(0, 6), 200, "\u2014"},
                                {"two", two.Body(0, 2), 200, "\u2014"},
                                {"one again", one.Body(6, 7), 200, "\u2014"},
                                {"two again", two.Body(0, 7), 409, "2\n"}});
}

TEST(Witness, IsOpenedByOneProcessAndKeyOnly) {
  WitnessFixture witness;
  EXPECT_EQ(witness.TryOpen().error().code(), ErrorCode::kUnavailable);
  witness.Close();
  const auto other = Witness::Open(
      {.state = witness.State(), .logs = {}, .files = &witness.files_, .clock = &witness.clock_},
      KeyOf(12));
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code(), ErrorCode::kFailedPrecondition);
  EXPECT_EQ(Witness::Create(witness.files_, witness.State(), WitnessFixture::Key()).error().code(),
            ErrorCode::kAlreadyExists);
}

TEST(Witness, DoesNotStartFromNothingWhenItsMemoryIsGoneOrDamaged) {
  const TestTree log;
  WitnessFixture witness;
  ASSERT_EQ(witness->Add(log.Body(0, 6)).status, 200);
  witness.Close();
  std::ostringstream whole;
  whole << std::ifstream(witness.State()).rdbuf();
  const std::string text = whole.str();
  const auto write = [&](const std::string& what) { std::ofstream(witness.State()) << what; };
  // Every cut, and every changed letter of what it cosigned.
  for (std::size_t i = 0; i + 1 < text.size(); i += 7) {
    write(text.substr(0, i));
    ASSERT_FALSE(witness.TryOpen()) << i;
  }
  // The text that it cosigned, and its own line below; the log's line is the log's to prove.
  const std::size_t note = text.find("log.example.org/one\\n");
  const std::size_t log_line = text.find("\u2014 log.example.org");
  const std::size_t own_line = text.find("\u2014 witness.example.org");
  for (std::size_t i = note; i < text.find("\"\n", own_line); i += 5) {
    if (i > log_line && i < own_line) continue;
    std::string changed = text;
    changed[i] = changed[i] == 'x' ? 'y' : 'x';
    write(changed);
    ASSERT_FALSE(witness.TryOpen()) << i << changed.substr(i - 5, 10);
  }
  ASSERT_TRUE(std::filesystem::remove(witness.State()));
  EXPECT_EQ(witness.TryOpen().error().code(), ErrorCode::kNotFound);
  write(text);
  EXPECT_TRUE(witness.TryOpen());
}

// Whatever fails while it stores: nothing is cosigned then or later, and a new start either knows
// the new checkpoint or the old one.
TEST(Witness, CosignsNothingOnceItsMemoryCannotBeWritten) {
  using Operation = io::FaultFileSystem::Operation;
  const TestTree log;
  for (const Operation failing : {Operation::kWrite, Operation::kSync, Operation::kRename}) {
    WitnessFixture witness;
    ASSERT_EQ(witness->Add(log.Body(0, 2)).status, 200);
    witness.Close();
    bool broken = true;
    io::FaultFileSystem faulty(witness.files_,
                               [&](Operation operation, const std::filesystem::path&) -> Status {
                                 if (broken && operation == failing)
                                   return Fail(ErrorCode::kUnavailable, "no disk");
                                 return {};
                               });
    std::vector<std::string> told;
    {
      const auto opened =
          Witness::Open({.state = witness.State(),
                         .logs = {log.verifier()},
                         .files = &faulty,
                         .clock = &witness.clock_,
                         .on_stop = [&](const Error& why) { told.push_back(why.message()); }},
                        KeyOf(11))
              .value();
      EXPECT_EQ(opened->Add(log.Body(2, 5)).status, 500);
      broken = false;
      // Another tree that grew from the same one: it must not be cosigned by who may forget.
      EXPECT_EQ(opened->Add(log.Body(2, 4)).status, 500);
      EXPECT_EQ(told, std::vector<std::string>{"no disk"});
      EXPECT_EQ(opened->Checkpoint(crypto::Sha256(kOrigin).Hex()).body.find(log.Note(2)), 0U);
    }
    witness.Open();
    const Answer after = witness->Add(log.Body(2, 7));
    EXPECT_TRUE(after.status == 200 || after.body == "5\n") << after.status << after.body;
  }
}

// Two requests from one size at a time: exactly one is cosigned, however they meet.
TEST(Witness, ComparesAndStoresAsOne) {
  const TestTree log;
  WitnessFixture witness;
  ASSERT_EQ(witness->Add(log.Body(0, 1)).status, 200);
  std::atomic<int> cosigned{0};
  std::atomic<int> conflicts{0};
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        const int status = witness->Add(log.Body(1, 2 + i)).status;
        if (status == 200) ++cosigned;
        if (status == 409) ++conflicts;
      });
    }
  }
  EXPECT_EQ(cosigned, 1);
  EXPECT_EQ(conflicts, 7);
}

}  // namespace
}  // namespace proviso::witness
