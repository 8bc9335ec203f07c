#include "pages/internal/terms.h"

#include <array>
#include <span>

#include "pages/internal/case_view.h"

namespace proviso::pages {
namespace {

constexpr std::string_view kCheckDisc = R"(<circle cx="8" cy="8" r="7" fill="currentColor"/>)"
                                        R"(<path class="ko" d="M4.6 8.3l2.3 2.3 4.5-5"/>)";
constexpr std::string_view kHalfDisc =
    R"(<circle cx="8" cy="8" r="6.2" class="st"/>)"
    R"(<path d="M8 1.8a6.2 6.2 0 0 1 0 12.4z" fill="currentColor"/>)";
constexpr std::string_view kDashCircle = R"(<circle cx="8" cy="8" r="6.2" class="st"/>)"
                                         R"(<path class="st" d="M5 8h6"/>)";
constexpr std::string_view kCrossDisc =
    R"(<path d="M5.1 1h5.8L15 5.1v5.8L10.9 15H5.1L1 10.9V5.1z" fill="currentColor"/>)"
    R"(<path class="ko" d="M5.4 5.4l5.2 5.2m0-5.2l-5.2 5.2"/>)";
constexpr std::string_view kQuestion =
    R"(<path class="st" d="M8 1.2l6.8 6.8-6.8 6.8-6.8-6.8z"/>)"
    R"(<path class="st" d="M6.5 6.6a1.6 1.6 0 1 1 2.1 1.5c-.4.2-.6.5-.6 1"/>)"
    R"(<circle cx="8" cy="11" r=".9" fill="currentColor"/>)";
constexpr std::string_view kDots = R"(<circle cx="8" cy="8" r="6.2" class="st da"/>)"
                                   R"(<circle cx="5" cy="8" r="1" fill="currentColor"/>)"
                                   R"(<circle cx="8" cy="8" r="1" fill="currentColor"/>)"
                                   R"(<circle cx="11" cy="8" r="1" fill="currentColor"/>)";
constexpr std::string_view kOpenCircle = R"(<circle cx="8" cy="8" r="6.2" class="st da"/>)";
constexpr std::string_view kBell = R"(<circle cx="8" cy="8" r="6.2" class="st"/>)"
                                   R"(<path class="st" d="M8 7.4v4"/>)"
                                   R"(<circle cx="8" cy="4.8" r="1" fill="currentColor"/>)";
constexpr std::string_view kNoPlus = R"(<path class="st" d="M8 3.5v9M3.5 8h9M2.5 13.5l11-11"/>)";
constexpr std::string_view kLock =
    R"(<rect x="3" y="7" width="10" height="7.5" rx="1.2" fill="currentColor"/>)"
    R"(<path class="st" d="M5 7V5a3 3 0 0 1 6 0v2"/>)";
constexpr std::string_view kPause =
    R"(<rect x="1.5" y="1.5" width="13" height="13" rx="2" fill="currentColor"/>)"
    R"(<path class="ko" d="M6 5v6m4-6v6"/>)";
constexpr std::string_view kShield =
    R"(<path class="st" d="M8 1.5l5.5 2v4.2c0 3.2-2.3 5.6-5.5 6.8-3.2-1.2-5.5-3.6-5.5-6.8V3.5z"/>)"
    R"(<path class="st" d="M5.5 8l1.8 1.8 3.2-3.6"/>)";
constexpr std::string_view kClock = R"(<circle cx="8" cy="8" r="6.2" class="st"/>)"
                                    R"(<path class="st" d="M8 4.5V8l2.5 1.8"/>)";
constexpr std::string_view kWarning = R"(<path class="st" d="M8 2l6.5 11.8h-13z"/>)"
                                      R"(<path class="st" d="M8 6.5v3.2"/>)"
                                      R"(<circle cx="8" cy="11.7" r=".8" fill="currentColor"/>)";
constexpr std::string_view kBack =
    R"(<path class="st" d="M6 3L2.5 6.5 6 10M2.5 6.5h7a4 4 0 0 1 0 8H6.5"/>)";
constexpr std::string_view kPen = R"(<path class="st" d="M3 13l.8-3L10.5 3.3l2.2 2.2L6 12.2z"/>)";

struct Row {
  std::string_view name;
  std::string_view css;
  std::string_view icon;
  std::string_view word;
};

constexpr std::array<Row, 7> kOutcomes{{
    {"supported", "c-yes", kCheckDisc, "Supported"},
    {"partly_supported", "c-part", kHalfDisc, "Partly supported"},
    {"not_supported", "c-no", kDashCircle, "Not supported"},
    {"contradicted", "c-against", kCrossDisc, "Contradicted"},
    {"undeterminable", "c-open", kQuestion, "Cannot be determined"},
    {"records_missing", "c-missing", kDots, "Records missing"},
    {"", "c-none", kOpenCircle, "No finding yet"},
}};

constexpr std::array<Row, 3> kResults{{
    {"holds", "c-yes", kCheckDisc, "Holds"},
    {"fails", "c-no", kDashCircle, "Fails"},
    {"records_missing", "c-missing", kDots, "Records missing"},
}};

constexpr std::array<Row, 5> kStages{{
    {"notice", "c-part", kBell, "Notice"},
    {"no_new", "c-missing", kNoPlus, "No new"},
    {"read_only", "c-open", kLock, "Read-only"},
    {"suspended", "c-against", kPause, "Suspended"},
    {"kept", "c-yes", kShield, "Kept on"},
}};

constexpr std::array<Row, 4> kSteps{{
    {"open", "c-none", kClock, "Open"},
    {"met", "c-yes", kCheckDisc, "Met"},
    {"missed", "c-against", kCrossDisc, "Missed"},
    {"overdue", "c-missing", kWarning, "Overdue"},
}};

constexpr std::array<Row, 7> kDecisions{{
    {"proposed", "c-none", kOpenCircle, "Proposed"},
    {"planned", "c-none", kPen, "Planned"},
    {"signed", "c-part", kPen, "Signed"},
    {"adopted", "c-yes", kCheckDisc, "Adopted"},
    {"lifted", "c-no", kBack, "Lifted"},
    {"superseded", "c-no", kBack, "Superseded"},
    {"withdrawn", "c-no", kBack, "Withdrawn"},
}};

constexpr std::array<Row, 4> kAppeals{{
    {"", "c-none", kClock, "Open"},
    {"upheld", "c-no", kDashCircle, "Decision upheld"},
    {"changed", "c-part", kHalfDisc, "Decision changed"},
    {"reversed", "c-yes", kBack, "Decision reversed"},
}};

// A name that is not in the list is shown in words, without a colour of its own.
Sign Find(std::span<const Row> rows, std::string_view name) {
  for (const Row& row : rows) {
    if (row.name == name) return {row.css, row.icon, std::string(row.word)};
  }
  return {"c-none", kOpenCircle, InWords(name)};
}

}  // namespace

Sign OutcomeSign(std::string_view outcome) { return Find(kOutcomes, outcome); }
Sign ResultSign(std::string_view result) { return Find(kResults, result); }
Sign StepSign(std::string_view status) { return Find(kSteps, status); }
Sign DecisionSign(std::string_view status) { return Find(kDecisions, status); }
Sign AppealSign(std::string_view outcome) { return Find(kAppeals, outcome); }

Sign StageSign(std::string_view stage) {
  std::string name(stage);
  for (char& c : name) {
    if (c == '-') c = '_';
  }
  return Find(kStages, name);
}

Sign OkSign(bool ok, std::string_view yes, std::string_view no) {
  if (ok) return {"c-yes", kCheckDisc, std::string(yes)};
  return {"c-against", kCrossDisc, std::string(no)};
}

void DrawIcon(const Sign& sign, Markup& out) {
  out.Open("svg", {{"class", "icon"}, {"viewBox", "0 0 16 16"}, {"aria-hidden", "true"}});
  out.Trusted(sign.icon).Close();
}

void DrawSign(const Sign& sign, Markup& out) {
  out.Open("span", {{"class", "sign " + std::string(sign.css)}});
  DrawIcon(sign, out);
  out.Leaf("span", sign.word).Close();
}

std::string NarrowedTo(const Json& restriction) {
  std::string names;
  for (const Json& name : Items(restriction, "operations")) {
    if (name.AsString() == nullptr) continue;
    names += (names.empty() ? "" : ", ") + *name.AsString();
  }
  return names;
}

std::string InWords(std::string_view name) {
  std::string words(name);
  for (char& c : words) {
    if (c == '-' || c == '_' || c == '.') c = ' ';
  }
  if (!words.empty() && words[0] >= 'a' && words[0] <= 'z') {
    words[0] = static_cast<char>(words[0] - 'a' + 'A');
  }
  return words;
}

}  // namespace proviso::pages
