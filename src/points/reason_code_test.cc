#include "points/reason_code.h"

#include <fstream>
#include <map>
#include <set>
#include <vector>

namespace proviso::points {
namespace {

// What stands in backticks in `line`, in order.
std::vector<std::string> Quoted(const std::string& line) {
  std::vector<std::string> words;
  for (std::size_t at = line.find('`'); at != std::string::npos;) {
    const std::size_t end = line.find('`', at + 1);
    words.push_back(line.substr(at + 1, end - at - 1));
    at = line.find('`', end + 1);
  }
  return words;
}

// The codes of the table whose first row is `head` in a document, each with its row.
std::map<std::string, std::string> CodesIn(const std::string& document, const std::string& head) {
  std::ifstream file(PROVISO_SOURCE_DIR "/docs/formats/" + document);
  std::map<std::string, std::string> codes;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(head)) {
      inside = true;
      continue;
    }
    inside = inside && line.starts_with('|');
    if (!inside) continue;
    const std::string first = line.substr(0, line.find('|', 1));
    for (const std::string& code : Quoted(first)) codes[code] = line;
  }
  return codes;
}

std::set<std::string> NamesOf(const std::map<std::string, std::string>& codes) {
  std::set<std::string> names;
  for (const auto& [name, row] : codes) names.insert(name);
  return names;
}

std::set<std::string> EveryCode() {
  std::set<std::string> names;
  for (std::size_t i = 1; i < kReasonCodeCount; ++i) {
    names.emplace(ReasonCodeName(static_cast<ReasonCode>(i)));
  }
  return names;
}

TEST(ReasonCodes, AreThoseOfTheDocumentOfListeners) {
  const auto codes = CodesIn("serve.md", "| code | verdict | what happened |");
  EXPECT_EQ(NamesOf(codes), EveryCode());
  for (std::size_t i = 1; i < kReasonCodeCount; ++i) {
    const auto code = static_cast<ReasonCode>(i);
    const std::string& row = codes.at(std::string(ReasonCodeName(code)));
    EXPECT_EQ(row.find("as `trouble` says") != std::string::npos, TroubleDecides(code)) << row;
  }
}

TEST(ReasonCodes, AreThoseOfTheDocumentOfFigures) {
  std::set<std::string> expected = EveryCode();
  expected.insert("none");  // what is counted without one
  EXPECT_EQ(NamesOf(CodesIn("metrics.md", "| code | ")), expected);
}

TEST(ReasonCodes, ThatAreTroubleWakeSomebodyUp) {
  std::ifstream file(PROVISO_SOURCE_DIR "/docs/formats/metrics.md");
  std::string wakes;
  for (std::string line; std::getline(file, line);) {
    const std::size_t at = line.find("code=~\"");
    if (at != std::string::npos) wakes = line.substr(at + 7, line.find('"', at + 7) - at - 7);
  }
  std::string trouble;
  for (std::size_t i = 0; i < kReasonCodeCount; ++i) {
    const auto code = static_cast<ReasonCode>(i);
    if (!IsTrouble(code)) continue;
    trouble += (trouble.empty() ? "" : "|") + std::string(ReasonCodeName(code));
  }
  EXPECT_EQ(wakes, trouble);
}

}  // namespace
}  // namespace proviso::points
