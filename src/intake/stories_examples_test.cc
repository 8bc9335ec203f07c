#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "intake/claim_drafts.h"
#include "intake/read_report.h"
#include "intake/stories_fixture.h"

namespace proviso::intake {
namespace {

using testing::ReadText;

const std::filesystem::path kExamples = std::filesystem::path(PROVISO_SOURCE_DIR) / "examples";

// The reports of examples/reports, in order of their names: 01 is report-1.
class ExampleReports : public ::testing::Test {
 protected:
  void SetUp() override {
    std::vector<std::filesystem::path> paths;
    for (const auto& entry : std::filesystem::directory_iterator(kExamples / "reports")) {
      paths.push_back(entry.path());
    }
    std::sort(paths.begin(), paths.end());
    for (const auto& path : paths) {
      const std::string text = ReadText(path);
      const ByteView bytes = AsBytes(text);
      IncomingFile file{path.filename().string(), Bytes(bytes.begin(), bytes.end()), std::nullopt};
      reports_.push_back(ReadReport(file).value());
    }
    ASSERT_EQ(reports_.size(), 11U);
    std::vector<StoryMember> members;
    for (std::size_t i = 0; i < reports_.size(); ++i) {
      members.push_back({"report-" + std::to_string(i + 1), &reports_[i],
                         Time(std::chrono::hours(500'000 + static_cast<std::int64_t>(i)))});
    }
    stories_ = GroupStories(members);
  }

  const Story& StoryNamed(const std::string& id) const {
    const auto found = std::find_if(stories_.begin(), stories_.end(),
                                    [&](const Story& story) { return story.id == id; });
    EXPECT_NE(found, stories_.end()) << id;
    return *found;
  }

  static std::vector<std::string> OriginsOf(const Story& story) {
    std::vector<std::string> origins;
    for (const Origin& origin : story.origins) {
      origins.push_back(std::string(OriginKindName(origin.kind)) + " " + origin.name + " " +
                        origin.report);
    }
    std::sort(origins.begin(), origins.end());
    return origins;
  }

  // "class denial region quantity", of each draft of a report.
  std::multiset<std::string> DraftsOf(std::size_t report) const {
    std::multiset<std::string> found;
    for (const ClaimDraft& draft :
         DraftClaims("report-1", reports_[report - 1], catalogue_, customers_)) {
      found.insert(draft.who + " " + draft.capability_class + (draft.denial ? " denial " : " ") +
                   draft.region + " " + draft.quantity);
    }
    return found;
  }

  std::vector<Report> reports_;
  std::vector<Story> stories_;
  catalogue::Catalogue catalogue_ =
      catalogue::Catalogue::FromYaml(ReadText(kExamples / "catalogue.yaml"), "catalogue.yaml")
          .value();
  catalogue::Customers customers_ =
      catalogue::Customers::FromYaml(ReadText(kExamples / "customers.yaml"), "customers.yaml")
          .value();
};

TEST_F(ExampleReports, GoBackToTheInvestigationTheStatementAndTheDenial) {
  const Story& story = StoryNamed("story-2");
  EXPECT_EQ(story.reports, (std::vector<std::string>{"report-2", "report-3", "report-4", "report-5",
                                                     "report-6", "report-9"}));
  EXPECT_EQ(OriginsOf(story),
            (std::vector<std::string>{"reporting Example Herald and Example Radio report-2",
                                      "statement Example Cloud report-4",
                                      "statement Example Ministry report-6"}));
  const auto herald =
      std::find_if(story.origins.begin(), story.origins.end(),
                   [](const Origin& origin) { return origin.kind == OriginKind::kReporting; });
  EXPECT_EQ(herald->cited_by,
            (std::vector<std::string>{"report-3", "report-5", "report-6", "report-9"}));
}

TEST_F(ExampleReports, HaveOriginsThatAreOutletsOrOrganisations) {
  EXPECT_EQ(OriginsOf(StoryNamed("story-1")),
            std::vector<std::string>{"statement Example Rights Watch report-1"});
  EXPECT_EQ(OriginsOf(StoryNamed("story-7")),
            std::vector<std::string>{"statement Example Ministry "});
  EXPECT_EQ(OriginsOf(StoryNamed("story-8")),
            std::vector<std::string>{"reporting Example Abuse Exchange report-8"});
  EXPECT_EQ(OriginsOf(StoryNamed("story-10")),
            std::vector<std::string>{"statement Example Ministry report-10"});
}

TEST_F(ExampleReports, DifferWhereTheEchoIsCareless) {
  std::set<std::string> found;
  for (const Disagreement& one : StoryNamed("story-2").disagreements) {
    std::string versions;
    for (const Version& version : one.versions) {
      versions += "; " + version.report + " " + version.value;
      const std::string& text = reports_[std::stoul(version.report.substr(7)) - 1].text;
      EXPECT_EQ(text.substr(version.begin, version.end - version.begin), version.value);
    }
    found.insert(one.about + versions);
  }
  EXPECT_EQ(found,
            (std::set<std::string>{
                "figure; report-2 11,500 terabytes; report-3 12,000 terabytes; report-5 11,500 "
                "terabytes",
                "figure; report-2 64-fold; report-3 60-fold; report-5 64-fold",
                "name; report-2 Tomas Exemplar; report-3 Thomas Examplar",
                "date; report-2 in November 2024; report-3 in November 2023"}));
}

TEST_F(ExampleReports, HaveOneEchoAndTheBulletinIsNone) {
  const Story& story = StoryNamed("story-2");
  ASSERT_EQ(story.echoes.size(), 1U) << story.echoes.back().why;
  EXPECT_EQ(story.echoes[0].by, "report-3");
  EXPECT_EQ(story.echoes[0].of, "report-2");
}

TEST_F(ExampleReports, GiveTheClaimsOfTheStory) {
  const std::string unit = "example-signals-unit ";
  const std::string ministry = "ba-example-ministry ";
  const std::vector<std::pair<std::size_t, std::string>> wanted = {
      {1, unit + "face-recognition  "},
      {2, unit + "object-storage nl-1 11,500 terabytes"},
      {2, unit + "speech-to-text  "},
      {2, unit + "translation  "},
      {2, unit + "speech-to-text  64-fold"},
      {3, unit + "object-storage nl-1 12,000 terabytes"},
      {3, unit + "speech-to-text  60-fold"},
      {4, ministry + "object-storage nl-1 "},
      {4, ministry + "egress  "},
      {5, unit + "object-storage  11,500 terabytes"},
      {5, unit + "speech-to-text  64-fold"},
      {5, unit + "egress nl-1 2,600 terabytes"},
      {6, unit + " denial  "},
      {6, unit + "face-recognition,speech-to-text,text-generation,translation denial  "},
      {6, ministry + "face-recognition denial  "},
      {6, ministry + " denial  11,500 terabytes"},
      {6, ministry + "egress  "},
      {9, ministry + "speech-to-text nl-1 "},
      {10, unit + "face-recognition,speech-to-text,text-generation,translation denial  "},
      {10, ministry + "egress  8,000 terabytes"},
  };
  for (const auto& [report, draft] : wanted) {
    const std::multiset<std::string> drafts = DraftsOf(report);
    EXPECT_TRUE(drafts.contains(draft))
        << report << ": " << draft << " in " << ::testing::PrintToString(drafts);
  }
}

TEST_F(ExampleReports, GiveNoClaimsOfWhatNobodySaysOfTheCustomer) {
  // What the provider does not do, what a review rests on, and a payroll that stopped.
  for (const std::size_t report : {4U, 5U}) {
    for (const std::string& draft : DraftsOf(report)) {
      EXPECT_EQ(draft.find("denial"), std::string::npos) << report << ": " << draft;
    }
  }
  EXPECT_TRUE(DraftsOf(7).empty());
  EXPECT_EQ(DraftsOf(1).size(), 1U);
  EXPECT_EQ(DraftsOf(2).count("example-signals-unit object-storage  "), 0U);
}

}  // namespace
}  // namespace proviso::intake
