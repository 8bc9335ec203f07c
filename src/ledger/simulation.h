#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "ledger/simulated_machine.h"

namespace proviso::ledger {

// One run of a simulation, which can be had again from these numbers alone.
struct Schedule {
  std::uint64_t script = 0;   // the seed of what the process does with its log
  std::uint64_t step = 0;     // of the disk: before it the power goes, or it is the one that fails
  std::uint64_t variant = 0;  // the seed of all else: what survives, how recovery goes wrong too

  std::string Text() const;  // "1:203:4"
  static Result<Schedule> Parse(std::string_view text);
};

// For tests: lives of a log on a machine whose disk goes wrong, and the comparison of what is left
// with what was promised. The log starts empty, or with `log_size` entries.
class Simulation {
 public:
  struct Options {
    std::uint64_t log_size = 0;
    io::SimulatedDisk::Options disk = {};
    bool cuts_recovery = true;     // the power goes again while the log recovers
    std::string early_point = {};  // a canary: SimulatedMachine::AnswerTooEarly
  };
  struct Outcome {
    std::uint64_t schedules = 0;
    std::uint64_t recoveries_cut = 0;
    std::uint64_t errors = 0;           // answers that were errors, as they may be
    std::uint64_t gone_on = 0;          // logs that were taken up again without a restart
    std::vector<std::string> failures;  // promises that were broken, each with its schedule
  };
  // Which steps of a script are tried, and how often.
  struct Sweep {
    std::uint64_t script = 1;
    std::uint64_t variants = 8;
    std::uint64_t variant = 0;  // the first
    std::uint64_t limit = 0;    // about so many schedules, spread over all steps; 0: all
  };

  explicit Simulation(const Options& options) : options_(options) {}

  // Cuts the power before each step that changes the disk, and after the last.
  Outcome CutPower(const Sweep& sweep);
  Outcome CutPower(const Schedule& schedule);
  // Lets each step fail, once or from then on.
  Outcome Fail(const Sweep& sweep);
  Outcome Fail(const Schedule& schedule);

 private:
  using Chosen = std::function<bool(const Schedule&)>;

  std::unique_ptr<SimulatedMachine> Start(std::uint64_t seed);
  void RunWithCuts(std::uint64_t script, const Sweep& sweep, const Chosen& chosen,
                   Outcome& outcome);
  void Cut(SimulatedMachine& machine, const Schedule& schedule, Outcome& outcome) const;
  Status LiveWith(SimulatedMachine& machine, const Schedule& schedule, SeededRandom& random,
                  Outcome& outcome) const;

  const Options options_;
  std::unique_ptr<SimulatedMachine> base_;
};

}  // namespace proviso::ledger
