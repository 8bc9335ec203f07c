#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <unordered_map>

#include "intake/read_report.h"

// Documents of other people, which lie beside the source tree where they were fetched. Nothing of
// them is quoted here.
namespace proviso::intake {
namespace {

std::filesystem::path Folder(const std::string& name) {
  return std::filesystem::path(PROVISO_SOURCE_DIR).parent_path() / "shared/data" / name;
}

std::string Content(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

Result<Report> Read(const std::string& text, std::optional<ReportKind> kind = std::nullopt) {
  return ReadReport({.name = "document", .bytes = Bytes(text.begin(), text.end()), .kind = kind});
}

std::vector<std::filesystem::path> FilesBelow(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(folder)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

// ---- articles ----

std::string Unpacked(const std::filesystem::path& path) {
  struct Close {
    void operator()(std::FILE* file) const { ::pclose(file); }
  };
  const std::string command = "gzip -dc '" + path.string() + "'";
  const std::unique_ptr<std::FILE, Close> pipe(::popen(command.c_str(), "r"));
  std::string text;
  std::vector<char> part(1 << 16);
  while (pipe) {
    const std::size_t length = std::fread(part.data(), 1, part.size(), pipe.get());
    if (length == 0) break;
    text.append(part.data(), length);
  }
  return text;
}

// Runs of word characters. Beyond ASCII: all but the signs in U+0080 to U+00BF and U+2000 to
// U+206F.
std::vector<std::string> Words(std::string_view text) {
  std::vector<std::string> words;
  bool open = false;
  for (std::size_t i = 0; i < text.size();) {
    const auto first = static_cast<unsigned char>(text[i]);
    const std::size_t bytes = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    const std::string_view letter = text.substr(i, bytes);
    i += bytes;
    const bool sign = letter.starts_with("\xC2") || letter.starts_with("\xE2\x80") ||
                      letter.starts_with("\xE2\x81");
    const bool word = first < 0x80 ? std::isalnum(first) != 0 || first == '_' : !sign;
    if (word && !open) words.emplace_back();
    if (word) words.back() += letter;
    open = word;
  }
  return words;
}

using Shingles = std::unordered_map<std::string, int>;

Shingles ShinglesOf(std::string_view text) {
  constexpr std::size_t kSize = 4;
  const std::vector<std::string> words = Words(text);
  Shingles shingles;
  for (std::size_t i = 0; i < words.size() && (i == 0 || i + kSize <= words.size()); ++i) {
    std::string shingle;
    for (std::size_t j = i; j < std::min(i + kSize, words.size()); ++j) shingle += words[j] + ' ';
    ++shingles[shingle];
  }
  return shingles;
}

int CountOf(const Shingles& shingles) {
  int count = 0;
  for (const auto& [shingle, times] : shingles) count += times;
  return count;
}

// Means over pages of what is right among what was found, and found among what is right.
class Scorer {
 public:
  void Add(const std::string& wanted, const std::string& found) {
    const Shingles gold = ShinglesOf(wanted);
    const Shingles mine = ShinglesOf(found);
    int shared = 0;
    for (const auto& [shingle, times] : mine) {
      const auto same = gold.find(shingle);
      if (same != gold.end()) shared += std::min(times, same->second);
    }
    AddShare(shared, CountOf(mine), precisions_);
    AddShare(shared, CountOf(gold), recalls_);
  }
  double F1() const {
    const double precision = Mean(precisions_);
    const double recall = Mean(recalls_);
    return 2 * precision * recall / (precision + recall);
  }

 private:
  static void AddShare(int part, int all, std::vector<double>& shares) {
    if (all > 0) shares.push_back(static_cast<double>(part) / all);
  }
  static double Mean(const std::vector<double>& shares) {
    double sum = 0;
    for (const double share : shares) sum += share;
    return sum / static_cast<double>(shares.size());
  }

  std::vector<double> precisions_;
  std::vector<double> recalls_;
};

TEST(RealArticles, HaveTheTextThatPeopleMarkedInThem) {
  const auto folder = Folder("article-extraction");
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "SKIPPED: no pages at " << folder;
  const Result<Json> truth = ParseJson(Content(folder / "ground-truth.json"));
  ASSERT_TRUE(truth) << truth.error().message();
  Scorer scorer;
  for (const auto& [name, page] : *truth->AsObject()) {
    const Result<Report> report = Read(Unpacked(folder / "html" / (name + ".html.gz")));
    EXPECT_TRUE(report) << name << ": " << report.error().message();
    scorer.Add(page.StringOr("articleBody", ""), report ? report->text : "");
  }
  RecordProperty("f1_per_mille", static_cast<int>(scorer.F1() * 1000));
  EXPECT_GE(scorer.F1(), 0.95);
}

TEST(RealArticles, AsPlainTextComeOutWithTitleAndWithoutLeftovers) {
  const auto folder = Folder("news");
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "SKIPPED: no articles at " << folder;
  const struct {
    const char* file;
    std::size_t paragraphs;
    std::size_t title_characters_min;
    std::size_t defects;
  } cases[] = {
      {"000_b40bfacaa87a36f8.txt", 16, 0, 0},
      {"002_92a48427093ed0fe.txt", 8, 0, 0},
      {"003_b52dab97598f6354.txt", 17, 50, 1},
  };
  for (const auto& entry : cases) {
    const Result<Report> report = Read(Content(folder / entry.file));
    ASSERT_TRUE(report) << entry.file << ": " << report.error().message();
    std::size_t paragraphs = 1;
    for (std::size_t at = 0; (at = report->text.find("\n\n", at)) != std::string::npos; at += 2) {
      ++paragraphs;
    }
    EXPECT_EQ(paragraphs, entry.paragraphs) << entry.file;
    EXPECT_EQ(report->title.empty(), entry.title_characters_min == 0) << entry.file;
    EXPECT_GE(report->title.size(), entry.title_characters_min) << entry.file;
    EXPECT_EQ(report->defects.size(), entry.defects) << entry.file;
    EXPECT_EQ(report->text.find("Reply"), std::string::npos) << entry.file;
    // They name no day, outlet, author or language of their own.
    EXPECT_FALSE(report->date) << entry.file;
    EXPECT_EQ(report->outlet + report->author + report->language, "") << entry.file;
  }
}

// ---- abuse reports ----

TEST(RealAbuseReports, All32SamplesOfTheStandardAreAccepted) {
  const auto folder = Folder("xarf/samples/v4");
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "SKIPPED: no samples at " << folder;
  std::size_t samples = 0;
  std::size_t wrong_hashes = 0;
  for (const auto& file : FilesBelow(folder)) {
    const Json sample = ParseJson(Content(file)).value();
    const Result<Report> report = Read(sample.Pretty());
    ASSERT_TRUE(report) << file << ": " << report.error().message();
    ++samples;
    EXPECT_EQ(report->details.StringOr("type", ""), sample.StringOr("type", "?")) << file;
    const std::string all = report->ToJson().Canonical();
    for (const Json& item : *sample.ArrayAt("evidence").value()) {
      EXPECT_EQ(all.find(item.StringAt("payload").value()), std::string::npos) << file;
    }
    for (const std::string& defect : report->defects) {
      if (defect.find("does not match its payload") != std::string::npos) ++wrong_hashes;
    }
  }
  EXPECT_EQ(samples, 32U);
  EXPECT_EQ(wrong_hashes, 13U);
}

TEST(RealAbuseReports, BrokenOnesAreRefusedWithPathAndReason) {
  const auto folder = Folder("xarf");
  if (!std::filesystem::exists(folder)) GTEST_SKIP() << "SKIPPED: no samples at " << folder;
  EXPECT_TRUE(Read(Content(folder / "proviso_examples/aup_violation_as_threat_intelligence.json")));
  const struct {
    const char* file;
    const char* reason;
  } cases[] = {
      {"proviso_examples/INVALID_unknown_category.json", "`$.category`: expected one of"},
      {"parser-tests/samples/invalid/business_rule_violations/messaging_missing_protocol.json",
       "`$.protocol`: is required and missing"},
      {"parser-tests/samples/invalid/malformed_data/invalid_json.json", "line 8, column 10"},
      {"parser-tests/samples/invalid/missing_fields/missing_reporter.json",
       "`$.reporter`: is required and missing"},
      {"parser-tests/samples/invalid/schema_violations/invalid_class.json",
       "`$.category`: expected one of"},
      {"parser-tests/samples/invalid/schema_violations/missing_xarf_version.json",
       "`$.xarf_version`: is required and missing"},
      {"parser-tests/samples/valid/v3/spam_v3_sample.json", "XARF v3"},
  };
  for (const auto& entry : cases) {
    const Result<Report> report = Read(Content(folder / entry.file));
    ASSERT_FALSE(report) << entry.file;
    EXPECT_NE(report.error().message().find(entry.reason), std::string::npos)
        << entry.file << ": " << report.error().message();
  }
}

}  // namespace
}  // namespace proviso::intake
