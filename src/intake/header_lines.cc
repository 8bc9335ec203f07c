#include "intake/internal/header_lines.h"

#include <algorithm>
#include <array>
#include <optional>

#include "intake/internal/dates.h"
#include "intake/internal/words.h"

namespace proviso::intake {
namespace {

// Header lines stand among the first lines, blank ones counted.
constexpr std::size_t kHeaderLinesMax = 60;
constexpr std::size_t kShownBytesMax = 60;
constexpr std::size_t kValueBytesMax = 2000;

struct HeaderLine {
  std::string name;  // in lower case
  std::string_view value;
};

constexpr std::array<std::string_view, 16> kNames{
    "title", "subject",   "outlet",   "author",  "from",      "date", "language", "url",
    "law",   "reference", "location", "contact", "published", "to",   "cc",       "reply-to"};

bool IsKnown(std::string_view name) {
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end();
}

std::optional<HeaderLine> HeaderIn(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  HeaderLine header{Lower(Trimmed(line.substr(0, colon))), Trimmed(line.substr(colon + 1))};
  if (!IsKnown(header.name)) return std::nullopt;
  return header;
}

// "en" of `en`, `EN` and `en-GB`; empty for what is no code of a language.
std::string LanguageCode(std::string_view value) {
  const std::string code = Lower(value.substr(0, value.find_first_of("-_")));
  const bool letters = std::all_of(code.begin(), code.end(),
                                   [](char letter) { return letter >= 'a' && letter <= 'z'; });
  return letters && (code.size() == 2 || code.size() == 3) ? code : std::string();
}

class HeaderReader {
 public:
  explicit HeaderReader(Report& report) : report_(report) {}

  void Take(const HeaderLine& header, std::size_t line) {
    line_ = line;
    // Whom a letter went to is ourselves, or nobody's to know; it ends no header.
    if (header.name == "to" || header.name == "cc" || header.name == "reply-to") return;
    if (header.value.empty()) return Complain(header, "is empty");
    if (header.value.size() > kValueBytesMax) return Complain(header, "is too long");
    if (header.name == "title" || header.name == "subject") return Set(header, report_.title);
    if (header.name == "outlet") return Set(header, report_.outlet);
    if (header.name == "author" || header.name == "from") return Set(header, report_.author);
    if (header.name == "date" || header.name == "published") return SetDate(header);
    if (header.name == "language") return SetLanguage(header);
    if (header.name == "url") return SetUrl(header);
    Json& details = report_.details;
    if (details.Find(header.name) != nullptr) return Complain(header, "was given before");
    details[header.name] = header.value;
  }

 private:
  void Complain(const HeaderLine& header, std::string_view what) {
    report_.defects.push_back("line " + std::to_string(line_) + ": `" + header.name + "` " +
                              std::string(what) + " and was left out: `" +
                              CutTo(header.value, kShownBytesMax) + "`");
  }

  void Set(const HeaderLine& header, std::string& member) {
    if (!member.empty()) return Complain(header, "was given before");
    member = header.value;
  }

  void SetDate(const HeaderLine& header) {
    if (report_.date) return Complain(header, "was given before");
    report_.date = DayNamed(header.value);
    if (!report_.date) Complain(header, "is no day such as 2026-08-06 or 6 August 2026");
  }

  void SetLanguage(const HeaderLine& header) {
    if (!report_.language.empty()) return Complain(header, "was given before");
    report_.language = LanguageCode(header.value);
    if (report_.language.empty()) Complain(header, "is no code of a language such as en");
  }

  void SetUrl(const HeaderLine& header) {
    if (!report_.url.empty()) return Complain(header, "was given before");
    if (!header.value.starts_with("https://") && !header.value.starts_with("http://")) {
      return Complain(header, "does not begin with https:// or http://");
    }
    report_.url = header.value;
  }

  Report& report_;
  std::size_t line_ = 0;
};

}  // namespace

std::size_t TakeHeaderLines(const std::vector<std::string_view>& lines, Report& report) {
  HeaderReader reader(report);
  std::size_t taken = 0;
  std::size_t next = 0;
  while (next < lines.size() && next < kHeaderLinesMax) {
    if (Trimmed(lines[next]).empty()) {
      ++next;
      continue;
    }
    const std::optional<HeaderLine> header = HeaderIn(lines[next]);
    if (!header) break;
    reader.Take(*header, next + 1);
    taken = ++next;
  }
  return taken;
}

}  // namespace proviso::intake
