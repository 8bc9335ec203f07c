#include "intake/internal/json_ld.h"

#include <algorithm>
#include <array>

#include "intake/internal/credits.h"
#include "intake/internal/dates.h"
#include "intake/internal/text_blocks.h"
#include "intake/internal/words.h"

namespace proviso::intake {
namespace {

constexpr std::size_t kBlocksMax = 50;
constexpr std::size_t kBlockBytesMax = 2U << 20U;
constexpr int kDepthMax = 32;
constexpr std::size_t kObjectsMax = 10'000;

constexpr std::array<std::string_view, 12> kArticleTypes{
    "NewsArticle",          "Article",
    "ReportageNewsArticle", "AnalysisNewsArticle",
    "OpinionNewsArticle",   "BackgroundNewsArticle",
    "ReviewNewsArticle",    "BlogPosting",
    "LiveBlogPosting",      "Report",
    "ScholarlyArticle",     "SocialMediaPosting"};

bool IsArticleType(const Json& type) {
  if (const std::string* name = type.AsString()) {
    const std::size_t slash = name->rfind('/');  // "http://schema.org/NewsArticle"
    const std::string_view last =
        std::string_view(*name).substr(slash == std::string::npos ? 0 : slash + 1);
    return std::find(kArticleTypes.begin(), kArticleTypes.end(), last) != kArticleTypes.end();
  }
  const Json::Array* names = type.AsArray();
  return names != nullptr && std::any_of(names->begin(), names->end(), [](const Json& name) {
           return name.AsString() != nullptr && IsArticleType(name);
         });
}

// The article nearest to the top of `root`; nullptr when there is none.
const Json* FindArticle(const Json& root) {
  std::vector<const Json*> queue{&root};
  for (std::size_t i = 0; i < queue.size() && i < kObjectsMax; ++i) {
    if (const Json::Array* items = queue[i]->AsArray()) {
      for (const Json& item : *items) queue.push_back(&item);
      continue;
    }
    const Json::Object* object = queue[i]->AsObject();
    if (object == nullptr) continue;
    const Json* type = queue[i]->Find("@type");
    if (type != nullptr && IsArticleType(*type) &&
        (queue[i]->Find("headline") != nullptr || queue[i]->Find("articleBody") != nullptr)) {
      return queue[i];
    }
    for (const auto& [name, member] : *object) {
      if (name == "@graph" || name == "mainEntity" || name == "mainEntityOfPage") {
        queue.push_back(&member);
      }
    }
  }
  return nullptr;
}

// The text of a string; of an array: of its first.
std::string TextIn(const Json* json) {
  if (json == nullptr) return {};
  if (const Json::Array* items = json->AsArray()) {
    return items->empty() || (*items)[0].AsArray() != nullptr ? std::string()
                                                              : TextIn(&(*items)[0]);
  }
  return json->AsString() != nullptr ? WithSingleSpaces(*json->AsString()) : std::string();
}

// The names of people or houses: strings, objects with a name, or lists of both.
std::vector<std::string> NamesIn(const Json* json) {
  std::vector<std::string> names;
  if (json == nullptr) return names;
  if (const Json::Array* items = json->AsArray()) {
    for (const Json& item : *items) {
      if (item.AsArray() != nullptr) continue;
      for (const std::string& name : NamesIn(&item)) AddOnce(name, names);
    }
    return names;
  }
  std::string name = json->AsObject() != nullptr ? TextIn(json->Find("name")) : TextIn(json);
  if (name.starts_with("By ") || name.starts_with("by ")) name.erase(0, 3);
  const bool address = name.starts_with("http://") || name.starts_with("https://");
  if (!address) AddOnce(name, names);
  return names;
}

std::string Joined(const std::vector<std::string>& names) {
  std::string joined;
  for (const std::string& name : names) joined += (joined.empty() ? "" : ", ") + name;
  return joined;
}

std::string UrlIn(const Json* json) {
  if (json == nullptr) return {};
  if (json->AsObject() != nullptr) {
    const std::string id = TextIn(json->Find("@id"));
    return id.empty() ? TextIn(json->Find("url")) : id;
  }
  return TextIn(json);
}

// What an article is based on is a name, or else an address.
void AddBases(const Json* based, std::vector<std::string>& credits) {
  if (based == nullptr) return;
  if (const Json::Array* items = based->AsArray()) {
    for (const Json& item : *items) {
      if (item.AsArray() == nullptr) AddBases(&item, credits);
    }
    return;
  }
  const std::vector<std::string> names = NamesIn(based);
  for (const std::string& name : names) AddOnce(name, credits);
  if (names.empty()) AddOnce(UrlIn(based), credits);
}

PageFacts FactsOf(const Json& article) {
  PageFacts facts;
  facts.title = TextIn(article.Find("headline"));
  if (const Json* body = article.Find("articleBody"); body != nullptr && body->AsString()) {
    facts.body = *body->AsString();
  }
  facts.author = Joined(NamesIn(article.Find("author")));
  const std::vector<std::string> publishers = NamesIn(article.Find("publisher"));
  if (!publishers.empty()) facts.outlet = publishers.front();
  facts.language = TextIn(article.Find("inLanguage"));
  facts.url = TextIn(article.Find("url"));
  if (facts.url.empty()) facts.url = UrlIn(article.Find("mainEntityOfPage"));
  facts.date = DayNamed(TextIn(article.Find("datePublished")));
  AddBases(article.Find("isBasedOn"), facts.credits);
  for (const std::string& name : NamesIn(article.Find("sourceOrganization"))) {
    AddOnce(name, facts.credits);
  }
  return facts;
}

}  // namespace

void PageFacts::FillFrom(const PageFacts& other) {
  const auto fill = [](std::string& mine, const std::string& others) {
    if (mine.empty()) mine = others;
  };
  fill(title, other.title);
  fill(body, other.body);
  fill(author, other.author);
  fill(outlet, other.outlet);
  fill(language, other.language);
  fill(url, other.url);
  if (!date) date = other.date;
  for (const std::string& name : other.credits) AddOnce(name, credits);
}

PageFacts FactsOfJsonLd(const HtmlTree& page, std::vector<std::string>& defects) {
  PageFacts facts;
  std::size_t blocks = 0;
  for (std::uint32_t i = 0; i < page.nodes.size() && blocks < kBlocksMax; ++i) {
    const HtmlNode& node = page.nodes[i];
    if (node.tag != "script" || Lower(Trimmed(node.Attribute("type"))) != "application/ld+json") {
      continue;
    }
    ++blocks;
    // Some pages write line ends into strings, where JSON does not allow them.
    std::string text = page.TextOf(i);
    std::replace_if(
        text.begin(), text.end(), [](char letter) { return letter >= 0 && letter < ' '; }, ' ');
    const Result<Json> json =
        ParseJson(Trimmed(text), {.bytes_max = kBlockBytesMax, .depth_max = kDepthMax});
    if (!json) {
      defects.push_back("the JSON-LD block " + std::to_string(blocks) +
                        " of the page was left out: " + json.error().message());
      continue;
    }
    if (const Json* article = FindArticle(*json)) facts.FillFrom(FactsOf(*article));
  }
  return facts;
}

}  // namespace proviso::intake
