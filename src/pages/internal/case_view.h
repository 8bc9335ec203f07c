#pragma once

#include <map>
#include <string>
#include <string_view>

#include "base/json.h"
#include "pages/internal/markup.h"

namespace proviso::pages {

// The elements of the array `key`; none where there is no such array.
const Json::Array& Items(const Json& json, std::string_view key);
// The text `key`; empty where there is none.
std::string TextOf(const Json& json, std::string_view key);
// The member, or null as a value.
const Json& Member(const Json& json, std::string_view key);

// A case with the places of its parts in the page and the names of who and what it speaks of.
// Looks at the JSON, which must outlive it.
class CaseView {
 public:
  explicit CaseView(const Json& json);

  const Json& json() const { return json_; }
  const Json* names() const { return json_.Find("names"); }
  // The name of a pseudonym, or the pseudonym.
  std::string Person(std::string_view pseudonym) const;
  std::string Name(std::string_view kind, std::string_view id) const;
  // The id of the element that shows `id`: ours, since ids in the JSON may be anything. Empty where
  // the page shows no such thing.
  std::string Anchor(std::string_view id) const;
  const Json* Report(std::string_view id) const;
  // The outlet of a report, or its author, or its kind; empty where the case has no such report.
  std::string ReportName(std::string_view id) const;
  // The name of a customer, unit, subscription, service or region, or of a pseudonym; else empty.
  std::string NameOfAny(std::string_view id) const;
  // The time of the last event, as the JSON has it: the page speaks of that moment.
  const std::string& latest() const { return latest_; }
  // The day or time at which all restrictions of a decision have ended by themselves, when that
  // was before latest(); else empty.
  std::string RanOut(const Json& decision) const;
  bool InForce(const Json& decision) const;

  // "report-2, Example Herald, 6 August 2026", linked to where the page shows it.
  void LinkReport(std::string_view id, Markup& out) const;
  // An id, linked when the page shows it.
  void LinkId(std::string_view id, Markup& out) const;
  // The name, with the id as its title when they differ.
  void NameAndId(std::string_view kind, std::string_view id, Markup& out) const;

 private:
  void AddAnchors(std::string_view key, std::string_view prefix);

  const Json& json_;
  std::string latest_;
  std::map<std::string, std::string, std::less<>> anchors_;
  std::map<std::string, const Json*, std::less<>> reports_;
};

// The restrictions of its plan, or, before there is one, of its file.
const Json::Array& Restrictions(const Json& decision);

// Parts that several sections are made of.
void DrawTime(std::string_view time, Markup& out);  // <time>, in words
void DrawDay(std::string_view date_or_time, Markup& out);
// Folded on a screen for its length alone; paper shows it.
void OpenDetails(std::string_view summary, Markup& out);
void DrawHash(std::string_view hash, Markup& out);  // <code>, may break anywhere
void OpenTable(std::string_view caption, std::initializer_list<std::string_view> heads,
               Markup& out);
void CloseTable(Markup& out);
void OpenTerm(std::string_view term, Markup& out);  // <div><dt>..</dt><dd>, for Close(2)
void DrawMore(std::size_t all, std::string_view what, Markup& out);  // "... 12 more"

}  // namespace proviso::pages
