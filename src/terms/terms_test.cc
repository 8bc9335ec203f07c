#include "terms/terms.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "catalogue/catalogue.h"

namespace proviso::terms {
namespace {

constexpr std::string_view kSmall = R"(id: acceptable-use
version: 2026-01
title: Acceptable use
clauses:
  - id: "4.2"
    title: Mass surveillance
    text: |
      The customer does not
      do this.
    restrictions:
      - {classes: [object-storage, translation], stages: [read-only, suspended]}
      - {classes: [compute], stages: [no-new]}
  - id: 7.10
    title: Content
    text: We do not look.
keep_on: [security]
quorum: {decision: 3, lift: 2}
appeal: In writing.
)";

std::string FileOfRepository(const std::string& path) {
  std::ifstream file(PROVISO_SOURCE_DIR "/" + path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string Replaced(std::string_view from, std::string_view to) {
  std::string text(kSmall);
  const std::size_t at = text.find(from);
  EXPECT_NE(at, std::string::npos) << from;
  return text.replace(at, from.size(), to);
}

std::string Fault(std::string_view text) {
  const Result<Terms> terms = Terms::FromYaml(text, "t.yaml");
  return terms ? "" : terms.error().message();
}

TEST(Stage, HasANameThatReadsBack) {
  for (const Stage stage : {Stage::kNotice, Stage::kNoNew, Stage::kReadOnly, Stage::kSuspended}) {
    EXPECT_EQ(ParseStage(StageName(stage)), stage);
  }
  EXPECT_EQ(StageName(Stage::kReadOnly), "read-only");
}

TEST(Stage, UnknownOneIsRefusedWithTheNearest) {
  const Result<Stage> stage = ParseStage("suspend");
  ASSERT_FALSE(stage);
  EXPECT_EQ(stage.error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(stage.error().message(), "stage `suspend` does not exist; did you mean `suspended`?");
  EXPECT_FALSE(ParseStage(""));
  EXPECT_FALSE(ParseStage("Notice"));
}

TEST(Terms, LoadTheExampleOfTheDocument) {
  const std::string document = FileOfRepository("docs/formats/terms.md");
  const std::size_t begin = document.find("\n```yaml\n");
  ASSERT_NE(begin, std::string::npos);
  const std::size_t end = document.find("\n```\n", begin + 1);
  EXPECT_EQ(Fault(document.substr(begin + 9, end + 1 - begin - 9)), "");
  EXPECT_EQ(document.find("\n```yaml\n", end), std::string::npos) << "one example";
}

TEST(Terms, OfTheExampleProviderNameClassesOfItsCatalogue) {
  const Result<Terms> terms =
      Terms::FromYaml(FileOfRepository("examples/terms.yaml"), "examples/terms.yaml");
  ASSERT_TRUE(terms) << terms.error().message();
  const auto catalogue =
      catalogue::Catalogue::FromYaml(FileOfRepository("examples/catalogue.yaml"), "c.yaml").value();
  std::vector<std::string> classes = terms->keep_on_classes;
  for (const Clause& clause : terms->clauses) {
    for (const PermittedRestriction& permitted : clause.restrictions) {
      classes.insert(classes.end(), permitted.classes.begin(), permitted.classes.end());
    }
  }
  EXPECT_GT(classes.size(), 8U);
  for (const std::string& id : classes) EXPECT_NE(catalogue.FindClass(id), nullptr) << id;
}

TEST(Terms, HoldWhatTheFileSays) {
  const Terms terms = Terms::FromYaml(kSmall, "t.yaml").value();
  EXPECT_EQ(terms.id, "acceptable-use");
  EXPECT_EQ(terms.version, "2026-01");
  EXPECT_EQ(terms.quorum.decision, 3);
  EXPECT_EQ(terms.quorum.lift, 2);
  EXPECT_EQ(terms.keep_on_classes, std::vector<std::string>{"security"});
  ASSERT_NE(terms.FindClause("4.2"), nullptr);
  EXPECT_EQ(terms.FindClause("4.2")->text, "The customer does not\ndo this.");
  EXPECT_NE(terms.FindClause("7.10"), nullptr) << "a clause is no number";
  EXPECT_EQ(terms.FindClause("7.1"), nullptr);
}

TEST(Terms, PermitWhatOneRestrictionOfTheClauseNamesTogether) {
  const Terms terms = Terms::FromYaml(kSmall, "t.yaml").value();
  const Clause& clause = *terms.FindClause("4.2");
  const struct {
    const char* capability_class;
    Stage stage;
    bool permitted;
  } cases[] = {{"object-storage", Stage::kReadOnly, true},
               {"translation", Stage::kSuspended, true},
               {"object-storage", Stage::kNotice, false},
               {"object-storage", Stage::kNoNew, false},  // the stage of the other restriction
               {"compute", Stage::kNoNew, true},
               {"compute", Stage::kSuspended, false},
               {"security", Stage::kNotice, false},
               {"", Stage::kNoNew, false}};
  for (const auto& [capability_class, stage, permitted] : cases) {
    EXPECT_EQ(Permits(clause, capability_class, stage), permitted)
        << capability_class << " " << StageName(stage);
  }
  EXPECT_FALSE(Permits(*terms.FindClause("7.10"), "compute", Stage::kNoNew));
}

TEST(Terms, ComeBackTheSameFromJson) {
  for (const std::string& text : {std::string(kSmall), FileOfRepository("examples/terms.yaml")}) {
    const std::string json = Terms::FromYaml(text, "t.yaml").value().ToJson().Canonical();
    const Result<Terms> again = Terms::FromJson(ParseJson(json).value());
    ASSERT_TRUE(again) << again.error().message();
    EXPECT_EQ(again->ToJson().Canonical(), json);
  }
}

TEST(Terms, AQuorumBelowTwoIsRefusedInJsonToo) {
  Json json = Terms::FromYaml(kSmall, "t.yaml").value().ToJson();
  json["quorum"]["decision"] = 1;
  const Result<Terms> terms = Terms::FromJson(json);
  ASSERT_FALSE(terms);
  EXPECT_NE(terms.error().message().find("an integer from 2 to 20, found `1`"), std::string::npos);
}

TEST(Terms, AreRefusedWithPlaceAndRemedy) {
  const struct {
    std::string text;
    const char* fault;
  } cases[] = {
      {"", "t.yaml:1: the file is empty"},
      {std::string(kSmall.substr(0, kSmall.find("text: We"))),
       "t.yaml:13: clause `7.10`: `text` is "
       "missing; add it"},
      {std::string(kSmall.substr(0, kSmall.find(", stages: [no-new]"))),
       "t.yaml:12: not YAML: the file ends within"},
      {"7", "t.yaml:1: file: expected keys and values (`key: value`), found `7`"},
      {std::string("\xFE\xFF\0i", 4), "t.yaml:1: the file is UTF-16"},
      {Replaced("In writing",
                "Par \xE9"
                "crit"),
       "t.yaml:18: not UTF-8"},
      {Replaced("In writing", std::string("\0", 1)), "t.yaml:18: a NUL byte"},
      {Replaced("decision: 3", "decision: 1"),
       "t.yaml:17: quorum: `decision`: expected an integer from 2 to 20, found `1`"},
      {Replaced("lift: 2", "lift: 0"),
       "quorum: `lift`: expected an integer from 2 to 20, found `0`"},
      {Replaced("decision: 3", "decision: two"), "found `two`"},
      {Replaced("decision: 3", "decision: 21"), "from 2 to 20, found `21`"},
      {Replaced("decision: 3, ", ""), "t.yaml:17: quorum: `decision` is missing; add it"},
      {Replaced("quorum: {decision: 3, lift: 2}\n", ""), "t.yaml:1: file: `quorum` is missing"},
      {Replaced("appeal: In writing.\n", ""), "t.yaml:1: file: `appeal` is missing; add it"},
      {Replaced("appeal: In writing.", "appeal: ''"), "`appeal` is empty; give a text"},
      {Replaced("read-only", "readonly"),
       "t.yaml:11: restriction of clause `4.2`: stage `readonly` does not exist; did you mean "
       "`read-only`?"},
      {Replaced("stages: [no-new]", "stages: []"), "`stages` is an empty list; name at least one"},
      {Replaced("classes: [compute]", "classes: [my class]"), "class `my class` may hold letters"},
      {Replaced("[security]", "[my class]"),
       "t.yaml:16: file: `keep_on`: class `my class` may hold"},
      {Replaced("[security]", "[security, compute]"),
       "t.yaml:16: file: `keep_on` keeps class `compute` on, but clause `4.2` permits to restrict "
       "it; remove it from one"},
      {Replaced("[security]", ""), "t.yaml:16: file: `keep_on` has no value; give one, or remove"},
      {Replaced("id: 7.10", "id: 4.2"), "t.yaml:13: clause `4.2`: `4.2` is taken on line 5"},
      {Replaced("id: 7.10", "id: 7 10"), "`id`: `7 10` may hold letters"},
      {Replaced("keep_on:", "keepon:"),
       "t.yaml:16: file: unknown key `keepon`; did you mean "
       "`keep_on`?"},
      {Replaced("title: Content", "title: Content\n    title: C"),
       "t.yaml:15: duplicate key `title`"},
      {Replaced("[security]", "&a [*a]"), "t.yaml:16: an alias stands inside of what it repeats"},
  };
  for (const auto& [text, fault] : cases) {
    EXPECT_NE(Fault(text).find(fault), std::string::npos)
        << "expected " << fault << "\nfound " << Fault(text);
  }
}

}  // namespace
}  // namespace proviso::terms
