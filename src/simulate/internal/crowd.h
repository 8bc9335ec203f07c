#pragma once

#include <cstdint>
#include <vector>

#include "simulate/world.h"

namespace proviso::simulate {

// The customers around the named actors, and what they use.
struct Crowd {
  std::vector<catalogue::Customer> customers;
  std::vector<Actor> actors;
};

// Draws the background of `world`. The same world and seed yield the same crowd; one customer more
// leaves the others as they are.
Crowd InventCrowd(const World& world, std::uint64_t seed);

}  // namespace proviso::simulate
