#pragma once

#include <vector>

#include "intake/internal/article_vectors.h"

namespace proviso::intake {

// How far two articles tell of one thing (docs/formats/stories.md, section "Stories").
struct Likeness {
  double value = 0;  // the geometric mean of the next two, 0 to 1; more for copies
  double of_a = 0;   // how far the paragraphs of `a` are covered by words of `b`
  double of_b = 0;
  // Rare names in both texts, or of one's outlet in the other's text, as a statement seldom names
  // its house: by number.
  std::vector<WordId> names;
};

// What it gives depends on the two articles alone, not on which was read first.
Likeness MeasureLikeness(const ArticleVector& a, const ArticleVector& b,
                         const ArticleVectors& vectors);

}  // namespace proviso::intake
