#include "pages/case_page.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <set>
#include <sstream>

#include "base/bytes.h"
#include "crypto/hash.h"
#include "pages/internal/page_style.h"
#include "pages/plot.h"

namespace proviso::pages {
namespace {
// NOLINTBEGIN(misc-misleading-bidirectional): what deceives is escaped here.

const PageOptions kNoOptions{};

std::string SampleText() {
  std::ifstream file(std::string(PROVISO_SOURCE_DIR) + "/src/pages/testdata/case.json");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

Json Sample() { return ParseJson(SampleText()).value(); }

std::string PageOf(const Json& json) { return RenderCasePage(json, kNoOptions).value(); }

bool Contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// The values of the attribute `name`, in order.
std::vector<std::string> Attributes(const std::string& page, const std::string& name) {
  std::vector<std::string> values;
  const std::string begin = " " + name + "=\"";
  for (std::size_t at = page.find(begin); at != std::string::npos; at = page.find(begin, at + 1)) {
    const std::size_t from = at + begin.size();
    values.push_back(page.substr(from, page.find('"', from) - from));
  }
  return values;
}

// The tags of a page that do not close what was opened last.
std::vector<std::string> Unbalanced(const std::string& page) {
  std::vector<std::string> open;
  std::vector<std::string> faults;
  for (std::size_t at = page.find('<'); at != std::string::npos; at = page.find('<', at + 1)) {
    const std::size_t end = page.find('>', at);
    std::string tag = page.substr(at + 1, end - at - 1);
    if (tag.starts_with("!") || tag.ends_with("/")) continue;
    tag = tag.substr(0, tag.find(' '));
    if (!tag.starts_with("/")) {
      open.push_back(tag);
    } else if (open.empty() || open.back() != tag.substr(1)) {
      faults.push_back(tag);
    } else {
      open.pop_back();
    }
  }
  faults.insert(faults.end(), open.begin(), open.end());
  return faults;
}

// `json` with every text that is not a known word of ours replaced by `text`; keys stay.
Json WithTexts(const Json& json, const std::string& text) {
  if (const Json::Array* array = json.AsArray()) {
    Json out = Json::MakeArray();
    for (const Json& item : *array) out.Append(WithTexts(item, text));
    return out;
  }
  if (const Json::Object* object = json.AsObject()) {
    Json out = Json::MakeObject();
    for (const auto& [key, value] : *object) out[key] = WithTexts(value, text);
    return out;
  }
  return json.AsString() != nullptr ? Json(text) : json;
}

TEST(CasePage, ShowsEverySectionInOrder) {
  const std::string page = PageOf(Sample());
  std::size_t at = 0;
  for (const char* heading :
       {"<h1", ">Story</h2>", ">Where the reports disagree</h2>", ">Claims and findings</h2>",
        ">Attributions</h2>", ">Agreed steps</h2>", ">Hearing</h2>", ">Decisions</h2>",
        ">Appeals</h2>", ">What happened afterwards</h2>", ">Related and earlier cases</h2>",
        ">Timeline</h2>", ">How to verify</h2>"}) {
    const std::size_t found = page.find(heading, at);
    ASSERT_NE(found, std::string::npos) << heading;
    at = found;
  }
}

TEST(CasePage, ShowsWhatTheCaseSays) {
  const std::string page = PageOf(Sample());
  for (const char* part : {"Cannot be determined",
                           "Contradicted",
                           ">Denial<",
                           "Partly supported",
                           "Records missing",
                           "Dropped, no finding",
                           "bytes 412 to ",
                           "11,500 TB",
                           "cited, not received",
                           "Read-only",
                           "Suspended",
                           "Kept on",
                           "No new",
                           "Payroll",
                           "Anna Example (reviewer)",
                           "Decision reversed",
                           "Still used",
                           "At rest",
                           "Still runs",
                           "Missed",
                           "e/gOgbaudqsXSJXEzVeUzNzD7w/DdQoFwkNEn9SGY08=",
                           "proviso log verify --log FOLDER --vkey",
                           "SELECT SubAccountId",
                           "Notice of intent",
                           "Acknowledged",
                           "Conflict of interest",
                           "case-0"}) {
    EXPECT_TRUE(Contains(page, part)) << part;
  }
}

// Paper cannot be unfolded: what is folded for its length is marked, and printed.
TEST(CasePage, FoldsNothingAwayFromPaperButHowChecksWereComputed) {
  const std::string page = PageOf(Sample());
  std::size_t marked = 0;
  for (std::size_t at = page.find("<details"); at != std::string::npos;
       at = page.find("<details", at + 1)) {
    const std::string tag = page.substr(at, page.find("</summary>", at) - at);
    if (Contains(tag, "How it was computed")) continue;
    EXPECT_TRUE(Contains(tag, "paper\"")) << tag;
    ++marked;
  }
  EXPECT_GT(marked, 5U);
}

// What stands before the first section.
std::string TopOf(const std::string& page) { return page.substr(0, page.find("<nav")); }

TEST(CasePage, TellsTheCaseAtTheTop) {
  const std::string top = TopOf(PageOf(Sample()));
  for (const char* part :
       {"Customer: ", "7 reports of 3 events", "1 contradicted", ">What was found</h2>",
        ">In force</h2>", ">Pending</h2>", "update-1</bdi> to public is due",
        ">No longer in force</h2>", "Metering since: "}) {
    EXPECT_TRUE(Contains(top, part)) << part;
  }
}

// What people wrote about a decision may be wrong; what was adopted is what is in force.
TEST(CasePage, TellsWhatIsInForceFromThePlanAndNotFromTheSummary) {
  const Json target = Json::Of({{"subscription", "s"}, {"service", "blob"}, {"region", "nl"}});
  const Json other = Json::Of({{"subscription", "s"}, {"service", "speech"}, {"region", "nl"}});
  const auto restriction = [](const char* stage, const Json& of, Json from, Json until) {
    return Json::Of({{"stage", stage},
                     {"targets", Json(Json::Array{of})},
                     {"from", std::move(from)},
                     {"until", std::move(until)}});
  };
  const Json plan = Json::Of(
      {{"restrictions",
        Json(Json::Array{restriction("read-only", target, Json(), Json()),
                         restriction("suspended", other, Json(), "2026-10-01T00:00:00.000Z"),
                         restriction("no-new", other, "2026-12-01T00:00:00.000Z", Json())})}});
  const Json decision = Json::Of({{"id", "decision-1"},
                                  {"kind", "final"},
                                  {"status", "adopted"},
                                  {"in_force", true},
                                  {"adopted_at", "2026-09-01T10:00:00.000Z"},
                                  {"file", Json::Of({{"summary", "Nothing is restricted."}})},
                                  {"plan", plan}});
  const Json event = Json::Of({{"at", "2026-11-01T10:00:00.000Z"}, {"type", "case.opened"}});
  const Json names =
      Json::Of({{"services", Json::Of({{"blob", "Blob Store"}, {"speech", "Speech"}})},
                {"regions", Json::Of({{"nl", "Netherlands"}})}});
  const std::string top = TopOf(PageOf(Json::Of({{"id", "case-9"},
                                                 {"names", names},
                                                 {"decisions", Json(Json::Array{decision})},
                                                 {"timeline", Json(Json::Array{event})}})));
  std::size_t at = 0;
  for (const char* part :
       {"<strong>1 service in Netherlands is restricted</strong> by ", ", in force since ",
        ", until it is lifted.", ">No new<", "from <time datetime=\"2026-12-01\">", ">Read-only<",
        ">Suspended<", ", ended <time datetime=\"2026-10-01\">",
        "Its summary: ", "Nothing is restricted."}) {
    const std::size_t found = top.find(part, at);
    ASSERT_NE(found, std::string::npos) << part << top;
    at = found;
  }
}

TEST(CasePage, TellsWhichDecisionTookThePlaceOfWhich) {
  const Json earlier = Json::Of({{"id", "decision-1"},
                                 {"kind", "interim"},
                                 {"status", "superseded"},
                                 {"in_force", false},
                                 {"adopted_at", "2026-09-01T10:00:00.000Z"},
                                 {"superseded_at", "2026-10-01T10:00:00.000Z"},
                                 {"superseded_by", "decision-2"}});
  const Json later =
      Json::Of({{"id", "decision-2"},
                {"kind", "final"},
                {"status", "adopted"},
                {"in_force", true},
                {"adopted_at", "2026-10-01T10:00:00.000Z"},
                {"supersedes", Json(Json::Array{Json("decision-1"), Json("decision-<i>")})}});
  const std::string page =
      PageOf(Json::Of({{"id", "case-9"}, {"decisions", Json(Json::Array{earlier, later})}}));
  EXPECT_TRUE(Contains(TopOf(page), ", superseded <time datetime=\"2026-10-01\">")) << page;
  for (const char* part : {"<dt>Took the place of</dt>", "<dt>Superseded</dt>", "Superseded</span>",
                           "<a href=\"#decision-1\">decision-1</a>, <bdi>decision-&lt;i&gt;</bdi>",
                           " by <a href=\"#decision-2\">decision-2</a>"}) {
    EXPECT_TRUE(Contains(page, part)) << part << page;
  }
}

TEST(CasePage, SaysWhenNothingIsPending) {
  const Json json = Json::Of({{"id", "case-9"}, {"title", "A bare case"}});
  EXPECT_TRUE(Contains(TopOf(PageOf(json)), "Nothing is pending."));
}

struct Undone {
  const char* key;
  Json item;
  const char* said;
};

TEST(CasePage, ListsWhatIsPending) {
  const std::vector<Undone> cases{
      {"attention",
       Json::Of({{"decision", "decision-1"},
                 {"at", "2026-10-20T11:15:00.000Z"},
                 {"by", "p-anna"},
                 {"text", "a ground of decision-1 has fallen"}}),
       "a ground of decision-1 has fallen (by p-anna)"},
      {"attention",
       Json::Of({{"kind", "update_overdue"},
                 {"decision", Json()},
                 {"update", "update-1"},
                 {"at", "2026-11-06T00:00:00.000Z"},
                 {"by", "p-lea"},
                 {"text", "update-1 to the public was due on 2026-11-06, and was not issued"}}),
       "update-1 to the public was due on 2026-11-06, and was not issued (by p-lea)"},
      {"claims", Json::Of({{"id", "claim-1"}, {"text", "x"}}), "claim-1</a> has no finding"},
      {"decisions", Json::Of({{"id", "decision-1"}, {"status", "signed"}}),
       "decision-1</a> was signed, and is not adopted"},
      {"steps", Json::Of({{"id", "step-1"}, {"status", "overdue"}, {"due", "2026-09-10"}}),
       "step-1</a> was due <time datetime=\"2026-09-10\">10 September 2026"},
      {"hearing", Json::Of({{"id", "hearing-1"}, {"until", "2026-09-25"}}),
       "hearing-1</a> can be answered until"},
      {"appeals", Json::Of({{"id", "appeal-1"}, {"filed_at", "2026-10-20T11:15:00.000Z"}}),
       "appeal-1</a> is not decided"},
      {"appeals", Json::Of({{"id", "appeal-1"}, {"outcome", "reversed"}}),
       "appeal-1</a> was won; the lift is to come"}};
  for (const Undone& undone : cases) {
    Json json = Json::Of({{"id", "case-9"}});
    json[undone.key] = Json(Json::Array{undone.item});
    EXPECT_TRUE(Contains(TopOf(PageOf(json)), undone.said)) << undone.said;
  }
}

TEST(CasePage, DoesNotCallARestrictionThatRanOutInForce) {
  const Json restriction = Json::Of({{"stage", "no-new"}, {"until", "2026-10-01T00:00:00.000Z"}});
  const Json decision =
      Json::Of({{"id", "decision-1"},
                {"status", "adopted"},
                {"in_force", true},
                {"plan", Json::Of({{"restrictions", Json(Json::Array{restriction})}})}});
  const auto top_at = [&](const char* at) {
    const Json event = Json::Of({{"at", at}, {"type", "case.opened"}});
    return TopOf(PageOf(Json::Of({{"id", "case-9"},
                                  {"decisions", Json(Json::Array{decision})},
                                  {"timeline", Json(Json::Array{event})}})));
  };
  EXPECT_FALSE(Contains(top_at("2026-09-30T10:00:00.000Z"), "No decision is in force."));
  const std::string later = top_at("2026-10-02T10:00:00.000Z");
  EXPECT_TRUE(Contains(later, "No decision is in force."));
  EXPECT_TRUE(Contains(later, "ran out"));
}

TEST(CasePage, PutsEqualValuesOfADisagreementIntoOneColumn) {
  const std::string page = PageOf(Sample());
  const std::size_t first = page.find("<p class=\"figure\" dir=\"auto\">11,500 TB</p>");
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(page.find("<p class=\"figure\" dir=\"auto\">11,500 TB</p>", first + 1),
            std::string::npos);
  EXPECT_TRUE(Contains(page, "11,500 TB, the Herald says"));
}

TEST(CasePage, FoldsValuesThatOneReportGivesSideBySide) {
  EXPECT_TRUE(Contains(PageOf(Sample()),
                       "<summary>Date: 6 August 2026 or 9 August (perhaps of different things"));
}

TEST(CasePage, FoldsWhatWasNeverUsed) {
  const std::string page = PageOf(Sample());
  EXPECT_TRUE(Contains(page, "1 more that are restricted were used neither before nor after"));
  EXPECT_TRUE(Contains(page, "that were kept on still run</summary>"));
}

TEST(CasePage, ShowsDocumentsAsTextAndNotAsMarkdown) {
  const std::string page = PageOf(Sample());
  for (const char* part :
       {">Statement of reasons</h4>", ">What we decided</h5>", "<code>ba-example-ministry</code>",
        "<th scope=\"col\">Said</th>", "<td>1. The unit keeps 11,500 TB</td>",
        "<td>supported | by metering</td>", ">Notice of intent</h4>", ">To staff</h4>"}) {
    EXPECT_TRUE(Contains(page, part)) << part;
  }
  EXPECT_FALSE(Contains(page, "# Statement"));
}

TEST(CasePage, DrawsNothingOfZeros) {
  Json result = Json::Of({{"check", "billed(class: compute) from 2026-01 to 2026-02 > 0 EUR"},
                          {"result", "fails"},
                          {"value", "0"},
                          {"unit", "EUR"},
                          {"months", Json::Of({{"2026-01", "0"}, {"2026-02", "0.00"}})}});
  const auto page_of = [&] {
    const Json check = Json::Of({{"result", result}});
    const Json claim = Json::Of({{"id", "claim-1"}, {"checks", Json(Json::Array{check})}});
    return PageOf(Json::Of({{"id", "case-9"}, {"claims", Json(Json::Array{claim})}}));
  };
  EXPECT_FALSE(Contains(page_of(), "class=\"pv-plot\""));
  EXPECT_FALSE(Contains(page_of(), "0 EUR <span"));
  result["months"]["2026-02"] = "0.01";
  EXPECT_TRUE(Contains(page_of(), "class=\"pv-plot\""));
}

TEST(CasePage, SaysOrLeavesOutWhatIsNotThere) {
  const Json bare = Json::Of({{"id", "case-9"}, {"title", "A bare case"}, {"open", true}});
  const std::string page = PageOf(bare);
  EXPECT_TRUE(Contains(page, "There are no claims yet."));
  EXPECT_TRUE(Contains(page, "No decision has been proposed."));
  EXPECT_TRUE(Contains(page, "No decision is in force."));
  for (const char* left_out : {">Story<", ">Hearing<", ">Appeals<", ">Timeline<", ">Steps<"}) {
    EXPECT_FALSE(Contains(page, left_out)) << left_out;
  }
  EXPECT_EQ(Unbalanced(page), std::vector<std::string>());
}

TEST(PageDocument, NamesEveryMemberOfTheSample) {
  std::string documents;
  for (const char* name : {"page.md", "case.md"}) {
    std::ifstream file(std::string(PROVISO_SOURCE_DIR) + "/docs/formats/" + name);
    std::stringstream text;
    text << file.rdbuf();
    documents += text.str();
  }
  for (const char* key :
       {"reports", "stories", "steps", "hearing", "appeals", "notices", "conflicts", "cessation",
        "updates", "links", "reopened", "people", "names", "class_units", "timeline", "verify"}) {
    EXPECT_TRUE(Sample().Find(key) != nullptr) << key;
    EXPECT_TRUE(Contains(documents, "`" + std::string(key) + "`")) << key;
  }
}

TEST(CasePage, RefusesWhatIsNoCase) {
  for (const Json& json : {Json(), Json("case-1"), Json::MakeArray(), Json::MakeObject()}) {
    const auto page = RenderCasePage(json, kNoOptions);
    ASSERT_FALSE(page);
    EXPECT_EQ(page.error().code(), ErrorCode::kInvalidArgument);
  }
}

TEST(CasePage, TakesAnyTypeInAnyPlace) {
  const Json sample = Sample();
  for (const Json& odd : {Json(7), Json(true), Json("text"), Json::MakeArray(), Json::MakeObject(),
                          Json(), Json(Json::Array{Json(1), Json("x"), Json()})}) {
    for (const auto& [key, value] : *sample.AsObject()) {
      if (key == "id") continue;
      Json one = sample;
      one[key] = odd;
      EXPECT_EQ(Unbalanced(PageOf(one)), std::vector<std::string>()) << key;
    }
  }
}

struct Hostile {
  const char* text;
  const char* shown;
};

TEST(CasePage, NeutralisesHostileText) {
  const std::vector<Hostile> texts{
      {"<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"},
      {"\" onclick=\"x\" a='b'", "&quot; onclick=&quot;x&quot; a=&#39;b&#39;"},
      {"]]></style><!--", "]]&gt;&lt;/style&gt;&lt;!--"},
      {"&lt;b&gt; & more", "&amp;lt;b&amp;gt; &amp; more"},
      {"abc\xE2\x80\xAE"
       "fdp.exe",
       "abc[U+202E]fdp.exe"},
      {"a\xE2\x81\xA6"
       "b",
       "a[U+2066]b"},
      {"zero\xE2\x80\x8Bwidth", "zero[U+200B]width"},
      {"bell\x07", "bell[U+0007]"},
      {"bad\xC3\x28", "bad\xEF\xBF\xBD("},
      {"javascript:alert(1)", "javascript:alert(1)"},
      {"url(http://evil.example/x)", "url(http://evil.example/x)"},
      {"\xD8\xB3\xD9\x84\xD8\xA7\xD9\x85", "\xD8\xB3\xD9\x84\xD8\xA7\xD9\x85"}};
  for (const Hostile& hostile : texts) {
    const std::string page = PageOf(WithTexts(Sample(), hostile.text));
    EXPECT_TRUE(Contains(page, hostile.shown)) << hostile.text;
    EXPECT_EQ(Unbalanced(page), std::vector<std::string>()) << hostile.text;
    EXPECT_FALSE(Contains(page, "<script"));
    EXPECT_FALSE(Contains(page, "\xE2\x80\xAE"));
    EXPECT_FALSE(Contains(page, "\xE2\x81\xA6"));
    for (const std::string& link : Attributes(page, "href")) EXPECT_TRUE(link.starts_with("#"));
  }
}

TEST(CasePage, HoldsHostileKeysToo) {
  Json json = Sample();
  json["people"]["\"><script>"] = "x";
  json["names"]["services"]["blob-store"] = "<img src=x onerror=alert(1)>";
  const std::string page = PageOf(json);
  EXPECT_FALSE(Contains(page, "<img"));
  EXPECT_FALSE(Contains(page, "<script"));
}

TEST(CasePage, HasUniqueIdsAndNoDanglingLinks) {
  const std::string page = PageOf(Sample());
  std::set<std::string> ids;
  for (const std::string& id : Attributes(page, "id")) EXPECT_TRUE(ids.insert(id).second) << id;
  EXPECT_GT(ids.size(), 60U);
  for (const std::string& link : Attributes(page, "href")) {
    EXPECT_TRUE(link.starts_with("#") && ids.contains(link.substr(1))) << link;
  }
  for (const std::string& labels : Attributes(page, "aria-labelledby")) {
    std::istringstream words(labels);
    std::string id;
    while (words >> id) EXPECT_TRUE(ids.contains(id)) << id;
  }
}

TEST(CasePage, GivesEachThingAnIdOfItsOwnEvenWhereNamesRepeat) {
  Json json = WithTexts(Sample(), "same");
  std::set<std::string> ids;
  for (const std::string& id : Attributes(PageOf(json), "id")) {
    EXPECT_TRUE(ids.insert(id).second) << id;
  }
}

TEST(CasePage, LoadsNothingAndRunsNothing) {
  std::string page = PageOf(Sample());
  const std::string name_space = "xmlns=\"http://www.w3.org/2000/svg\"";
  for (std::size_t at = page.find(name_space); at != std::string::npos;
       at = page.find(name_space)) {
    page.erase(at, name_space.size());
  }
  for (const char* part : {"http:", "https:", "//", "@import", "url(", "<script", "<link", "<img",
                           "<iframe", " src=", " style=", "javascript:"}) {
    EXPECT_FALSE(Contains(page, part)) << part;
  }
  EXPECT_TRUE(Contains(page, "default-src &#39;none&#39;"));
}

TEST(CasePage, AllowsItsOwnStyleAndNoOther) {
  const crypto::Hash digest = crypto::Sha256(PageStyle());
  const std::string hash = Base64Encode(digest.bytes);
  EXPECT_EQ(hash, PageStyleHash()) << "the style sheet changed: put this hash into page_style.cc";
  const std::string page = PageOf(Sample());
  EXPECT_TRUE(Contains(page, "<style>" + PageStyle() + "</style>"));
  EXPECT_TRUE(Contains(page, "style-src &#39;sha256-" + hash + "&#39;"));
}

TEST(CasePage, PutsHeadingsInOrder) {
  const std::string page = PageOf(Sample());
  int last = 0;
  for (std::size_t at = page.find("<h"); at != std::string::npos; at = page.find("<h", at + 1)) {
    const int level = page[at + 2] - '0';
    if (level < 1 || level > 6) continue;
    EXPECT_LE(level, last + 1) << page.substr(at, 80);
    EXPECT_EQ(level == 1, last == 0) << page.substr(at, 80);
    last = level;
  }
}

TEST(CasePage, GivesTableHeadsAScopeAndTablesACaption) {
  const std::string page = PageOf(Sample());
  for (std::size_t at = page.find("<th"); at != std::string::npos; at = page.find("<th", at + 1)) {
    if (page.compare(at, 6, "<thead") == 0) continue;
    EXPECT_EQ(page.compare(at, 11, "<th scope=\""), 0) << page.substr(at, 60);
  }
  const auto count = [&](std::string_view part) {
    std::size_t found = 0;
    for (std::size_t at = page.find(part); at != std::string::npos; at = page.find(part, at + 1)) {
      ++found;
    }
    return found;
  };
  EXPECT_EQ(count("<table"), count("<caption"));
}

TEST(CasePage, IsTheSameEachTimeAndSmall) {
  const Json sample = Sample();
  const std::string page = PageOf(sample);
  EXPECT_EQ(PageOf(sample), page);
  EXPECT_EQ(PageOf(ParseJson(sample.Canonical()).value()), page);
  EXPECT_LT(page.size(), 400'000U);
}

TEST(CasePage, CutsLongTextsAndSaysSo) {
  Json json = Sample();
  json["title"] = std::string(100'000, 'a');
  EXPECT_TRUE(Contains(PageOf(json), "[cut: 34464 more bytes]"));
}

TEST(CasePage, ShowsTheFirstItemsAndSaysHowManyMoreThereAre) {
  Json json = Sample();
  Json& timeline = json["timeline"];
  while (timeline.AsArray()->size() < kPageItemsMax + 5) {
    timeline.Append(Json::Of({{"index", 1}, {"type", "claim.added"}}));
  }
  EXPECT_TRUE(Contains(PageOf(json), "5 more events are not shown here."));
}

TEST(CasePage, RefusesToGrowBeyondItsLimit) {
  Json json = Sample();
  const Json claim = Json::Of({{"id", "claim-x"}, {"text", std::string(50'000, 'a')}});
  Json claims = Json::MakeArray();
  for (int i = 0; i < 600; ++i) claims.Append(claim);
  json["claims"] = claims;
  const auto page = RenderCasePage(json, kNoOptions);
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code(), ErrorCode::kResourceExhausted);
}

// tests/conformance/page.sh opens these files in a browser.
TEST(CasePage, CanBeKeptAsAFile) {
  const char* folder = std::getenv("TEST_TMPDIR");
  const std::string begin = (folder == nullptr ? testing::TempDir() : folder + std::string("/"));
  const std::vector<std::pair<std::string, Json>> cases{
      {"full", Sample()},
      {"bare", Json::Of({{"id", "case-9"}, {"title", "A bare case"}})},
      {"hostile", WithTexts(Sample(),
                            "<b onclick='x'>\"\xE2\x80\xAE]]></style>&amp; \xD8\xB3\xD9\x84"
                            "\xD8\xA7\xD9\x85 averyveryverylongwordthatnobodybreaks")}};
  for (const auto& [name, json] : cases) {
    const std::string path = begin + "case_page_" + name + ".html";
    const std::string page = PageOf(json);
    std::ofstream(path) << page;
    std::ifstream file(path);
    std::stringstream kept;
    kept << file.rdbuf();
    EXPECT_EQ(kept.str(), page) << path;
  }
}

TEST(CasePage, NamesWhoWroteItAndWhen) {
  const std::string page =
      RenderCasePage(Sample(), {.generated_at = "3 November 2026", .product = "Proviso 0.1.0"})
          .value();
  EXPECT_TRUE(Contains(page, "Proviso 0.1.0, 3 November 2026"));
}

// NOLINTEND(misc-misleading-bidirectional)
}  // namespace
}  // namespace proviso::pages
