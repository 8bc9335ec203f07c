#include "intake/stories.h"

#include <algorithm>
#include <atomic>
#include <charconv>
#include <cmath>
#include <functional>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <thread>
#include <unordered_map>
#include <unordered_set>

#include "base/check.h"
#include "intake/internal/article_vectors.h"
#include "intake/internal/disagreements.h"
#include "intake/internal/echoes.h"
#include "intake/internal/grouping.h"
#include "intake/internal/names.h"
#include "intake/internal/origins.h"
#include "intake/internal/prose.h"

namespace proviso::intake {
namespace {

constexpr std::size_t kNamesShown = 5;
constexpr std::size_t kBatch = 32;  // reports or stories that a thread takes at a time
constexpr std::size_t kThreadsMax = 8;
// A sentence that an outlet prints in this many stories is its boilerplate.
constexpr std::size_t kBoilerplateStories = 2;

// "report-7" is 7; an id without a number comes last.
std::uint64_t NumberOf(std::string_view id) {
  const std::size_t digits = id.find_last_not_of("0123456789") + 1;
  std::uint64_t number = 0;
  const auto read = std::from_chars(id.data() + digits, id.data() + id.size(), number);
  return read.ec == std::errc() ? number : std::numeric_limits<std::uint64_t>::max();
}

bool ByNumber(std::string_view a, std::string_view b) {
  const std::uint64_t left = NumberOf(a);
  const std::uint64_t right = NumberOf(b);
  return left != right ? left < right : a < b;
}

Date DayOf(const StoryMember& member) {
  return member.report->date ? *member.report->date
                             : std::chrono::floor<std::chrono::days>(member.received);
}

// Calls `work` with each number below `count`, on as many threads as there are processors. Each
// number is worked on by itself, so that which thread takes it changes nothing.
void InParallel(std::size_t count, const std::function<void(std::size_t)>& work) {
  std::atomic<std::size_t> next = 0;
  const auto run = [&] {
    for (std::size_t begin = next.fetch_add(kBatch); begin < count;
         begin = next.fetch_add(kBatch)) {
      for (std::size_t i = begin; i < std::min(count, begin + kBatch); ++i) work(i);
    }
  };
  std::vector<std::jthread> others;
  const std::size_t threads =
      std::min<std::size_t>(std::thread::hardware_concurrency(), kThreadsMax);
  for (std::size_t i = 1; i < std::min(threads, count / kBatch); ++i) others.emplace_back(run);
  run();
}

// By date, then arrival, then number.
std::vector<const StoryMember*> InOrder(std::span<const StoryMember> members) {
  std::vector<const StoryMember*> order;
  for (const StoryMember& member : members) {
    PROVISO_CHECK(member.report != nullptr, member.id);
    order.push_back(&member);
  }
  std::sort(order.begin(), order.end(), [](const StoryMember* a, const StoryMember* b) {
    if (DayOf(*a) != DayOf(*b)) return DayOf(*a) < DayOf(*b);
    if (a->received != b->received) return a->received < b->received;
    return ByNumber(a->id, b->id);
  });
  return order;
}

std::string Hundredths(double value) {
  const long whole = std::lround(value * 100);
  return std::to_string(whole / 100) + "." + (whole % 100 < 10 ? "0" : "") +
         std::to_string(whole % 100);
}

std::string DescribeJoin(const Join& join, const std::vector<const StoryMember*>& order,
                         const ArticleVectors& vectors) {
  const Bond& bond = join.bond;
  const std::vector<WordId>& names = bond.likeness.names;
  std::string text = order[bond.b]->id + " with " + order[bond.a]->id + ": likeness " +
                     Hundredths(bond.likeness.value) + ", " + std::to_string(names.size()) +
                     (names.size() == 1 ? " rare name in both (" : " rare names in both (");
  std::vector<std::string> spelled;
  spelled.reserve(names.size());
  for (const WordId name : names) spelled.push_back(vectors.Spelling(name));
  std::sort(spelled.begin(), spelled.end());
  for (std::size_t i = 0; i < std::min(kNamesShown, spelled.size()); ++i) {
    text += (i == 0 ? "" : ", ") + spelled[i];
  }
  if (names.size() > kNamesShown) text += ", ...";
  text += "), " + std::to_string(bond.days) + (bond.days == 1 ? " day apart" : " days apart");
  if (join.size_a > 1 || join.size_b > 1) {
    text += "; likeness on average " + Hundredths(join.average) + " (" +
            std::to_string(join.size_a) + " with " + std::to_string(join.size_b) + ")";
  }
  return text;
}

// Sentences that an outlet prints in several stories, by outlet.
using CommonSentences = std::unordered_map<std::string, std::unordered_set<std::string>>;

CommonSentences FindCommon(const std::vector<const StoryMember*>& order,
                           const std::vector<Group>& groups) {
  std::unordered_map<std::string, std::unordered_map<std::string, std::set<std::size_t>>> seen;
  for (std::size_t group = 0; group < groups.size(); ++group) {
    for (const std::size_t place : groups[group].members) {
      const Report& report = *order[place]->report;
      if (report.outlet.empty()) continue;
      for (const Span sentence : SplitSentences(report.text)) {
        seen[NameKey(report.outlet)][SentenceKey(TextOf(report.text, sentence))].insert(group);
      }
    }
  }
  CommonSentences common;
  for (const auto& [outlet, sentences] : seen) {
    for (const auto& [sentence, stories] : sentences) {
      if (stories.size() >= kBoilerplateStories) common[outlet].insert(sentence);
    }
  }
  return common;
}

Story Describe(const Group& group, const std::vector<const StoryMember*>& order,
               const ArticleVectors& vectors, const CommonSentences& common) {
  Story story;
  std::vector<const StoryMember*> members;
  for (const std::size_t place : group.members) {
    members.push_back(order[place]);
    story.reports.push_back(order[place]->id);
  }
  std::sort(story.reports.begin(), story.reports.end(), ByNumber);
  const std::string& first = story.reports.front();
  story.id =
      "story-" + first.substr(first.find('-') == std::string::npos ? 0 : first.rfind('-') + 1);
  story.why = "nothing else that came in is like " + first;
  if (!group.joins.empty()) story.why.clear();
  for (const Join& join : group.joins) {
    story.why += (story.why.empty() ? "" : ". ") + DescribeJoin(join, order, vectors);
  }
  std::vector<Copyable> copyables;
  if (members.size() > 1) {
    copyables.reserve(members.size());
    for (const StoryMember* member : members) {
      const auto found = common.find(NameKey(member->report->outlet));
      copyables.emplace_back(member->report->text, found == common.end()
                                                       ? std::unordered_set<std::string>()
                                                       : found->second);
    }
  }
  std::vector<StoryText> texts;
  for (std::size_t i = 0; i < copyables.size(); ++i) texts.push_back({members[i], &copyables[i]});
  story.echoes = FindEchoes(texts);
  std::set<std::string> echoes;
  for (const Echo& echo : story.echoes) echoes.insert(echo.by);
  story.origins = FindOrigins(members, echoes);
  story.disagreements = FindDisagreements(members, vectors.counts());
  return story;
}

}  // namespace

std::string_view OriginKindName(OriginKind kind) {
  return kind == OriginKind::kReporting ? "reporting" : "statement";
}

std::vector<Story> GroupStories(std::span<const StoryMember> members) {
  const std::vector<const StoryMember*> order = InOrder(members);
  std::vector<ReportWords> read(order.size());
  InParallel(order.size(), [&](std::size_t i) { read[i] = ReadReportWords(*order[i]->report); });
  ArticleVectors vectors;
  std::vector<Placed> placed;
  placed.reserve(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    placed.push_back({vectors.Read(read[i], order[i]->report->outlet), DayOf(*order[i])});
    read[i] = {};
  }
  const std::vector<Group> groups = GroupArticles(placed, vectors);
  const CommonSentences common = FindCommon(order, groups);
  std::vector<Story> stories(groups.size());
  InParallel(groups.size(),
             [&](std::size_t i) { stories[i] = Describe(groups[i], order, vectors, common); });
  std::sort(stories.begin(), stories.end(), [](const Story& a, const Story& b) {
    return ByNumber(a.reports.front(), b.reports.front());
  });
  return stories;
}

}  // namespace proviso::intake
