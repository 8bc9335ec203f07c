// Measures the grouping of stories: proviso_intake_bench [OUTPUT.json]
//
// First how right it is: on the labelled texts of tests/corpus/stories, and on the pages of the
// public extraction benchmark when they lie beside the source tree. Then how long articles made up
// from the background vocabulary take. Wrong answers are shown, not hidden; the program fails when
// the labelled texts miss their bars.

#include <chrono>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <set>

#include "base/json.h"
#include "base/random.h"
#include "intake/internal/echoes.h"
#include "intake/internal/word_counts_data.h"
#include "intake/stories_fixture.h"

namespace proviso::intake {
namespace {

constexpr double kPrecisionMin = 0.95;
constexpr double kRecallMin = 0.90;

struct Figure {
  std::string name;
  double value;
  std::string unit;
};

bool MeasureLabelled(std::vector<Figure>& figures) {
  const testing::Labelled labelled = testing::ReadLabelled();
  bool held = true;
  std::printf("%-10s %6s %9s %7s %6s %6s %6s\n", "half", "texts", "precision", "recall", "right",
              "wrong", "missed");
  for (const std::string half : {"tuning", "held-out", "all"}) {
    const std::vector<StoryMember> members = labelled.Members(half);
    const testing::PairScore score = testing::Score(labelled, GroupStories(members), half);
    std::printf("%-10s %6zu %9.3f %7.3f %6d %6d %6d\n", half.c_str(), members.size(),
                score.Precision(), score.Recall(), score.right, score.wrong, score.missed);
    for (const std::string& fault : score.faults) std::printf("  %s\n", fault.c_str());
    figures.push_back({"stories_precision_" + half, score.Precision(), "of pairs"});
    figures.push_back({"stories_recall_" + half, score.Recall(), "of pairs"});
    if (half == "held-out") held = held && score.Precision() >= kPrecisionMin;
    if (half != "all") continue;
    held = held && score.Precision() >= kPrecisionMin && score.Recall() >= kRecallMin;
  }
  return held;
}

// Copies of the labelled texts in which one word in two is another, as rewording programs leave
// them: of those that share a tenth to three tenths of their three-word runs, how many are echoes.
// And how many pairs of one event, of which neither is a copy, are taken for one.
void MeasureEchoes(std::vector<Figure>& figures) {
  constexpr std::uint64_t kSeeds = 3;
  const testing::Labelled labelled = testing::ReadLabelled();
  const auto copy = [](const std::string& of, const std::string& by, int& containment) {
    const Copyable first(of, {});
    const Copyable second(by, {});
    const Overlap overlap = Measure(first, second);
    containment = overlap.containment_per_mille;
    return IsCopy(overlap, second.TouchedPerMille(first));
  };
  int in_band = 0;
  int found = 0;
  int pairs = 0;
  int wrong = 0;
  int retold = 0;
  int retold_found = 0;
  int containment = 0;
  for (std::size_t a = 0; a < labelled.files.size(); ++a) {
    const std::string& text = labelled.reports[a].text;
    for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
      const bool echo = copy(text, testing::Reworded(text, 2, 100 * seed + a), containment);
      if (containment < 100 || containment > 300) continue;
      ++in_band;
      found += echo ? 1 : 0;
    }
    for (std::size_t b = a + 1; b < labelled.files.size(); ++b) {
      const bool copied = labelled.echo_of[b] == labelled.files[a];
      if (labelled.events[a] != labelled.events[b] || copied) continue;
      const bool retells =
          labelled.retells[b] == labelled.files[a] || labelled.retells[a] == labelled.files[b];
      const bool taken = copy(text, labelled.reports[b].text, containment);
      (retells ? retold : pairs) += 1;
      (retells ? retold_found : wrong) += taken ? 1 : 0;
    }
  }
  std::printf(
      "reworded copies that share 10 to 30%%: %d, of them found %d; pairs of one event that "
      "are no copies: %d, of them taken for one %d; retold in words of its own: %d, of them "
      "found %d\n",
      in_band, found, pairs, wrong, retold, retold_found);
  figures.push_back({"echo_reworded_recall", 1.0 * found / std::max(1, in_band), "of copies"});
  figures.push_back({"echo_retold_recall", 1.0 * retold_found / std::max(1, retold), "of texts"});
  figures.push_back({"echo_false", static_cast<double>(wrong), "pairs"});
}

// Pairs that a reader (of titles and first paragraphs) found to be on one event, by the first
// letters of the pages' keys: sets of pages.
std::vector<std::set<std::string>> SameEventPages() {
  return {{"06e512", "1ace8c"},
          {"08f793", "7ab16a"},
          {"14cc2a", "686bb1", "f344ca"},
          {"156770", "776a1c", "c13b9c", "3f65af"},
          {"2c4680", "51d066"},
          {"35b158", "9cb822", "ac1bfd"},
          {"42aad1", "c50845", "d1c57d"},
          {"432362", "8b1945", "ba4dfe", "ea25dd"},
          {"513745", "f8ff62"},
          {"55bb63", "70cb2d", "eb62ac"},
          {"680c28", "8267ac", "aade2e", "e100c9"},
          {"6ebac0", "7a457a"},
          {"7a664e", "82b6d7", "c90731"},
          {"7bb1ca", "9eef81", "a078b3", "bd673b"},
          {"b37be3", "e1c702"},
          {"c7e39a", "dc7ccc"}};
}

void MeasurePages(std::vector<Figure>& figures) {
  const auto path = testing::SharedData() / "article-extraction/ground-truth.json";
  if (!std::filesystem::exists(path)) {
    std::printf("skipped: no pages at %s\n", path.c_str());
    return;
  }
  const Result<Json> pages = ParseJson(testing::ReadText(path));
  if (!pages || pages->AsObject() == nullptr) {
    std::printf("skipped: %s is not read\n", path.c_str());
    return;
  }
  std::vector<std::string> keys;
  std::vector<Report> reports;
  for (const auto& [key, page] : *pages->AsObject()) {
    keys.push_back(key);
    reports.emplace_back();
    reports.back().text = page.StringOr("articleBody", "");
  }
  std::vector<StoryMember> members;
  for (std::size_t i = 0; i < reports.size(); ++i) {
    members.push_back({"report-" + std::to_string(i), &reports[i], Time{}});
  }
  const std::vector<std::set<std::string>> same = SameEventPages();
  const auto start_of = [&](const std::string& report) {
    return keys[std::stoul(report.substr(report.find('-') + 1))].substr(0, 6);
  };
  int merged = 0;
  int wrong = 0;
  for (const Story& story : GroupStories(members)) {
    for (std::size_t a = 0; a < story.reports.size(); ++a) {
      for (std::size_t b = a + 1; b < story.reports.size(); ++b) {
        const std::string left = start_of(story.reports[a]);
        const std::string right = start_of(story.reports[b]);
        const bool one_event = std::any_of(same.begin(), same.end(), [&](const auto& set) {
          return set.contains(left) && set.contains(right);
        });
        ++merged;
        wrong += one_event ? 0 : 1;
        std::printf("  %s %s: %s\n", left.c_str(), right.c_str(),
                    one_event ? "one event" : "NOT one event");
      }
    }
  }
  const double pairs = 0.5 * static_cast<double>(reports.size() * (reports.size() - 1));
  std::printf("pages: %zu, pairs %.0f, merged %d, of them not one event %d (%.2f in 1,000 pairs)\n",
              reports.size(), pairs, merged, wrong, 1000.0 * wrong / pairs);
  figures.push_back({"stories_pages_merged", static_cast<double>(merged), "pairs"});
  figures.push_back({"stories_pages_false", static_cast<double>(wrong), "pairs"});
  figures.push_back({"stories_pages_false_per_1000", 1000.0 * wrong / pairs, "of 1,000 pairs"});
}

// Words of the background table with their counts summed up, for drawing.
struct Vocabulary {
  std::vector<std::string> words;
  std::vector<std::uint64_t> sums;

