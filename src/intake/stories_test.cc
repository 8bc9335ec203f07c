#include "intake/stories.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/random.h"
#include "intake/internal/grouping.h"
#include "intake/internal/likeness.h"
#include "intake/stories_fixture.h"

namespace proviso::intake {
namespace {

using testing::Labelled;
using testing::ReadLabelled;

const Story& StoryWith(const std::vector<Story>& stories, const std::string& report) {
  const auto found = std::find_if(stories.begin(), stories.end(), [&](const Story& story) {
    return std::count(story.reports.begin(), story.reports.end(), report) > 0;
  });
  EXPECT_NE(found, stories.end()) << report;
  return *found;
}

// The story of the calls, which stands first in the labelled set: report-1 to report-5.
class CallsStory : public ::testing::Test {
 protected:
  std::vector<StoryMember> Calls() const {
    std::vector<StoryMember> members = labelled_.Members();
    members.resize(5);
    return members;
  }
  Labelled labelled_ = ReadLabelled();
};

TEST_F(CallsStory, EveryReportIsInOneStoryNamedByItsLowestReport) {
  std::vector<StoryMember> members = labelled_.Members();
  const std::vector<Story> stories = GroupStories(members);
  std::vector<std::string> seen;
  for (const Story& story : stories) {
    ASSERT_FALSE(story.reports.empty());
    EXPECT_EQ("report-" + story.id.substr(std::string("story-").size()), story.reports.front());
    EXPECT_FALSE(story.why.empty());
    EXPECT_FALSE(story.origins.empty()) << story.id;
    seen.insert(seen.end(), story.reports.begin(), story.reports.end());
  }
  std::vector<std::string> all;
  for (const StoryMember& member : members) all.push_back(member.id);
  std::sort(seen.begin(), seen.end());
  std::sort(all.begin(), all.end());
  EXPECT_EQ(seen, all);
}

TEST_F(CallsStory, TheOrderOfMembersChangesNothing) {
  std::vector<StoryMember> members = labelled_.Members();
  const std::vector<Story> before = GroupStories(members);
  std::reverse(members.begin(), members.end());
  const std::vector<Story> after = GroupStories(members);
  ASSERT_EQ(before.size(), after.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(before[i].id, after[i].id);
    EXPECT_EQ(before[i].reports, after[i].reports);
    EXPECT_EQ(before[i].why, after[i].why);
    EXPECT_EQ(before[i].origins.size(), after[i].origins.size());
    EXPECT_EQ(before[i].disagreements.size(), after[i].disagreements.size());
  }
}

TEST_F(CallsStory, ANewReportSeldomPartsOthers) {
  constexpr std::size_t kStep = 8;
  constexpr int kPartedMax = 4;
  const std::vector<StoryMember> members = labelled_.Members();
  std::vector<Story> before;
  int parted = 0;
  for (std::size_t count = kStep; count <= members.size(); count += kStep) {
    const std::vector<Story> after = GroupStories(std::span(members).first(count));
    for (const Story& story : before) {
      const Story& now = StoryWith(after, story.reports.front());
      for (const std::string& report : story.reports) {
        parted += std::count(now.reports.begin(), now.reports.end(), report) == 1 ? 0 : 1;
      }
    }
    before = after;
  }
  EXPECT_LE(parted, kPartedMax);
}

TEST_F(CallsStory, HasOneEchoAndThreeOrigins) {
  const std::vector<Story> stories = GroupStories(Calls());
  ASSERT_EQ(stories.size(), 1U);
  const Story& story = stories.front();
  ASSERT_EQ(story.echoes.size(), 1U);
  EXPECT_EQ(story.echoes[0].of, "report-1");
  EXPECT_EQ(story.echoes[0].by, "report-2");
  EXPECT_GT(story.echoes[0].containment_per_mille, 500);
  EXPECT_FALSE(story.echoes[0].reversed);
  std::vector<std::string> origins;
  for (const Origin& origin : story.origins) {
    origins.push_back(std::string(OriginKindName(origin.kind)) + " " + origin.name + " " +
                      origin.report);
  }
  std::sort(origins.begin(), origins.end());
  EXPECT_EQ(origins, (std::vector<std::string>{"reporting Example Herald report-1",
                                               "statement Example Cloud report-3",
                                               "statement Example Ministry "}));
}

TEST_F(CallsStory, DifferentFiguresStandSideBySide) {
  const std::vector<Story> stories = GroupStories(Calls());
  const auto& disagreements = stories.front().disagreements;
  ASSERT_EQ(disagreements.size(), 1U);
  EXPECT_EQ(disagreements[0].about, "figure");
  std::string values;
  for (const Version& version : disagreements[0].versions) {
    values += version.report + " " + version.value + "; ";
    const std::string& text = labelled_.reports[std::stoul(version.report.substr(7)) - 1].text;
    EXPECT_EQ(text.substr(version.begin, version.end - version.begin), version.value);
  }
  EXPECT_EQ(values,
            "report-1 11,500 terabytes; report-2 11,500 terabytes; report-4 11,500 terabytes; "
            "report-5 11,000 terabytes; ");
}

TEST_F(CallsStory, AnEchoThatCameInFirstIsStillTheEcho) {
  std::vector<StoryMember> members = Calls();
  std::swap(members[0].received, members[1].received);
  const std::vector<Story> stories = GroupStories(members);
  ASSERT_EQ(stories.front().echoes.size(), 1U);
  EXPECT_EQ(stories.front().echoes[0].by, "report-2");
  EXPECT_TRUE(stories.front().echoes[0].reversed);
}

TEST_F(CallsStory, OfOneDayTheOneThatCreditsTheOtherIsTheEcho) {
  std::vector<StoryMember> members = Calls();
  Report echo = *members[1].report;
  echo.date = members[0].report->date;
  members[1].report = &echo;
  std::swap(members[0].received, members[1].received);  // and it came in first
  const std::vector<Story> stories = GroupStories(members);
  ASSERT_EQ(stories.front().echoes.size(), 1U);
  EXPECT_EQ(stories.front().echoes[0].by, "report-2");
}

TEST_F(CallsStory, SpellingsOfANameAreADisagreement) {
  std::vector<StoryMember> members = Calls();
  Report other = *members[3].report;
  const std::size_t at = other.text.find("Ines Halloway");
  ASSERT_NE(at, std::string::npos);
  Report first = *members[4].report;
  first.text += "\n\nThe engineer who spoke was Ines Haloway.";
  members[4].report = &first;
  const std::vector<Story> stories = GroupStories(members);
  const auto& all = stories.front().disagreements;
  const auto name = std::find_if(all.begin(), all.end(),
                                 [](const Disagreement& one) { return one.about == "name"; });
  ASSERT_NE(name, all.end());
  EXPECT_EQ(name->versions[0].value, "Halloway");
  EXPECT_EQ(name->versions[1].value, "Haloway");
}

class RewordedCopy : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(RewordedCopy, IsAnEchoInTheSameStory) {
  const Labelled labelled = ReadLabelled();
  std::vector<StoryMember> members = labelled.Members();
  for (const std::size_t of : {std::size_t{0}, std::size_t{10}, std::size_t{14}}) {
    Report copy = *members[of].report;
    copy.text = testing::Reworded(copy.text, GetParam(), 42 + of);
    copy.outlet = "Example Mirror";
    std::vector<StoryMember> with = members;
    with.push_back({"report-99", &copy, members.back().received});
    const std::vector<Story> stories = GroupStories(with);
    const Story& story = StoryWith(stories, "report-99");
    const auto echo = std::find_if(story.echoes.begin(), story.echoes.end(),
                                   [](const Echo& one) { return one.by == "report-99"; });
    ASSERT_NE(echo, story.echoes.end()) << labelled.files[of];
    EXPECT_EQ(echo->of, members[of].id);
  }
}

INSTANTIATE_TEST_SUITE_P(OneWordIn, RewordedCopy, ::testing::Values(10, 5, 4));

TEST(Echoes, ASharedStatementIsNoEcho) {
  const std::string quote =
      "\"Our records show what was bought and when, and nothing of what is in it, and that is how "
      "we mean to keep it for as long as customers trust us with their data,\"";
  Report first;
  first.date = ParseDate("2026-08-09").value();
  first.outlet = "Example Ledger";
  first.text = "Example Cloud has answered the Tarn report. " + quote +
               " it said on Sunday. Shares in Marlow Street hardly moved in thin summer trading.";
  Report second = first;
  second.outlet = "Example Post";
  second.text = quote +
                " said Example Cloud after questions about the Tarn valley. Lawyers of "
                "residents want to see those records in a court of Marlow Street.";
  const std::vector<StoryMember> members = {{"report-1", &first, Time{}},
                                            {"report-2", &second, Time{}}};
  const std::vector<Story> stories = GroupStories(members);
  ASSERT_EQ(stories.size(), 1U);
  EXPECT_TRUE(stories[0].echoes.empty());
}

TEST(Echoes, AnOutletsOwnFootersAreNotCopiedText) {
  const Labelled labelled = ReadLabelled();
  // The same long footer under four articles of one outlet: two of one event, two of others.
  const std::string footer =
      "\n\nThe paper is made by eleven people in a former dairy who answer every letter that they "
      "get before the end of the week in which it came. They have done so since the paper was "
      "founded by a printer and a baker who could not agree on anything else in the world.";
  std::vector<Report> reports;
  for (const std::size_t i : {3U, 4U, 9U, 13U}) {
    reports.push_back(labelled.reports[i]);
    reports.back().outlet = "Example Ledger";
    reports.back().text += footer;
  }
  std::vector<StoryMember> members;
  for (std::size_t i = 0; i < reports.size(); ++i) {
    members.push_back({"report-" + std::to_string(i + 1), &reports[i], Time{}});
  }
  for (const Story& story : GroupStories(members)) {
    EXPECT_TRUE(story.echoes.empty()) << story.echoes[0].why;
  }
}

TEST(Origins, OutletsNamedTogetherAreOneOrigin) {
  Report report;
  report.outlet = "Example Post";
  report.date = ParseDate("2026-08-09").value();
  report.text =
      "A joint investigation by the Example Herald, the magazine Open Ledger and the Tarnish news "
      "site +77 found the calls. Later, the Herald reported that more was kept. \"We will look,\" "
      "Example Cloud said in a statement.";
  const std::vector<StoryMember> members = {{"report-1", &report, Time{}}};
  const std::vector<Story> stories = GroupStories(members);
  ASSERT_EQ(stories[0].origins.size(), 2U);
  EXPECT_EQ(stories[0].origins[0].name, "Example Herald, Open Ledger and +77");
  EXPECT_EQ(stories[0].origins[0].cited_by, std::vector<std::string>{"report-1"});
  EXPECT_TRUE(stories[0].origins[0].why.starts_with("report-1, byte 0: `A joint investigation"));
  EXPECT_EQ(stories[0].origins[1].kind, OriginKind::kStatement);
  EXPECT_EQ(stories[0].origins[1].name, "Example Cloud");
}

TEST(Origins, NobodyCitesAStatementThatIsYoungerThanTheirReport) {
  const auto day = [](int number) {
    return ParseDate("2026-08-0" + std::to_string(number)).value();
  };
  Report before;
  before.outlet = "Example Herald";
  before.date = day(6);
  before.text =
      "The Tarnish dam at Lower Quell was opened by night. Forty tonnes of gravel lie behind it. "
      "Example Cloud said it would look at the dam.";
  Report statement;
  statement.kind = ReportKind::kLetter;
  statement.author = "Ada Mockup, Example Cloud";
  statement.text =
      "At night forty tonnes of gravel fell from the Tarnish dam, which stands above Lower Quell. "
      "We "
      "have looked at what was opened.";
  Report after = before;
  after.outlet = "Example Courier";
  after.text =
      "The Tarnish dam at Lower Quell was opened by night, and gravel fell, forty tonnes of it. "
      "Example Cloud said it had looked at the dam.";
  struct Row {
    std::optional<Date> stated;
    std::vector<std::string> cited_by;
  };
  for (const Row& row : std::vector<Row>{{day(7), {"report-3"}},
                                         {day(6), {"report-1", "report-3"}},
                                         {std::nullopt, {"report-1", "report-3"}}}) {
    statement.date = row.stated;
    after.date = day(8);
    const std::vector<StoryMember> members = {{"report-1", &before, Time{}},
                                              {"report-2", &statement, Time(day(7))},
                                              {"report-3", &after, Time{}}};
    const std::vector<Story> stories = GroupStories(members);
    ASSERT_EQ(stories.size(), 1U);
    const auto cloud =
        std::find_if(stories[0].origins.begin(), stories[0].origins.end(),
                     [](const Origin& origin) { return origin.name == "Example Cloud"; });
    ASSERT_NE(cloud, stories[0].origins.end());
    EXPECT_EQ(cloud->report, "report-2");
    EXPECT_EQ(cloud->cited_by, row.cited_by);
  }
}

TEST(Origins, WhoIsAccusedOrSpeaksBehindAnOutletIsNoPartner) {
  for (const std::string behind :
       {", Lena Dummy said.", ", the Example Signals Unit of the Example Ministry held calls.",
        " and Example Ministry officials met.", " on Thursday and Friday."}) {
    Report report;
    report.outlet = "Example Post";
    report.text = "According to an investigation by the Example Herald" + behind;
    const std::vector<StoryMember> members = {{"report-1", &report, Time{}}};
    const std::vector<Story> stories = GroupStories(members);
    ASSERT_EQ(stories[0].origins.size(), 1U) << behind;
    EXPECT_EQ(stories[0].origins[0].name, "Example Herald") << behind;
  }
}

TEST(Disagreements, OneDateInTwoSpellingsIsNone) {
  Report first;
  first.outlet = "Example Herald";
  first.date = ParseDate("2026-08-09").value();
  first.text = "The Tarnish dam at Lower Quell was opened on 6 August 2026 by engineer Ada Mockup.";
  Report second = first;
  second.outlet = "Example Post";
  for (const auto& [day, differs] :
       std::vector<std::pair<std::string, bool>>{{"6 August", false},
                                                 {"August 6th, 2026", false},
                                                 {"7 August", true},
                                                 {"6 August 2025", true}}) {
    second.text =
        "The Tarnish dam at Lower Quell was opened on " + day + " by engineer Ada Mockup.";
    const std::vector<StoryMember> members = {{"report-1", &first, Time{}},
                                              {"report-2", &second, Time{}}};
    const std::vector<Story> stories = GroupStories(members);
    ASSERT_EQ(stories.size(), 1U);
    EXPECT_EQ(!stories[0].disagreements.empty(), differs) << day;
  }
}

TEST(Disagreements, AReportStandsInOneOnceOnly) {
  Report first;
  first.outlet = "Example Herald";
  first.date = ParseDate("2026-08-09").value();
  first.text = "The Tarnish dam at Lower Quell holds 40 tonnes of gravel behind the old gate.";
  Report second = first;
  second.outlet = "Example Post";
  second.text =
      "The Tarnish dam at Lower Quell holds 50 tonnes of gravel behind the old gate. The "
      "Tarnish dam at Lower Quell holds 60 tonnes of gravel behind the new gate.";
  const std::vector<StoryMember> members = {{"report-1", &first, Time{}},
                                            {"report-2", &second, Time{}}};
  const std::vector<Story> stories = GroupStories(members);
  ASSERT_EQ(stories.size(), 1U);
  ASSERT_EQ(stories[0].disagreements.size(), 1U);
  EXPECT_EQ(stories[0].disagreements[0].versions.size(), 2U);
}

TEST(Stories, NoReportsAreNoStories) { EXPECT_TRUE(GroupStories({}).empty()); }

TEST(Stories, EmptyAndBrokenTextsStandAlone) {
  Report empty;
  Report broken;
  broken.text = "\xFF\xFE \"\xE2\x80\n\n. . . ";
  const std::vector<StoryMember> members = {
      {"report-2", &empty, Time{}}, {"report-1", &broken, Time{}}, {"odd", &empty, Time{}}};
  const std::vector<Story> stories = GroupStories(members);
  ASSERT_EQ(stories.size(), 3U);
  EXPECT_EQ(stories[0].id, "story-1");
  EXPECT_EQ(stories[2].id, "story-odd");
}

TEST(Grouping, NeitherTimeNorNamesMayBeMissing) {
  Bond bond{0, 1, {0.9, 0.9, 0.9, {1}}, 3};
  EXPECT_TRUE(IsBond(bond));
  bond.days = 15;
  EXPECT_FALSE(IsBond(bond));
  bond.days = 3;
  bond.likeness.names.clear();
  EXPECT_FALSE(IsBond(bond));
  bond.likeness.names = {1};
  bond.likeness.value = 0.3;
  EXPECT_FALSE(IsBond(bond));
}

// Articles of the labelled set, in order of their days.
struct PlacedTexts {
  ArticleVectors vectors;
  std::vector<Placed> placed;
};

void Add(const std::vector<Report>& reports, PlacedTexts& texts) {
  for (const Report& report : reports) {
    texts.placed.push_back(
        {texts.vectors.Read(ReadReportWords(report), report.outlet), report.date.value()});
  }
  std::stable_sort(texts.placed.begin(), texts.placed.end(),
                   [](const Placed& a, const Placed& b) { return a.day < b.day; });
}

// The index against the simple way: every pair of articles is compared.
TEST(Grouping, TheIndexFindsTheBondsOfAllPairs) {
  PlacedTexts texts;
  Add(ReadLabelled().reports, texts);
  std::vector<std::pair<std::size_t, std::size_t>> all;
  for (std::size_t b = 0; b < texts.placed.size(); ++b) {
    for (std::size_t a = 0; a < b; ++a) {
      if (IsBond(Compare(texts.placed[a], texts.placed[b], texts.vectors))) all.emplace_back(a, b);
    }
  }
  std::vector<std::pair<std::size_t, std::size_t>> found;
  for (const Bond& bond : FindBonds(texts.placed, texts.vectors)) {
    found.emplace_back(bond.a, bond.b);
  }
  std::sort(all.begin(), all.end());
  std::sort(found.begin(), found.end());
  EXPECT_GE(all.size(), 150U);
  EXPECT_EQ(found, all);
}

// The simple way to join: of all pairs of parts, the ones most alike on average, until none may.
class SimpleJoiner {
 public:
  explicit SimpleJoiner(const PlacedTexts& texts) : texts_(texts) {}

