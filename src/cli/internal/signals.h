#pragma once

#include <chrono>

namespace proviso::cli {

// Blocks SIGINT and SIGTERM in this thread and those that it will start.
void BlockEndSignals();
// Waits until the process is asked to end. The signals must be blocked in every thread.
void WaitForEnd();

// SIGTERM, SIGINT, SIGHUP.
enum class Wish { kEnd, kEndAtOnce, kReload };
// The same as BlockEndSignals, with SIGHUP.
void BlockWishes();
// Waits until the process is asked for something.
Wish WaitForWish();
// Asks this very process to end, as SIGTERM does.
void AskToEnd();
// Waits for `patience`, or until the process is asked to end.
void WaitForWishUpTo(std::chrono::seconds patience);

// As many descriptors as the system grants: each gateway connection is one.
void RaiseDescriptorLimit();

}  // namespace proviso::cli
