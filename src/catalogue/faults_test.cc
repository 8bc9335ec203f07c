#include "catalogue/faults.h"

#include <gtest/gtest.h>

namespace proviso::catalogue {
namespace {

TEST(Nearest, FindsASlipOfTheHand) {
  const std::vector<std::string> candidates = {"object-storage", "translation", "nl-1", "ie-1"};
  const struct {
    const char* word;
    const char* nearest;  // empty: none
  } cases[] = {{"object-storag", "object-storage"},
               {"objectstorage", "object-storage"},
               {"Object-Storage", "object-storage"},
               {"obejct-storage", "object-storage"},
               {"tranlsation", "translation"},
               {"nl1", "nl-1"},
               {"translate", "translation"},
               {"compute", ""},
               {"", ""},
               {"x", ""}};
  for (const auto& [word, nearest] : cases) {
    EXPECT_EQ(Nearest(word, candidates).value_or(""), nearest) << word;
  }
}

TEST(Nearest, TakesTheFirstOfSeveralThatAreEquallyNear) {
  EXPECT_EQ(Nearest("be-1", {"nl-1", "ie-1", "de-1"}), "ie-1");
}

TEST(Nearest, DoesNotCompareLongWords) {
  const std::string word(65, 'a');
  EXPECT_EQ(Nearest(word, {word}), std::nullopt);
}

TEST(DidYouMean, NamesAtMostTwentyFour) {
  EXPECT_EQ(DidYouMean("zzzz", {}), "");
  EXPECT_EQ(DidYouMean("zzzz", {"a"}), "; expected `a`");
  EXPECT_EQ(DidYouMean("zzzz", {"flow", "level"}), "; expected one of `flow`, `level`");
  EXPECT_EQ(DidYouMean("flwo", {"flow", "level"}), "; did you mean `flow`?");
  std::vector<std::string> many;
  many.reserve(26);
  for (int i = 0; i < 26; ++i) many.push_back("candidate-" + std::to_string(i));
  const std::string text = DidYouMean("zzzz", many);
  EXPECT_NE(text.find("`candidate-23` or 2 more"), std::string::npos) << text;
  EXPECT_EQ(text.find("candidate-24"), std::string::npos) << text;
}

TEST(Faults, ListsAllInTheOrderOfLines) {
  Faults faults("a.yaml");
  EXPECT_TRUE(faults.ToStatus());
  faults.Add(7, "second");
  faults.Add(3, "first");
  faults.Add(7, "third");
  const Status status = faults.ToStatus();
  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(status.error().message(), "a.yaml:3: first\na.yaml:7: second\na.yaml:7: third");
}

TEST(Faults, LeavesOutTheLineThatIsNotKnown) {
  Faults faults("catalogue");
  faults.Add(0, "no classes");
  EXPECT_EQ(faults.ToStatus().error().message(), "catalogue: no classes");
}

TEST(Faults, ShowsAHundredAndCountsTheRest) {
  Faults faults("a.yaml");
  for (int line = 1; line <= 130; ++line) faults.Add(line, "wrong");
  const std::string message = faults.ToStatus().error().message();
  EXPECT_NE(message.find("a.yaml:100: wrong\n"), std::string::npos);
  EXPECT_EQ(message.find("a.yaml:101:"), std::string::npos);
  EXPECT_NE(message.find("a.yaml: 30 more faults are not shown"), std::string::npos);
  EXPECT_EQ(faults.size(), 130U);
}

}  // namespace
}  // namespace proviso::catalogue
