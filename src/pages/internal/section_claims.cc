#include <algorithm>

#include "pages/case_page.h"
#include "pages/internal/check_words.h"
#include "pages/internal/figures.h"
#include "pages/internal/prose.h"
#include "pages/internal/sections.h"
#include "pages/internal/terms.h"
#include "pages/plot.h"

namespace proviso::pages {
namespace {

void DrawSource(const CaseView& view, const Json& claim, Markup& out) {
  const Json& source = Member(claim, "source");
  if (source.AsObject() == nullptr) return;
  out.Open("figure", {{"class", "quote"}});
  out.Open("blockquote", {{"dir", "auto"}}).Leaf("p", TextOf(source, "quote")).Close();
  out.Open("figcaption");
  view.LinkReport(TextOf(source, "report"), out);
  const std::int64_t begin = source.IntegerOr("begin", -1);
  const std::int64_t end = source.IntegerOr("end", -1);
  if (begin >= 0 && end >= begin) {
    out.Text(", bytes " + std::to_string(begin) + " to " + std::to_string(end));
  }
  out.Close(2);
}

// "face-recognition,translation" as "Face recognition, translation".
std::string ClassesInWords(const std::string& classes) {
  std::string words = ClassInWords(classes);
  for (std::size_t at = words.find(','); at != std::string::npos; at = words.find(',', at + 1)) {
    words.insert(at + 1, words.compare(at + 1, 1, " ") == 0 ? "" : " ");
  }
  return words;
}

// What the claim says, part by part.
void DrawAbout(const CaseView& view, const Json& claim, Markup& out) {
  const Json& about = Member(claim, "about");
  if (about.AsObject() == nullptr) return;
  out.Open("dl", {{"class", "facts"}});
  const auto add = [&](std::string_view term, const std::string& text) {
    if (text.empty()) return;
    OpenTerm(term, out);
    out.Leaf("bdi", text).Close(2);
  };
  const std::string who = view.NameOfAny(TextOf(about, "who"));
  add("Who", who.empty() ? TextOf(about, "who") : who);
  add("What", ClassesInWords(TextOf(about, "capability_class")));
  const std::string region = view.Name("regions", TextOf(about, "region"));
  const std::string place = TextOf(about, "place");
  if (region.empty() || place.find(region) == std::string::npos) add("Where", place);
  add("Region", region);
  add("How much", TextOf(about, "quantity"));
  add("When", TextOf(about, "time"));
  out.Close();
}

void DrawFinding(const CaseView& view, const Json& claim, Markup& out) {
  const Json& finding = Member(claim, "finding");
  const std::string outcome = TextOf(finding, "outcome");
  const std::string draft = TextOf(Member(claim, "draft"), "outcome");
  const Json& dropped = Member(claim, "dropped");
  out.Open("div", {{"class", "finding"}}).Open("p", {{"class", "verdict"}});
  if (dropped.AsObject() != nullptr && outcome.empty()) {
    out.Leaf("span", {{"class", "sign c-none"}}, "Dropped, no finding");
  } else {
    DrawSign(OutcomeSign(outcome), out);
  }
  out.Close();
  if (const std::string reason = TextOf(finding, "reason"); !reason.empty()) {
    out.Leaf("p", {{"class", "reason"}, {"dir", "auto"}}, reason);
  }
  const std::string drafted = TextOf(finding, "drafted");
  if (!drafted.empty() && drafted != outcome) {
    out.Open("p", {{"class", "note"}}).Text("Its checks had drafted: ");
    out.Text(OutcomeSign(drafted).word + ". Not followed, because: ");
    out.Leaf("bdi", finding.StringOr("against_draft", "the reason was erased")).Close();
  }
  out.Open("p", {{"class", "quiet"}});
  if (!outcome.empty()) {
    out.Text(TextOf(finding, "id") + " by ").Leaf("bdi", view.Person(TextOf(finding, "by")));
    out.Text(", ");
    DrawTime(TextOf(finding, "at"), out);
    out.Text(". ");
  }
  const std::string evidence = TextOf(finding, "evidence_class");
  if (!evidence.empty()) out.Text("Evidence: " + InWords(evidence) + ". ");
  if (!draft.empty()) out.Text("Draft from the checks: " + OutcomeSign(draft).word + ".");
  out.Close(2);
}

void DrawStanding(const Json& claim, Markup& out) {
  const Json& dropped = Member(claim, "dropped");
  if (dropped.AsObject() != nullptr) {
    out.Open("p", {{"class", "note"}}).Text("Dropped ");
    DrawDay(TextOf(dropped, "at"), out);
    out.Text(": ").Leaf("bdi", TextOf(dropped, "reason")).Close();
  }
  if (const std::string edited = TextOf(claim, "edited_at"); !edited.empty()) {
    out.Open("p", {{"class", "quiet"}}).Text("Text edited ");
    DrawTime(edited, out);
    out.Text(".").Close();
  }
}

// The plot twice, for wide and for narrow screens; the style sheet shows one.
void DrawPlots(const CaseView& view, const Json& result, const std::string& prefix, Markup& out) {
  PlotOptions options;
  options.standalone = false;
  options.show_title = false;
  options.names = view.names();
  options.class_units = &Member(view.json(), "class_units");
  const std::string wide = prefix + "-wide";
  const std::string narrow = prefix + "-narrow";
  out.Open("figure", {{"class", "plot"}}).Open("div", {{"class", "wide"}});
  options.id_prefix = wide;
  out.Trusted(RenderPlot(result, options)).Close().Open("div", {{"class", "narrow"}});
  options.id_prefix = narrow;
  options.width = 360;
  out.Trusted(RenderPlot(result, options)).Close(2);
}

// A drawing of nothing but zeros would show nothing that the value does not say.
bool HasValues(const Json& result) {
  const auto is_drawn = [](const Json& value) {
    const std::string* text = value.AsString();
    return text != nullptr && text->find_first_of("123456789") != std::string::npos;
  };
  if (const Json::Object* months = Member(result, "months").AsObject()) {
    for (const auto& [month, total] : *months) {
      if (is_drawn(total)) return true;
    }
  }
  for (const std::string_view key : {"series", "series2"}) {
    const Json::Array& values = Items(Member(result, key), "values");
    if (std::any_of(values.begin(), values.end(), is_drawn)) return true;
  }
  return false;
}

void DrawInputs(const CaseView& view, const Json& result, Markup& out) {
  out.Open("details").Leaf("summary", "How it was computed").Open("dl", {{"class", "facts tall"}});
  OpenTerm("Check", out);
  out.Leaf("code", TextOf(result, "check")).Close(2);
  OpenTerm("Rule", out);
  out.Leaf("code", TextOf(result, "rule")).Close(2);
  OpenTerm("Result hash", out);
  DrawHash(TextOf(result, "hash"), out);
  out.Close(2);
  OpenTerm("Subscriptions", out);
  out.Open("ul");
  for (const Json& id : Items(result, "subscriptions")) {
    if (id.AsString() == nullptr) continue;
    out.Open("li");
    view.NameAndId("subscriptions", *id.AsString(), out);
    out.Text(" ").Leaf("span", {{"class", "id"}}, *id.AsString()).Close();
  }
  out.Close(3);
  OpenTerm("Inputs", out);
  out.Open("ul");
  for (const Json& input : Items(result, "inputs")) {
    if (input.AsString() == nullptr) continue;
    out.Open("li");
    DrawHash(*input.AsString(), out);
    out.Close();
  }
  out.Close(3);
  OpenTerm("Query", out);
  out.Open("pre", {{"tabindex", "0"}}).Leaf("code", TextOf(result, "query")).Close(3);
  out.Close(2);
}

void DrawAgreements(const Json& result, Markup& out) {
  const Json::Array& agreements = Items(result, "agreements");
  if (agreements.empty()) return;
  OpenTable("Agreements found", {"Agreement", "From", "Until", "Quantity"}, out);
  for (std::size_t i = 0; i < agreements.size() && i < kPageItemsMax; ++i) {
    const Json& agreement = agreements[i];
    out.Open("tr").Leaf("th", {{"scope", "row"}}, TextOf(agreement, "id")).Open("td");
    DrawDay(TextOf(agreement, "from"), out);
    out.Close().Open("td");
    const std::string until = TextOf(agreement, "until");
    if (until.empty()) out.Text("no end");
    DrawDay(until, out);
    const std::string quantity = TextOf(agreement, "quantity");
    out.Close().Leaf(
        "td", quantity.empty() ? "not said" : ShownQuantity(quantity, TextOf(agreement, "unit")));
    out.Close();
  }
  CloseTable(out);
}

// The value to the last digit, where the shown one is rounded or in another unit.
void DrawExact(const std::string& value, const std::string& unit, Markup& out) {
  const std::string exact = GroupedNumber(value) + (unit.empty() ? "" : " " + unit);
  if (unit == "x" || exact == ShownQuantity(value, unit)) return;
  out.Text(" ").Leaf("span", {{"class", "id"}}, exact);
}

void DrawNumbers(const CaseView& view, const Json& result, const CheckWords& words, Markup& out) {
  const Json& units = Member(view.json(), "class_units");
  const std::string unit = TextOf(result, "unit");
  const std::string value = TextOf(result, "value");
  out.Open("dl", {{"class", "facts"}});
  if (!value.empty()) {
    OpenTerm("Value", out);
    out.Text(ShownQuantity(value, unit));
    DrawExact(value, unit, out);
    out.Close(2);
  }
  if (!words.asked.empty()) {
    OpenTerm("Asked for", out);
    out.Text(words.asked).Close(2);
  }
  if (const Json::Object* amounts = Member(result, "amounts").AsObject()) {
    for (const auto& [name, amount] : *amounts) {
      if (amount.AsString() == nullptr) continue;
      OpenTerm(ClassInWords(name), out);
      out.Text(ShownQuantity(*amount.AsString(), TextOf(units, name))).Close(2);
    }
  }
  out.Close();
  const auto say = [&](std::string_view lead, const std::string& text) {
    if (text.empty()) return;
    out.Open("p", {{"dir", "auto"}}).Leaf("strong", lead).Text(" ");
    DrawProse(view, text, out);
    out.Text(".").Close();
  };
  say("Why:", TextOf(result, "why"));
  say("What would change it:", TextOf(result, "counterfactual"));
}

void DrawResult(const CaseView& view, const Json& result, const std::string& prefix, Markup& out) {
  const CheckWords words = ReadCheck(result, view.names());
  if (HasValues(result)) DrawPlots(view, result, prefix + "-plot", out);
  DrawNumbers(view, result, words, out);
  DrawAgreements(result, out);
  DrawInputs(view, result, out);
}

// The first check of a claim stands open; the others show their result and open on demand.
void DrawCheck(const CaseView& view, const Json& check, const std::string& prefix, bool first,
               Markup& out) {
  const Json& result = Member(check, "result");
  const bool evaluated = result.AsObject() != nullptr;
  const CheckWords words = ReadCheck(evaluated ? result : check, view.names());
  const bool folded = evaluated && !first;
  if (folded) {
    out.Open("details", {{"class", "check paper"}}).Open("summary");
  } else {
    out.Open("div", {{"class", "check"}});
  }
  out.Leaf("h4", {{"id", prefix}}, words.title);
  if (evaluated) {
    out.Open(folded ? "span" : "p");
    DrawSign(ResultSign(TextOf(result, "result")), out);
    out.Close();
  } else {
    out.Leaf("p", {{"class", "quiet"}}, "Not evaluated yet.");
  }
  if (folded) out.Close().Open("div", {{"class", "inside"}});
  if (evaluated) DrawResult(view, result, prefix, out);
  out.Close(folded ? 2 : 1);
}

void DrawClaim(const CaseView& view, const Json& claim, std::size_t number, Markup& out) {
  const std::string anchor = "claim-" + std::to_string(number);
  const bool dropped = Member(claim, "dropped").AsObject() != nullptr;
  out.Open("article", {{"class", dropped ? "claim dropped" : "claim"}, {"id", anchor}});
  out.Open("header").Open("p", {{"class", "kicker"}}).Leaf("bdi", TextOf(claim, "id"));
  if (claim.BoolOr("denial", false)) out.Text(" ").Leaf("span", {{"class", "tag"}}, "Denial");
  out.Close().Leaf("h3", {{"dir", "auto"}}, claim.StringOr("text", "The text was erased"));
  out.Close();
  DrawStanding(claim, out);
  DrawSource(view, claim, out);
  DrawAbout(view, claim, out);
  DrawFinding(view, claim, out);
  const Json::Array& checks = Items(claim, "checks");
  for (std::size_t i = 0; i < checks.size() && i < kPageItemsMax; ++i) {
    DrawCheck(view, checks[i], anchor + "-check-" + std::to_string(i + 1), i == 0, out);
  }
  out.Close();
}

}  // namespace

void DrawClaims(const CaseView& view, Markup& out) {
  const Json::Array& claims = Items(view.json(), "claims");
  for (std::size_t i = 0; i < claims.size() && i < kPageItemsMax; ++i) {
    DrawClaim(view, claims[i], i + 1, out);
  }
  DrawMore(claims.size(), "claims", out);
}

void DrawAttributions(const CaseView& view, Markup& out) {
  const Json::Array& attributions = Items(view.json(), "attributions");
  OpenTable("Which subscription belongs to whom",
            {"Attribution", "Subscription", "Belongs to", "Evidence", "Reason", "By"}, out);
  for (std::size_t i = 0; i < attributions.size() && i < kPageItemsMax; ++i) {
    const Json& attribution = attributions[i];
    const std::string id = TextOf(attribution, "id");
    out.Open("tr", {{"id", "attribution-" + std::to_string(i + 1)}})
        .Leaf("th", {{"scope", "row"}, {"class", "key"}}, id)
        .Open("td");
    view.NameAndId("subscriptions", TextOf(attribution, "subscription"), out);
    out.Close().Open("td");
    view.NameAndId("units", TextOf(attribution, "unit"), out);
    out.Close().Leaf("td", InWords(TextOf(attribution, "evidence_class")));
    out.Leaf("td", {{"dir", "auto"}}, TextOf(attribution, "reason")).Open("td");
    out.Leaf("bdi", view.Person(TextOf(attribution, "by"))).Text(", ");
    DrawDay(TextOf(attribution, "at"), out);
    out.Close(2);
  }
  CloseTable(out);
  DrawMore(attributions.size(), "attributions", out);
}

}  // namespace proviso::pages
