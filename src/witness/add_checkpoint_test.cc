#include "witness/add_checkpoint.h"

#include "witness/witness_fixture.h"

namespace proviso::witness {
namespace {

std::string HashLine(char fill) {
  return Base64Encode(Bytes(32, static_cast<std::uint8_t>(fill))) + "\n";
}

TEST(ReadAddCheckpoint, ReadsBackWhatIsWritten) {
  const TestTree log;
  for (const std::size_t from : {0U, 1U, 5U, 20U}) {
    const auto read = ReadAddCheckpoint(log.Body(from, 20)).value();
    EXPECT_EQ(read.old_size, from);
    EXPECT_EQ(read.proof, log.Proof(from, 20));
    EXPECT_EQ(read.note, log.Note(20));
  }
}

TEST(ReadAddCheckpoint, Takes63HashesAndNoMore) {
  std::string body = "old 1\n";
  for (int i = 0; i < 63; ++i) body += HashLine('a');
  EXPECT_EQ(ReadAddCheckpoint(body + "\nnote").value().proof.size(), 63U);
  EXPECT_FALSE(ReadAddCheckpoint(body + HashLine('a') + "\nnote"));
}

struct BadBody {
  std::string body;
  std::string why;
};

TEST(ReadAddCheckpoint, RefusesOtherForms) {
  const std::vector<BadBody> cases = {
      {"", "line 1: expected `old ` and a size"},
      {"old 1", "line 1: expected `old ` and a size"},
      {"\n", "line 1"},
      {"new 1\n\nnote", "line 1: expected `old ` and a size, found `new 1`"},
      {"Old 1\n\nnote", "line 1"},
      {"old  1\n\nnote", "line 1: size"},
      {"old 01\n\nnote", "line 1: size: expected a number without leading zeros"},
      {"old -1\n\nnote", "line 1: size"},
      {"old +1\n\nnote", "line 1: size"},
      {"old 1 \n\nnote", "line 1: size"},
      {"old \n\nnote", "line 1: size"},
      {"old 9223372036854775808\n\nnote", "line 1: size"},
      {"old 1\r\n\nnote", "line 1: size"},
      {"old 1\n", "line 2: expected a hash, or an empty line"},
      {"old 1\nAAAA\n\nnote", "line 2: expected a hash of 32 bytes"},
      {"old 1\n" + HashLine('a') + "x", "line 3: expected a hash, or an empty line"},
      {"old 1\n" + std::string(43, 'A') + "\n\nnote", "line 2: expected a hash of 32 bytes"},
      {"old 1\n" + std::string(42, 'A') + "B=\n\nnote", "line 2: expected a hash of 32 bytes"},
      {"old 1\n\n" + std::string(kAddCheckpointBytesMax, 'x'), "at most 65536 bytes"},
  };
  for (const BadBody& each : cases) {
    const auto read = ReadAddCheckpoint(each.body);
    ASSERT_FALSE(read) << each.body.substr(0, 100);
    EXPECT_NE(read.error().message().find(each.why), std::string::npos) << read.error().message();
  }
}

TEST(ReadCheckpointHead, ReadsThreeLinesAndAllowsMore) {
  const std::string root = HashLine('r');
  for (const std::string& more : {std::string(), std::string("one\n"), std::string("one\ntwo\n")}) {
    const auto head = ReadCheckpointHead("a log\n12\n" + root + more).value();
    EXPECT_EQ(head.origin, "a log");
    EXPECT_EQ(head.tree.size, 12U);
    EXPECT_EQ(head.tree.root.bytes[0], 'r');
  }
}

TEST(ReadCheckpointHead, RefusesEveryOtherSpelling) {
  const std::string root = HashLine('r');
  const std::vector<std::string> texts = {"",
                                          "a\n",
                                          "a\n1\n",
                                          "\n1\n" + root,
                                          "a\n01\n" + root,
                                          "a\n1\r\n" + root,
                                          "a\n9223372036854775808\n" + root,
                                          "a\n1\n" + root.substr(0, 44),
                                          "a\n1\n" + root.substr(1),
                                          "a\n1\n" + std::string(42, 'A') + "B=\n",
                                          "a\n1\n" + root + "\n",
                                          "a\n1\n" + root + "x\n\ny\n",
                                          "a\n1\n" + root + "x"};
  for (const std::string& text : texts) EXPECT_FALSE(ReadCheckpointHead(text)) << text;
}

}  // namespace
}  // namespace proviso::witness
