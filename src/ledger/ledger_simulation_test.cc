#include <gtest/gtest.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "ledger/simulation.h"

namespace proviso::ledger {
namespace {

// What CI runs of each kind. PROVISO_SCHEDULES=N runs more, from PROVISO_SCRIPT=N on;
// PROVISO_REPLAY=SCHEDULE, as a failure prints it, runs that one alone.
constexpr std::uint64_t kSchedules = 400;
// Schedules at one script: a script of CI is not worn out before the next one begins.
constexpr std::uint64_t kOfAScript = 100;

std::uint64_t Number(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

using Outcome = Simulation::Outcome;

class LedgerSimulation : public testing::Test {
 protected:
  // Runs sweeps until there were enough schedules, and prints how to have a failure again.
  template <typename Sweep>
  void Sweeps(const Sweep& sweep) {
    Outcome sum;
    std::uint64_t script = Number("PROVISO_SCRIPT", 1);
    const std::uint64_t wanted = Number("PROVISO_SCHEDULES", kSchedules);
    const bool all = wanted > 10 * kSchedules;
    while (sum.schedules < wanted && sum.failures.empty()) {
      Add(sweep(Simulation::Sweep{.script = script++, .limit = all ? 0 : kOfAScript}), sum);
    }
    std::printf(
        "%s: %llu schedules up to script %llu, recovery cut %llu times, %llu errors, %llu "
        "went on by themselves\n",
        Name().c_str(), static_cast<unsigned long long>(sum.schedules),
        static_cast<unsigned long long>(script - 1),
        static_cast<unsigned long long>(sum.recoveries_cut),
        static_cast<unsigned long long>(sum.errors), static_cast<unsigned long long>(sum.gone_on));
    Report(sum);
  }
  static void Add(const Outcome& more, Outcome& sum) {
    sum.schedules += more.schedules;
    sum.recoveries_cut += more.recoveries_cut;
    sum.errors += more.errors;
    sum.gone_on += more.gone_on;
    sum.failures.insert(sum.failures.end(), more.failures.begin(), more.failures.end());
  }
  static std::string Name() {
    return testing::UnitTest::GetInstance()->current_test_info()->name();
  }
  static void Report(const Outcome& outcome) {
    for (const std::string& failure : outcome.failures) {
      ADD_FAILURE() << failure << "\nagain: PROVISO_REPLAY=" << failure.substr(0, failure.find(' '))
                    << " proviso_ledger_test --gtest_filter=LedgerSimulation." << Name();
    }
  }
  void CheckPowerCuts(const Simulation::Options& options) {
    Simulation simulation(options);
    if (const char* text = std::getenv("PROVISO_REPLAY")) {
      return Report(simulation.CutPower(Schedule::Parse(text).value()));
    }
    Sweeps([&](const Simulation::Sweep& sweep) { return simulation.CutPower(sweep); });
  }
  void CheckFaults(const Simulation::Options& options) {
    Simulation simulation(options);
    if (const char* text = std::getenv("PROVISO_REPLAY")) {
      return Report(simulation.Fail(Schedule::Parse(text).value()));
    }
    // Three errors, each once, for a while and for good, and two sorts of luck.
    Sweeps([&](Simulation::Sweep sweep) {
      sweep.variants = 18;
      return simulation.Fail(sweep);
    });
  }
};

TEST_F(LedgerSimulation, NoPowerCutBreaksAPromise) { CheckPowerCuts({}); }

TEST_F(LedgerSimulation, NoPowerCutBreaksAPromiseAtTheEndOfATile) {
  CheckPowerCuts({.log_size = 250});
}

TEST_F(LedgerSimulation, NoPowerCutBreaksAPromiseOnADiskThatDamagesSectors) {
  // One cut alone: with a second one SQLite may lose a commit on such a disk (decision 15).
  CheckPowerCuts({.disk = {.powersafe_overwrite = false}, .cuts_recovery = false});
}

TEST_F(LedgerSimulation, NoFaultOfTheDiskBreaksAPromise) { CheckFaults({}); }

TEST_F(LedgerSimulation, NoFaultOfTheDiskBreaksAPromiseAtTheEndOfATile) {
  CheckFaults({.log_size = 250});
}

// SQLite syncs the name of a write-ahead log that it made, and not that of one which it found.
TEST_F(LedgerSimulation, ADeathBeforeTheFirstSyncTakesNothingThatComesLater) {
  SimulatedMachine machine(std::make_unique<io::SimulatedDisk>(io::SimulatedDisk::Options{}),
                           Promises{}, 1);
  ASSERT_TRUE(machine.Open());
  ASSERT_TRUE(machine.Append(1, 0));
  ASSERT_TRUE(machine.Close());
  ASSERT_TRUE(machine.Open());
  machine.Die();
  ASSERT_TRUE(machine.Open());
  ASSERT_TRUE(machine.Append(1, 0));
  machine.LosePower(SimulatedMachine::Survival::kNothing);
  const Status checked = machine.Check();
  EXPECT_TRUE(checked) << checked.error().message();
}

TEST_F(LedgerSimulation, AnErasureThatFailedHalfWayCanBeFinished) {
  SimulatedMachine machine(std::make_unique<io::SimulatedDisk>(io::SimulatedDisk::Options{}),
                           Promises{}, 1);
  ASSERT_TRUE(machine.Open());
  ASSERT_TRUE(machine.Append(2, 0));
  machine.SetWatch([](const io::SimulatedDisk::Step& step) {
    const bool truncates = step.operation == io::SimulatedDisk::Operation::kResize;
    return truncates ? EIO : 0;
  });
  EXPECT_FALSE(machine.Erase(1));
  machine.SetWatch({});
  ASSERT_TRUE(machine.Erase(1)) << "there is no key any more, and no trace of it either";
  const Status checked = machine.Check();
  EXPECT_TRUE(checked) << checked.error().message();
}

// After a failed sync the kernel shows the next process what is on no disk.
TEST_F(LedgerSimulation, WhatOnlyTheKernelRemembersIsNotBuiltUpon) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    SimulatedMachine machine(
        std::make_unique<io::SimulatedDisk>(io::SimulatedDisk::Options{.seed = seed}), Promises{},
        seed);
    ASSERT_TRUE(machine.Open());
    ASSERT_TRUE(machine.Append(1, 0));
    machine.SetWatch([](const io::SimulatedDisk::Step& step) {
      return step.operation == io::SimulatedDisk::Operation::kSync ? EIO : 0;
    });
    EXPECT_FALSE(machine.Append(1, 0));
    EXPECT_TRUE(machine.EndedItself());
    machine.Die();
    machine.SetWatch({});
    ASSERT_TRUE(machine.Open());
    ASSERT_TRUE(machine.Append(1, 0));
    machine.LosePower(SimulatedMachine::Survival::kNothing);
    const Status checked = machine.Check();
    EXPECT_TRUE(checked) << checked.error().message();
  }
}

// Canaries: whatever breaks a promise is found.
TEST_F(LedgerSimulation, FindsADiskThatIgnoresSyncs) {
  Simulation files({.disk = {.ignores_syncs = true}});
  EXPECT_FALSE(files.CutPower(Simulation::Sweep{.limit = 300}).failures.empty());
  Simulation folders({.disk = {.ignores_folder_syncs = true}});
  EXPECT_FALSE(folders.CutPower(Simulation::Sweep{.limit = 300}).failures.empty());
}

TEST_F(LedgerSimulation, FindsAnAnswerBeforeTheCommit) {
  Simulation simulation({.early_point = "entries.inserted"});
  EXPECT_FALSE(simulation.CutPower(Simulation::Sweep{.limit = 300}).failures.empty());
}

TEST_F(LedgerSimulation, TheSameScheduleEndsTheSame) {
  const Simulation::Options options{.disk = {.ignores_syncs = true}};
  Simulation first(options);
  const Outcome found = first.CutPower(Simulation::Sweep{.limit = 300});
  ASSERT_FALSE(found.failures.empty());
  const std::string& failure = found.failures.back();
  Simulation again(options);
  const Outcome replayed =
      again.CutPower(Schedule::Parse(failure.substr(0, failure.find(' '))).value());
  ASSERT_EQ(replayed.schedules, 1U);
  EXPECT_EQ(replayed.failures, std::vector<std::string>{failure});
}

}  // namespace
}  // namespace proviso::ledger
