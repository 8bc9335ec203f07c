#include "ledger/simulation.h"

#include <array>
#include <cerrno>
#include <charconv>
#include <limits>
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
      // Every third time others append too.
      if (act.chance % 3 != 0) return machine.Append(act.count, act.padding);
      return machine.AppendTogether({act.count, 1, 1 + static_cast<int>(act.chance / 3 % 2)},
                                    act.padding);
    case Act::Kind::kErase: {
      if (machine.promises().certain.empty()) return {};
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

// The disk is out of order in one way, from a step on.
class Fault {
 public:
  Fault(const Schedule& schedule, SeededRandom& random)
      : error_(kErrors.at(schedule.variant % kErrors.size())), first_(schedule.step) {
    constexpr std::uint64_t kWhile = 80;
    const std::uint64_t lasts = schedule.variant / kErrors.size() % 3;
    last_ = first_ + (lasts == 0 ? 0 : random.Next() % kWhile);
    if (lasts == 2) last_ = std::numeric_limits<std::uint64_t>::max();
  }
  int operator()(const SimulatedDisk::Step& step) {
    if (mended_ || step.number < first_ || step.number > last_) return 0;
    if (step.number == first_) kind_ = KindOf(step.operation);
    const bool space = error_ == ENOSPC && kind_ != Kind::kRead;
    const bool same = KindOf(step.operation) == kind_;
    if (space ? !Grows(step.operation) : !same) return 0;
    return error_ == EIO || kind_ != Kind::kRead ? error_ : EIO;
  }
  void Mend() { mended_ = true; }

 private:
  static constexpr std::array<int, 3> kErrors = {EIO, ENOSPC, EROFS};
  enum class Kind { kRead, kWrite, kSync };

  static Kind KindOf(SimulatedDisk::Operation operation) {
    using Operation = SimulatedDisk::Operation;
    if (operation == Operation::kSync || operation == Operation::kSyncFolder) return Kind::kSync;
    return operation < Operation::kShare ? Kind::kRead : Kind::kWrite;
  }
  // A full disk lets names go, and files shrink.
  static bool Grows(SimulatedDisk::Operation operation) {
    using Operation = SimulatedDisk::Operation;
    return KindOf(operation) != Kind::kRead && operation != Operation::kRemove &&
           operation != Operation::kResize;
  }

  const int error_;
  const std::uint64_t first_;
  std::uint64_t last_ = 0;
  Kind kind_ = Kind::kRead;
  bool mended_ = false;
};

// No multiple of 2 or 3, so that each variant has its turn.
std::uint64_t Stride(std::uint64_t least) {
  while (least % 2 == 0 || least % 3 == 0) ++least;
  return least;
}

bool IsBroken(const Status& status) {
  return !status && status.error().message().find("promise broken") != std::string::npos;
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
    // Of another seed than any script: keys would come twice, and an erased one would be found.
    base_ =
        std::make_unique<SimulatedMachine>(std::make_unique<SimulatedDisk>(options_.disk),
                                           Promises{}, std::numeric_limits<std::uint64_t>::max());
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
  const std::uint64_t every = sweep.limit == 0 ? 1 : Stride(all / sweep.limit + 1);
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

// After an error people go on, or start the program anew, or the machine; or the program goes on by
// itself.
Status Simulation::LiveWith(SimulatedMachine& machine, const Schedule& schedule,
                            SeededRandom& random, Outcome& outcome) const {
  Fault fault(schedule, random);
  machine.SetWatch([&](const SimulatedDisk::Step& step) { return fault(step); });
  const auto restart = [&] {
    if (random.Next() % 2 == 0) {
      machine.Die();
    } else {
      machine.LosePower(AnySurvival(random));
    }
  };
  SeededRandom itself(Mixed(schedule) ^ schedule.script);
  for (const Act& act : MakeScript(schedule.script)) {
    Status done = Perform(machine, act);
    if (done) continue;
    if (IsBroken(done)) return done;
    ++outcome.errors;
    if (machine.IsOpen() && !machine.EndedItself() && itself.Next() % 2 == 0) {
      Status on = machine.GoOn();
      if (IsBroken(on)) return on;
      if (on) ++outcome.gone_on;
    }
    if (machine.EndedItself() || random.Next() % 3 == 0) {
      restart();
      if (random.Next() % 2 == 0) fault.Mend();
    }
  }
  fault.Mend();
  restart();
  machine.SetWatch({});
  return random.Next() % 4 == 0 ? machine.CheckAllAndGoOn() : machine.Check();
}

Simulation::Outcome Simulation::Fail(const Schedule& schedule) {
  Outcome outcome;
  ++outcome.schedules;
  const std::uint64_t seed = Mixed(schedule);
  SeededRandom random(seed);
  const io::SeededSqlite sqlite(static_cast<int>(seed % 1'000'000));
  const std::unique_ptr<SimulatedMachine> machine = Start(seed);
  Note(schedule, LiveWith(*machine, schedule, random, outcome), outcome);
  return outcome;
}

Simulation::Outcome Simulation::Fail(const Sweep& sweep) {
  // The steps that the script takes when nothing fails; a fault makes it take others.
  Outcome outcome;
  const std::unique_ptr<SimulatedMachine> machine = Start(sweep.script);
  Note({.script = sweep.script}, PerformAll(*machine, MakeScript(sweep.script)), outcome);
  const std::uint64_t all = machine->disk().steps() * sweep.variants;
  const std::uint64_t every = sweep.limit == 0 ? 1 : Stride(all / sweep.limit + 1);
  for (std::uint64_t i = 0; i < all; i += every) {
    const Outcome one = Fail(Schedule{.script = sweep.script,
                                      .step = i / sweep.variants,
                                      .variant = sweep.variant + i % sweep.variants});
    outcome.schedules += one.schedules;
    outcome.errors += one.errors;
    outcome.gone_on += one.gone_on;
    outcome.failures.insert(outcome.failures.end(), one.failures.begin(), one.failures.end());
  }
  return outcome;
}

}  // namespace proviso::ledger
