#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "base/time.h"
#include "intake/internal/article_vectors.h"
#include "intake/internal/likeness.h"

namespace proviso::intake {

// An article as the grouping sees it.
struct Placed {
  ArticleVector vector;
  Date day;
};

// Why two articles belong together.
struct Bond {
  std::size_t a = 0;  // places in the span; a < b
  std::size_t b = 0;
  Likeness likeness;
  int days = 0;
};

// Why two parts of a story became one.
struct Join {
  Bond bond;               // the strongest between them
  double average = 0;      // likeness of an article of one to one of the other, on average
  std::size_t size_a = 1;  // how many each part held
  std::size_t size_b = 1;
};

struct Group {
  std::vector<std::size_t> members;  // places, ascending
  std::vector<Join> joins;           // in the order in which they were made
};

// Whether two articles alone tell of one event.
bool IsBond(const Bond& bond);
Bond Compare(const Placed& a, const Placed& b, const ArticleVectors& vectors);

// The pairs that bond, without comparing strangers.
std::vector<Bond> FindBonds(std::span<const Placed> placed, const ArticleVectors& vectors);

// `placed` stands in order of days. Groups come by their first member.
std::vector<Group> GroupArticles(std::span<const Placed> placed, const ArticleVectors& vectors);

}  // namespace proviso::intake
