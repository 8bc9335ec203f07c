#pragma once

#include <cstdint>
#include <filesystem>

#include "service/data_directory.h"
#include "service/request.h"

namespace proviso::service {

struct SimulationOptions {
  std::filesystem::path world;
  std::filesystem::path customers;  // empty: customers.yaml beside the world file
  std::filesystem::path folder;     // must not exist, or be empty
  std::uint64_t seed = 1;
};

// Writes `folder`/customers.yaml and `folder`/usage/YYYY-MM.parquet (FOCUS 1.2) for a world.
// Answers
// {"folder","files","rows","months"}.
Result<Json> Simulate(const SimulationOptions& options, const Environment& environment,
                      const Progress& progress);

}  // namespace proviso::service