  const std::string& Draw(SeededRandom& random) const {
    const std::uint64_t at = random.Next() % sums.back();
    const auto found = std::upper_bound(sums.begin(), sums.end(), at);
    return words[static_cast<std::size_t>(found - sums.begin())];
  }
};

Vocabulary ReadVocabulary() {
  Vocabulary vocabulary;
  std::istringstream lines{std::string(WordCountsText())};
  std::string line;
  while (std::getline(lines, line)) {
    const std::size_t tab = line.find('\t');
    if (line.starts_with('#') || tab == std::string::npos) continue;
    const std::uint64_t count = std::stoull(line.substr(tab + 1));
    vocabulary.words.push_back(line.substr(0, tab));
    vocabulary.sums.push_back((vocabulary.sums.empty() ? 0 : vocabulary.sums.back()) + count);
  }
  return vocabulary;
}

// Articles of 250 words, four to an event: an event is 60 words and three names of its own, from
// which each of its articles draws half of its words. Events spread over a year.
std::vector<Report> MakeArticles(std::size_t count) {
  constexpr std::size_t kPerEvent = 4;
  constexpr std::size_t kEventWords = 60;
  constexpr std::size_t kWords = 250;
  constexpr std::size_t kNames = 3;
  const Vocabulary vocabulary = ReadVocabulary();
  SeededRandom random(count);
  std::vector<Report> articles(count);
  std::vector<std::string> event;
  for (std::size_t i = 0; i < count; ++i) {
    if (i % kPerEvent == 0) {
      event.clear();
      for (std::size_t j = 0; j < kEventWords; ++j) {
        event.push_back(vocabulary.words[random.Next() % vocabulary.words.size()]);
      }
      for (std::size_t j = 0; j < kNames; ++j) {
        event.push_back("Name" + std::to_string(i / kPerEvent) + "of" + std::to_string(j));
      }
    }
    std::string& text = articles[i].text;
    for (std::size_t j = 0; j < kWords; ++j) {
      const bool own = random.Next() % 2 == 0;
      text += own ? event[random.Next() % event.size()] : vocabulary.Draw(random);
      text += j % 15 == 14 ? ". The " : " ";
    }
    articles[i].date = Date(std::chrono::days(20'000 + (i / kPerEvent) * 365 * kPerEvent / count));
  }
  return articles;
}

bool MeasureSpeed(std::size_t count, std::vector<Figure>& figures) {
  const std::vector<Report> articles = MakeArticles(count);
  std::vector<StoryMember> members;
  for (std::size_t i = 0; i < count; ++i) {
    members.push_back({"report-" + std::to_string(i), &articles[i], Time{}});
  }
  const auto start = std::chrono::steady_clock::now();
  const std::clock_t busy = std::clock();
  const std::vector<Story> stories = GroupStories(members);
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
  const double processor = static_cast<double>(std::clock() - busy) / CLOCKS_PER_SEC;
  std::printf(
      "%zu made-up articles: %.1f s (%.1f s of processors), %zu stories (made of %zu "
      "events)\n",
      count, taken.count(), processor, stories.size(), count / 4);
  figures.push_back({"echo_" + std::to_string(count) + "_seconds", taken.count(), "s"});
  figures.push_back({"echo_" + std::to_string(count) + "_processor_seconds", processor, "s"});
  figures.push_back(
      {"stories_found_" + std::to_string(count), static_cast<double>(stories.size()), "stories"});
  // Times of a grouping that groups nothing would say nothing.
  return stories.size() < count / 2;
}

bool WriteFigures(const std::string& path, const std::vector<Figure>& figures) {
  std::ofstream file(path);
  file << "{\"figures\":[";
  for (std::size_t i = 0; i < figures.size(); ++i) {
    file << (i == 0 ? "\n" : ",\n") << "  {\"name\":\"" << figures[i].name
         << "\",\"value\":" << figures[i].value << ",\"unit\":\"" << figures[i].unit << "\"}";
  }
  file << "\n]}\n";
  return file.good();
}

}  // namespace
}  // namespace proviso::intake

int main(int argc, char** argv) {
  std::vector<proviso::intake::Figure> figures;
  const bool right = proviso::intake::MeasureLabelled(figures);
  proviso::intake::MeasureEchoes(figures);
  proviso::intake::MeasurePages(figures);
  bool quick = true;
  for (const std::size_t count : {10'000U, 100'000U}) {
    quick = proviso::intake::MeasureSpeed(count, figures) && quick;
  }
  if (argc > 1 && !proviso::intake::WriteFigures(argv[1], figures)) return 1;
  return right && quick ? 0 : 1;
}
