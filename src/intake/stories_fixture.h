#pragma once

#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "base/random.h"
#include "intake/stories.h"

namespace proviso::intake::testing {

inline std::string ReadText(const std::filesystem::path& path) {
  std::ostringstream text;
  text << std::ifstream(path, std::ios::binary).rdbuf();
  return text.str();
}

inline std::filesystem::path SharedData() {
  return std::filesystem::path(PROVISO_SOURCE_DIR).parent_path() / "shared/data";
}

// Texts with what a reader says about them.
struct Labelled {
  std::vector<Report> reports;
  std::vector<std::string> files;
  std::vector<std::string> events;
  std::vector<std::string> echo_of;  // a file, or "-"
  std::vector<std::string> retells;  // a file that it tells again in words of its own, or ""
  std::vector<std::string> halves;   // "tuning" or "held-out"

  // Numbered from 1, each received an hour after the one before.
  std::vector<StoryMember> Members(const std::string& half = "all") const {
    std::vector<StoryMember> members;
    for (std::size_t i = 0; i < reports.size(); ++i) {
      if (half != "all" && halves[i] != half) continue;
      members.push_back({"report-" + std::to_string(i + 1), &reports[i],
                         Time(std::chrono::hours(500'000 + static_cast<std::int64_t>(i)))});
    }
    return members;
  }
};

// "Title: ...", "Outlet: ...", "Date: ...", a blank line, the text.
inline Report ReadLabelledReport(const std::string& file) {
  Report report;
  std::istringstream lines(file);
  std::string line;
  while (std::getline(lines, line) && !line.empty()) {
    const std::size_t colon = line.find(": ");
    const std::string value = line.substr(colon + 2);
    if (line.starts_with("Title")) report.title = value;
    if (line.starts_with("Outlet")) report.outlet = value;
    if (line.starts_with("Date")) report.date = ParseDate(value).value();
  }
  std::ostringstream text;
  text << lines.rdbuf();
  report.text = text.str();
  return report;
}

inline Labelled ReadLabelled() {
  const auto folder = std::filesystem::path(PROVISO_SOURCE_DIR) / "tests/corpus/stories";
  Labelled labelled;
  std::istringstream lines(ReadText(folder / "labels.tsv"));
  std::string line;
  while (std::getline(lines, line)) {
    if (line.starts_with('#')) continue;
    std::istringstream cells(line);
    std::string file;
    std::string event;
    std::string echo_of;
    std::string half;
    cells >> file >> event >> echo_of >> half;
    labelled.files.push_back(file);
    labelled.events.push_back(event);
    const bool retold = echo_of.starts_with('~');
    labelled.echo_of.push_back(retold ? "-" : echo_of);
    labelled.retells.push_back(retold ? echo_of.substr(1) : "");
    labelled.halves.push_back(half);
    labelled.reports.push_back(ReadLabelledReport(ReadText(folder / file)));
  }
  return labelled;
}

// One word in `every` becomes a word that no text has, as rewording programs do.
inline std::string Reworded(const std::string& text, std::uint64_t every, std::uint64_t seed) {
  SeededRandom random(seed);
  std::string reworded;
  std::string word;
  for (const char c : text + "\n") {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (letter) {
      word += c;
      continue;
    }
    const bool small = !word.empty() && word[0] >= 'a';
    reworded += small && random.Next() % every == 0 ? "x" + word : word;
    reworded += c;
    word.clear();
  }
  return reworded;
}

// Pairs that stand together, of those that should, and the other way round.
struct PairScore {
  int right = 0;
  int wrong = 0;
  int missed = 0;
  std::vector<std::string> faults;

  double Precision() const { return right + wrong == 0 ? 1.0 : 1.0 * right / (right + wrong); }
  double Recall() const { return right + missed == 0 ? 1.0 : 1.0 * right / (right + missed); }
};

inline PairScore Score(const Labelled& labelled, const std::vector<Story>& stories,
                       const std::string& half = "all") {
  std::map<std::string, std::string> story_of;
  for (const Story& story : stories) {
    for (const std::string& report : story.reports) story_of[report] = story.id;
  }
  const auto id = [](std::size_t i) { return "report-" + std::to_string(i + 1); };
  PairScore score;
  for (std::size_t a = 0; a < labelled.files.size(); ++a) {
    for (std::size_t b = a + 1; b < labelled.files.size(); ++b) {
      if (half != "all" && (labelled.halves[a] != half || labelled.halves[b] != half)) continue;
      const bool same = labelled.events[a] == labelled.events[b];
      const bool together = story_of[id(a)] == story_of[id(b)];
      if (same && together) ++score.right;
      if (same != together) {
        (same ? score.missed : score.wrong) += 1;
        score.faults.push_back((same ? "apart: " : "together: ") + labelled.files[a] + " " +
                               labelled.files[b]);
      }
    }
  }
  return score;
}

}  // namespace proviso::intake::testing
