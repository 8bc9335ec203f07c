#include "cli/internal/decision_print.h"

#include <cstdio>

#include "cli/internal/act_command.h"
#include "cli/terminal.h"
#include "cli/told.h"

namespace proviso::cli {
namespace {

constexpr std::size_t kDayBytes = 10;  // "2026-10-01" of a time

// "read-only", or "read-only (create, write)" where it covers these alone.
std::string StageOf(const Json& restriction) {
  const std::string stage = restriction.StringOr("stage", "");
  const std::string operations = Joined(restriction.Find("operations"));
  return operations.empty() ? stage : stage + " (" + operations + ")";
}

void PrintRestrictions(const Json& plan) {
  const Json* restrictions = plan.Find("restrictions");
  if (restrictions == nullptr || restrictions->AsArray() == nullptr) return;
  for (const Json& restriction : *restrictions->AsArray()) {
    std::printf("  %s  stage %s, from %s, until %s%s\n",
                Bold(restriction.StringOr("id", "")).c_str(), StageOf(restriction).c_str(),
                restriction.StringOr("from", "adoption").c_str(),
                restriction.StringOr("until", "lifted").c_str(),
                restriction.BoolOr("customer_wide", false) ? ", CUSTOMER-WIDE" : "");
    std::vector<std::vector<std::string>> rows;
    for (const Json& target : *restriction.Find("targets")->AsArray()) {
      rows.push_back({target.StringOr("subscription", ""), target.StringOr("service", ""),
                      target.StringOr("region", ""), target.StringOr("attribution", ""),
                      Joined(target.Find("loses")), Joined(target.Find("depended_on_by"))});
    }
    std::printf("%s",
                FormatTable({"SUBSCRIPTION", "SERVICE", "REGION", "BY", "LOSES", "HITS ALSO"}, rows)
                    .c_str());
  }
}

void PrintHead(const Json& answer) {
  std::printf("%s (%s) of %s: %s\n", Bold(answer.StringOr("id", "")).c_str(),
              answer.StringOr("kind", "").c_str(), answer.StringOr("case", "").c_str(),
              StandingOf(answer).c_str());
}

// "Anna Example (p-...), Ben Example (p-...)".
std::string CalledAll(const Json& answer, const Json::Array& people) {
  std::string text;
  for (const Json& person : people) {
    if (person.AsString() == nullptr) continue;
    text += (text.empty() ? "" : ", ") + Called(answer, *person.AsString());
  }
  return text;
}

// "clause 4.2, Surveillance (terms example@1)".
std::string ClauseText(const Json& clause) {
  std::string text = "clause " + clause.StringOr("id", "");
  if (const std::string title = clause.StringOr("title", ""); !title.empty()) text += ", " + title;
  const std::string terms = clause.StringOr("terms", "");
  return terms.empty() ? text : text + " (terms " + terms + ")";
}

void PrintWords(const Json& answer) {
  if (const Json* clause = answer.Find("clause"); clause != nullptr && !clause->IsNull()) {
    std::printf("  under %s\n", ClauseText(*clause).c_str());
  }
  if (const Json* file = answer.Find("file"); file != nullptr && file->AsObject() != nullptr) {
    std::printf("  %s\n", file->StringOr("summary", "").c_str());
    if (const Json* hearing = file->Find("hearing")) {
      for (const char* how : {"held", "waived"}) {
        const std::string words = hearing->StringOr(how, "");
        if (!words.empty()) std::printf("  hearing %s: %s\n", how, words.c_str());
      }
    }
  }
  const std::string reason = answer.StringOr("reason", "");
  if (!reason.empty()) std::printf("  reason: %s\n", reason.c_str());
  std::printf("  proposed by %s at %s\n",
              Called(answer, answer.StringOr("proposed_by", "")).c_str(),
              answer.StringOr("proposed_at", "").c_str());
  const std::string planned = CalledAll(answer, ItemsOf(answer, "planned_by"));
  if (!planned.empty()) std::printf("  planned by %s\n", planned.c_str());
}

void PrintBasis(const Json& answer) {
  std::vector<std::vector<std::string>> rows;
  for (const Json& ground : ItemsOf(answer, "grounds")) {
    rows.push_back({ground.StringOr("finding", ""), ground.StringOr("claim", ""),
                    ground.StringOr("outcome", "") +
                        (ground.BoolOr("stands", true) ? "" : " (NO LONGER STANDS)"),
                    ground.StringOr("text", ""), ground.StringOr("reason", "")});
  }
  if (!rows.empty()) {
    std::printf(
        "  Rests on:\n%s",
        FormatTable({"FINDING", "CLAIM", "OUTCOME", "WHAT WAS CLAIMED", "WHY"}, rows).c_str());
  }
  rows.clear();
  for (const Json& item : ItemsOf(answer, "attributions")) {
    rows.push_back({item.StringOr("id", ""), item.StringOr("subscription", ""),
                    item.StringOr("unit", ""), item.StringOr("evidence_class", ""),
                    item.StringOr("reason", "")});
  }
  if (rows.empty()) return;
  std::printf("  Whose the subscriptions are:\n%s",
              FormatTable({"ID", "SUBSCRIPTION", "BELONGS TO", "BY", "WHY"}, rows).c_str());
}

// What a decision file asks for, until a plan says what exactly is hit.
void PrintIntended(const Json& file) {
  std::vector<std::vector<std::string>> rows;
  for (const Json& item : ItemsOf(file, "restrictions")) {
    std::string whose = item.StringOr("unit", item.StringOr("customer", ""));
    if (whose.empty()) whose = Joined(item.Find("subscriptions"));
    std::string what = Joined(item.Find("classes"));
    const std::string services = Joined(item.Find("services"));
    if (!services.empty()) what += (what.empty() ? "" : ", ") + services;
    rows.push_back({whose, what, Joined(item.Find("regions")), StageOf(item),
                    item.StringOr("from", "adoption"), item.StringOr("until", "lifted")});
  }
  const std::string superseded = Joined(file.Find("supersedes"));
  if (!superseded.empty()) {
    std::printf("  Intended in the place of %s\n", superseded.c_str());
  }
  if (rows.empty()) return;
  std::printf("  Intended, not planned yet:\n%s",
              FormatTable({"WHOSE", "WHAT", "REGIONS", "STAGE", "FROM", "UNTIL"}, rows).c_str());
}

// Whose turn it is, and what they do.
void PrintNext(const Json& answer) {
  const Json* next = answer.Find("next");
  if (next == nullptr || next->AsObject() == nullptr) return;
  const std::string waits = next->StringOr("waits_for", "");
  if (!waits.empty()) std::printf("  Waits for: %s\n", waits.c_str());
  const std::string people = CalledAll(answer, ItemsOf(*next, "people"));
  std::printf("  Next: %s\n    by one with the role %s%s\n", next->StringOr("command", "").c_str(),
              Joined(next->Find("roles")).c_str(), (people.empty() ? "" : ": " + people).c_str());
}

void PrintSignatures(const Json& answer) {
  const std::string people = CalledAll(answer, ItemsOf(answer, "signed_by"));
  const auto count = answer.IntegerOr("signature_count", 0);
  std::printf("  plan hash %s\n  %s, %s needed%s\n", answer.StringOr("plan_hash", "").c_str(),
              (std::to_string(count) + (count == 1 ? " signature" : " signatures")).c_str(),
              std::to_string(answer.IntegerOr("quorum", 0)).c_str(),
              (people.empty() ? "" : ": " + people).c_str());
}

// What became of a decision that is pursued no more, gave way to another, or was lifted by one
// person.
void PrintEnd(const Json& answer) {
  const std::string by = answer.StringOr("superseded_by", "");
  if (!by.empty()) {
    std::printf("  superseded by %s at %s\n", by.c_str(),
                answer.StringOr("superseded_at", "").c_str());
  }
  const Json* lift = answer.Find("emergency_lift");
  const Json* review = lift == nullptr ? nullptr : lift->Find("review");
  if (review != nullptr && !review->IsNull()) {
    std::printf("  emergency lift reviewed by %s, %s: %s\n",
                Called(answer, review->StringOr("by", "")).c_str(),
                review->StringOr("outcome", "").c_str(), review->StringOr("reason", "").c_str());
  }
  const Json* withdrawn = answer.Find("withdrawn");
  if (withdrawn != nullptr && !withdrawn->IsNull()) {
    std::printf("  withdrawn by %s: %s\n", Called(answer, withdrawn->StringOr("by", "")).c_str(),
                withdrawn->StringOr("reason", "").c_str());
  }
}

// What a plan hits, what each target loses, and what is kept on.
void PrintPlan(const Json& plan) {
  if (plan.Find("restrictions") != nullptr) std::printf("  What is hit:\n");
  PrintRestrictions(plan);
  if (plan.StringOr("kind", "") == "lift") {
    std::printf("  lifts %s: everything it restricted is restored\n",
                plan.StringOr("lifts", "").c_str());
  }
  for (const Json& superseded : ItemsOf(plan, "supersedes")) {
    std::printf("  takes the place of %s: all that it restricted ends at the adoption\n",
                Bold(superseded.StringOr("decision", "")).c_str());
  }
  const Json* kept = plan.Find("kept");
  if (kept == nullptr || kept->AsArray() == nullptr || kept->AsArray()->empty()) return;
  std::printf("  Kept on:\n");
  std::vector<std::vector<std::string>> rows;
  for (const Json& item : *kept->AsArray()) {
    rows.push_back({item.StringOr("subscription", ""), item.StringOr("service", ""),
                    item.StringOr("reason", "")});
  }
  std::printf("%s", FormatTable({"SUBSCRIPTION", "SERVICE", "BY"}, rows).c_str());
}

// "2026-11-22T09:30:00.000Z to 2027-01-01T00:00:00.000Z; ...".
std::string WindowsText(const Json& change) {
  std::string text;
  for (const Json& window : ItemsOf(change, "windows")) {
    text += (text.empty() ? "" : "; ") + window.StringOr("from", "") + " to " +
            window.StringOr("until", "its end");
  }
  return text;
}

// What the decision point will answer otherwise once the plan is adopted.
void PrintDifference(const Json& answer) {
  const Json* difference = answer.Find("table_difference");
  if (difference == nullptr || difference->AsObject() == nullptr) return;
  std::printf("  What the table will answer, if it is adopted at %s:\n",
              difference->StringOr("as_of", "").c_str());
  std::vector<std::vector<std::string>> rows;
  const auto add = [&](const char* list, const char* word) {
    for (const Json& change : ItemsOf(*difference, list)) {
      rows.push_back({word, change.StringOr("subscription", ""), change.StringOr("service", ""),
                      change.StringOr("region", ""), Joined(change.Find("operations")),
                      WindowsText(change)});
    }
  };
  add("denied", "denied from then on");
  add("allowed", "allowed again");
  add("stays", "stays denied");
  if (rows.empty()) {
    std::printf("    what it answered before\n");
    return;
  }
  std::printf(
      "%s", FormatTable({"ANSWER", "SUBSCRIPTION", "SERVICE", "REGION", "OPERATIONS", "WHEN"}, rows)
                .c_str());
}

}  // namespace

std::string StandingOf(const Json& decision) {
  const std::string ran_out = decision.StringOr("ran_out", "");
  const std::string status = decision.StringOr("status", "");
  return ran_out.empty() ? status : status + ", ran out " + ran_out.substr(0, kDayBytes);
}

void PrintSigned(const Json& decision) {
  PrintHead(decision);
  PrintSignatures(decision);
  PrintNext(decision);
}

void PrintDecision(const Json& answer) {
  PrintHead(answer);
  PrintAttention(answer);
  PrintEnd(answer);
  PrintWords(answer);
  PrintBasis(answer);
  const Json* plan = answer.Find("plan");
  if (plan != nullptr && plan->AsObject() != nullptr) {
    PrintPlan(*plan);
    PrintDifference(answer);
    PrintSignatures(answer);
  } else if (const Json* file = answer.Find("file")) {
    PrintIntended(*file);
  }
  PrintNext(answer);
}

}  // namespace proviso::cli