  std::vector<std::vector<std::size_t>> Run() {
    for (std::size_t i = 0; i < texts_.placed.size(); ++i) parts_.push_back({i});
    while (JoinBest()) {
    }
    for (auto& part : parts_) std::sort(part.begin(), part.end());
    std::sort(parts_.begin(), parts_.end());
    return parts_;
  }

 private:
  using Part = std::vector<std::size_t>;

  Bond Pair(std::size_t a, std::size_t b) const {
    return Compare(texts_.placed[std::min(a, b)], texts_.placed[std::max(a, b)], texts_.vectors);
  }

  // How alike two parts are on average; nothing when they may not be joined.
  std::optional<double> Average(const Part& x, const Part& y) const {
    double sum = 0;
    bool bonded = false;
    for (const std::size_t a : x) {
      for (const std::size_t b : y) {
        const Bond bond = Pair(a, b);
        sum += bond.likeness.value;
        bonded = bonded || IsBond(bond);
      }
    }
    const double average = sum / static_cast<double>(x.size() * y.size());
    const bool kin = average >= 0.78 * std::min(Cohesion(x), Cohesion(y));
    if (!bonded || average < 0.32 || (x.size() + y.size() > 2 && !kin)) return std::nullopt;
    return average;
  }

  double Cohesion(const Part& part) const {
    double sum = 0;
    int pairs = 0;
    for (std::size_t i = 0; i < part.size(); ++i) {
      for (std::size_t j = i + 1; j < part.size(); ++j, ++pairs) {
        sum += std::min(0.5, Pair(part[i], part[j]).likeness.value);
      }
    }
    return pairs == 0 ? 0.5 : sum / pairs;
  }

