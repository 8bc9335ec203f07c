#include "ledger/simulation.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <utility>

#include "base/check.h"

namespace proviso::ledger {
namespace {

using io::SimulatedDisk;

constexpr int kScriptActs = 9;
constexpr std::uint64_t kRecoverySteps = 90;
constexpr std::size_t kFailuresMax = 10;

// One act of a process with its log.
struct Act {
  enum class Kind { kAppend, kErase, kRebuild, kClose, kDie };
  Kind kind = Kind::kAppend;
  int count = 1;
  std::size_t padding = 0;
  std::uint64_t chance = 0;
};

std::uint64_t Mixed(const Schedule& schedule) {
  SeededRandom random(schedule.script);
  SeededRandom next(random.Next() ^ schedule.step);
  return SeededRandom(next.Next() ^ schedule.variant).Next();
}

std::size_t Padding(SeededRandom& random) {
  // Within a page of the database, several of them, and beyond a block of the disk.
  constexpr std::array<std::uint64_t, 6> kUpTo = {1, 1, 200, 200, 3000, 12'000};
  return random.Next() % kUpTo.at(random.Next() % kUpTo.size());
}

std::vector<Act> MakeScript(std::uint64_t seed) {
  SeededRandom random(seed);
  std::vector<Act> acts;
  for (int i = 0; i < kScriptActs; ++i) {
    Act act{.kind = Act::Kind::kAppend,
            .count = static_cast<int>(1 + random.Next() % 3),
            .padding = Padding(random),
            .chance = random.Next()};
    const std::uint64_t kind = random.Next() % 12;
    if (i > 0 && kind == 0) act.kind = Act::Kind::kRebuild;
    if (i > 0 && kind == 1) act.kind = Act::Kind::kClose;
    if (i > 0 && kind == 2) act.kind = Act::Kind::kDie;
    if (i > 0 && (kind == 3 || kind == 4)) act.kind = Act::Kind::kErase;
    acts.push_back(act);
  }
  return acts;
}

Status Perform(SimulatedMachine& machine, const Act& act) {
  if (!machine.IsOpen()) PROVISO_TRY(machine.Open());
  switch (act.kind) {
    case Act::Kind::kAppend:
      return machine.Append(act.count, act.padding);
    case Act::Kind::kErase: {
      const std::uint64_t position = act.chance % machine.promises().certain.size();
      if (machine.promises().erased.contains(position)) return {};
      return machine.Erase(position);
    }
    case Act::Kind::kRebuild:
      return machine.Rebuild();
    case Act::Kind::kClose:
      return machine.Close();
    case Act::Kind::kDie:
      machine.Die();
      return {};
  }
  return {};
}

// Nothing may go wrong but what a schedule makes go wrong.
Status PerformAll(SimulatedMachine& machine, const std::vector<Act>& acts) {
  for (const Act& act : acts) PROVISO_TRY(Perform(machine, act));
  return {};
}

SimulatedDisk::Survival AnySurvival(SeededRandom& random) {
  return static_cast<SimulatedDisk::Survival>(random.Next() % SimulatedDisk::kSurvivals);
}

// Recovers, and dies of another power cut while at it.
void CutRecovery(SimulatedMachine& machine, SeededRandom& random) {
  std::uint64_t left = random.Next() % kRecoverySteps;
  machine.SetWatch([&](const SimulatedDisk::Step& step) {
    if (step.Changes() && left-- == 0) machine.disk().CutPower();
    return 0;
  });
  if (machine.Open() && random.Next() % 2 == 0) static_cast<void>(machine.Append(1, 0));
  machine.SetWatch({});
  machine.LosePower(AnySurvival(random));
}

void Note(const Schedule& schedule, const Status& status, Simulation::Outcome& outcome) {
  if (status || outcome.failures.size() >= kFailuresMax) return;
  outcome.failures.push_back(schedule.Text() + " " + status.error().message());
}

}  // namespace

std::string Schedule::Text() const {
  return std::to_string(script) + ":" + std::to_string(step) + ":" + std::to_string(variant);
}

Result<Schedule> Schedule::Parse(std::string_view text) {
  Schedule schedule;
  const char* at = text.data();
  const char* end = at + text.size();
  for (std::uint64_t* number : {&schedule.script, &schedule.step, &schedule.variant}) {
    const auto parsed = std::from_chars(at, end, *number);
    const bool last = number == &schedule.variant;
    if (parsed.ec != std::errc() || (parsed.ptr == end) != last || (!last && *parsed.ptr != ':')) {
      return Fail(ErrorCode::kInvalidArgument,
                  "expected `script:step:variant`, found `" + std::string(text) + "`");
    }
    at = parsed.ptr + 1;
  }
  return schedule;
}

std::unique_ptr<SimulatedMachine> Simulation::Start(std::uint64_t seed) {
  if (base_ == nullptr) {
    base_ = std::make_unique<SimulatedMachine>(std::make_unique<SimulatedDisk>(options_.disk),
                                               Promises{}, 1);
    if (options_.log_size > 0) {
      const bool made =
          base_->Open() && base_->Append(static_cast<int>(options_.log_size), 0) && base_->Close();
      PROVISO_CHECK(made, "expected a log to start from");
    }
  }
  auto machine =
      std::make_unique<SimulatedMachine>(base_->disk().Clone(seed), base_->promises(), seed);
  machine->AnswerTooEarly(options_.early_point);
  return machine;
}

void Simulation::Cut(SimulatedMachine& machine, const Schedule& schedule, Outcome& outcome) const {
  ++outcome.schedules;
  const std::uint64_t seed = Mixed(schedule);
  SeededRandom random(seed);
  const io::SeededSqlite sqlite(static_cast<int>(seed % 1'000'000));
  SimulatedMachine after(machine.disk().Clone(seed), machine.promises(), seed + 1);
  after.LosePower(
      static_cast<SimulatedDisk::Survival>(schedule.variant % SimulatedDisk::kSurvivals));
  while (options_.cuts_recovery && random.Next() % 3 == 0) {
    ++outcome.recoveries_cut;
    CutRecovery(after, random);
  }
  // The rest of what must hold costs several times as much.
  Note(schedule, random.Next() % 4 == 0 ? after.CheckAllAndGoOn() : after.Check(), outcome);
}

void Simulation::RunWithCuts(std::uint64_t script, const Sweep& sweep, const Chosen& chosen,
                             Outcome& outcome) {
  const std::unique_ptr<SimulatedMachine> machine = Start(script);
  const io::SeededSqlite sqlite(static_cast<int>(script % 1'000'000));
  const auto cut_before = [&](std::uint64_t step) {
    for (std::uint64_t i = 0; i < sweep.variants; ++i) {
      const Schedule schedule{.script = script, .step = step, .variant = sweep.variant + i};
      if (chosen(schedule)) Cut(*machine, schedule, outcome);
    }
  };
  machine->SetWatch([&](const SimulatedDisk::Step& step) {
    if (step.Changes()) cut_before(step.number);
    return 0;
  });
  const Status done = PerformAll(*machine, MakeScript(script));
  machine->SetWatch({});
  cut_before(machine->disk().steps());
  Note({.script = script, .step = machine->disk().steps(), .variant = 0}, done, outcome);
}

Simulation::Outcome Simulation::CutPower(const Sweep& sweep) {
  std::uint64_t all = 0;
  Outcome dry;
  if (sweep.limit > 0) {
    RunWithCuts(
        sweep.script, sweep, [&](const Schedule&) { return ++all == 0; }, dry);
  }
  // Not a multiple of the number of variants, so that each has its turn.
  std::uint64_t every = sweep.limit == 0 ? 1 : all / sweep.limit + 1;
  if (every % 2 == 0) ++every;
  Outcome outcome;
  std::uint64_t seen = 0;
  RunWithCuts(
      sweep.script, sweep, [&](const Schedule&) { return seen++ % every == 0; }, outcome);
  return outcome;
}

Simulation::Outcome Simulation::CutPower(const Schedule& schedule) {
  Outcome outcome;
  RunWithCuts(
      schedule.script, {.variants = 1, .variant = schedule.variant},
      [&](const Schedule& at) { return at.step == schedule.step; }, outcome);
  return outcome;
}

}  // namespace proviso::ledger
