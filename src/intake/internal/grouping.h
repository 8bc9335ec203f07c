#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "base/time.h"
#include "intake/internal/article_vectors.h"

namespace proviso::intake {

// An article as the grouping sees it.
struct Placed {
  ArticleVector vector;
  Date day;
};

// Why two articles, or two parts of a story, belong together.
struct Bond {
  std::size_t a = 0;  // places in the span; a < b
  std::size_t b = 0;
  double all = 0;    // cosine of all words
  double deeds = 0;  // cosine without names
  std::vector<WordId> names;
  int days = 0;
};

struct Join {
  Bond bond;
  double centre = 0;       // cosine of the centres of the two parts; 0 when both are single
  std::size_t bonds = 0;   // bonds between the two parts
  std::size_t size_a = 1;  // how many each part held
  std::size_t size_b = 1;
};

struct Group {
  std::vector<std::size_t> members;  // places, ascending
  std::vector<Join> joins;           // in the order in which they were made
};

// Whether two articles alone tell of one event.
bool IsBond(const Bond& bond);
Bond Compare(const Placed& a, const Placed& b);

// The pairs that bond, without comparing strangers.
std::vector<Bond> FindBonds(std::span<const Placed> placed, std::size_t words);

// `placed` stands in order of days. Groups come by their first member.
std::vector<Group> GroupArticles(std::span<const Placed> placed, std::size_t words);

}  // namespace proviso::intake