  bool JoinBest() {
    double best = 0;
    std::pair<std::size_t, std::size_t> joined{0, 0};
    for (std::size_t x = 0; x < parts_.size(); ++x) {
      for (std::size_t y = x + 1; y < parts_.size(); ++y) {
        const std::optional<double> average = Average(parts_[x], parts_[y]);
        if (!average || *average <= best) continue;
        best = *average;
        joined = {x, y};
      }
    }
    if (joined.second == 0) return false;
    const auto from = parts_.begin() + static_cast<std::ptrdiff_t>(joined.second);
    parts_[joined.first].insert(parts_[joined.first].end(), from->begin(), from->end());
    parts_.erase(from);
    return true;
  }

  const PlacedTexts& texts_;
  std::vector<Part> parts_;
};

TEST(Grouping, JoinsWhatTheSimpleWayJoins) {
  std::vector<Report> reports = ReadLabelled().reports;
  reports.resize(40);
  PlacedTexts texts;
  Add(reports, texts);
  std::vector<std::vector<std::size_t>> found;
  for (const Group& group : GroupArticles(texts.placed, texts.vectors)) {
    found.push_back(group.members);
  }
  EXPECT_EQ(found, SimpleJoiner(texts).Run());
}

// Each article shares half of its sentences with the next: neighbours are alike, the ends are not.
TEST(Grouping, AChainIsNotOneStory) {
  constexpr std::array<std::string_view, 7> kSentences = {
      "The ferry of Quellport sank beside a red buoy.",
      "Divers from Ostermark lifted its rusty anchor chain.",
      "A bakery in Tannhill burned with eleven ovens.",
      "The choir of Wesselbruck sang under broken lanterns.",
      "Judge Pomfretter fined a kennel owner for barking.",
      "Beekeepers near Ildenau counted frozen hives again.",
      "The tram to Varkensdorp derailed on wet leaves."};
  PlacedTexts texts;
  std::vector<Report> reports(kSentences.size() - 1);
  for (std::size_t i = 0; i < reports.size(); ++i) {
    reports[i].date = ParseDate("2026-08-09").value();
    reports[i].text = std::string(kSentences[i]) + "\n\n" + std::string(kSentences[i + 1]);
  }
  Add(reports, texts);
  ASSERT_TRUE(IsBond(Compare(texts.placed[0], texts.placed[1], texts.vectors)));
  const std::vector<Group> groups = GroupArticles(texts.placed, texts.vectors);
  for (const Group& group : groups) EXPECT_LE(group.members.size(), 3U);
  EXPECT_GE(groups.size(), 2U);
}

TEST(ReportWords, PutTheTitleIntoTheFirstParagraphThatIsRead) {
  Report report;
  report.title = "Gatekeepers";
  report.text = "Sign up for our letter.\n\nA crane fell.\n\nNobody was hurt.";
  const ReportWords words = ReadReportWords(report);
  ASSERT_EQ(words.paragraphs.size(), 2U);
  std::string lead;
  for (const std::uint16_t place : words.paragraphs[0].words) {
    lead += words.uses[place].first + " ";
  }
  EXPECT_EQ(lead, "a crane fell gatekeeper ");
  EXPECT_EQ(words.paragraphs[0].length, 3U);
}

TEST(ReportWords, AreNotMoreThanTheirPlacesCanName) {
  Report report;
  for (int i = 0; i < 70'000; ++i) report.text += "word" + std::to_string(i) + " ";
  const ReportWords words = ReadReportWords(report);
  EXPECT_EQ(words.uses.size(), 20'000U);
  ASSERT_EQ(words.paragraphs.size(), 1U);
  EXPECT_EQ(words.paragraphs[0].words.back(), 19'999U);
}

TEST(Grouping, CopiesOfAVeryLongTextAreOneStoryWithAnEcho) {
  SeededRandom random(7);
  Report first;
  first.outlet = "Example Herald";
  first.date = ParseDate("2026-08-06").value();
  first.text = "The harbour master of Gullmouth, Mona Crabbe, spoke for three hours.";
  for (int i = 0; i < 500; ++i) {
    first.text += i % 5 == 0 ? "\n\nThen" : " And";
    for (int j = 0; j < 10; ++j) first.text += " word" + std::to_string(random.Next() % 4000);
    first.text += ".";
  }
  Report second = first;
  second.outlet = "Example Courier";
  second.date = ParseDate("2026-08-07").value();
  const std::vector<StoryMember> members = {{"report-1", &first, Time{}},
                                            {"report-2", &second, Time{}}};
  const std::vector<Story> stories = GroupStories(members);
  ASSERT_EQ(stories.size(), 1U);
  EXPECT_EQ(stories[0].echoes.size(), 1U);
}

TEST(Likeness, DoesNotDependOnWhichIsReadFirst) {
  const std::vector<Report> reports = ReadLabelled().reports;
  ArticleVectors there;
  ArticleVectors back;
  std::vector<ArticleVector> forward;
  std::vector<ArticleVector> backward(40);
  for (std::size_t i = 0; i < 40; ++i) {
    forward.push_back(there.Read(ReadReportWords(reports[i]), reports[i].outlet));
    backward[39 - i] = back.Read(ReadReportWords(reports[39 - i]), reports[39 - i].outlet);
  }
  for (std::size_t a = 0; a < 40; ++a) {
    for (std::size_t b = 0; b < 40; ++b) {
      const double once = MeasureLikeness(forward[a], forward[b], there).value;
      EXPECT_NEAR(once, MeasureLikeness(backward[b], backward[a], back).value, 1e-9);
      EXPECT_LE(once, 1.0);
    }
  }
}

// The same facts in one paragraph of many, as a paper recalls an older event, and all over a text.
TEST(Likeness, WhatOneParagraphRecallsCountsLessThanWhatAllTell) {
  const auto report = [](const std::string& text) {
    Report made;
    made.text = text;
    return made;
  };
  const Report event = report(
      "Thieves took forty violins from the Quellport conservatory on a rainy night.\n\nThe alarm "
      "had been silenced with chewing gum.\n\nDetective Ada Mockup found a bow in a canal.");
  const Report follow_up = report(
      "Twelve violins are back in the Quellport conservatory.\n\nDetective Ada Mockup followed a "
      "trail of sugar along the canal.\n\nThe thieves kept the alarm as a doorstop.");
  const Report recalls = report(
      "The cafe of the Quellport conservatory closes after its soup made nine pupils "
      "ill.\n\nInspectors counted mice behind the oven, and a cook was dismissed.\n\nThieves took "
      "forty violins from the house on a rainy night, the alarm had been silenced with chewing "
      "gum, and detective Ada Mockup found a bow in a canal.\n\nPupils carry sandwiches from "
      "home now, in tins with painted lids.\n\nA caterer offers noodles at half price until "
      "summer.\n\nParents wrote furious letters about hygiene to the mayor.");
  ArticleVectors vectors;
  const auto read = [&](const Report& one) { return vectors.Read(ReadReportWords(one), ""); };
  const ArticleVector first = read(event);
  const ArticleVector second = read(follow_up);
  const ArticleVector third = read(recalls);
  EXPECT_GT(Cosine(first.all, third.all), Cosine(first.all, second.all));
  EXPECT_GT(MeasureLikeness(first, second, vectors).value,
            MeasureLikeness(first, third, vectors).value);
}

}  // namespace
}  // namespace proviso::intake
