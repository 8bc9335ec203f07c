#pragma once

#include <chrono>
#include <cstddef>
#include <functional>

#include "base/bytes.h"

namespace proviso::io {

// What work in a sandbox may use up. Each limit ends the work when it is passed.
struct SandboxLimits {
  std::chrono::milliseconds wall_time_max{20'000};
  std::chrono::seconds processor_time_max{10};
  std::size_t memory_bytes_max = std::size_t{1} << 30U;  // beyond what the process has already
  std::size_t answer_bytes_max = std::size_t{16} << 20U;
};

// Runs `work` on `input` in a child process that can compute and answer, and nothing else: it has
// no file, no socket, no other process, and every system call beyond memory, time of day and its
// answer ends it. For bytes from strangers that a library of others parses.
//
// `work` gets a copy of this process's memory as it is now and changes only that copy. It may
// allocate, but not wait for other threads: they do not exist in the child, and a lock that one
// of them holds stays locked. An exception out of `work` is an error.
//
// An error of `work` comes back as it is. Beyond that: kResourceExhausted names the limit that was
// passed; kInternal says that the work crashed, or tried what it may not; kUnavailable when no
// child could be made. Waits at most `wall_time_max`; leaves no process and no descriptor behind.
// Thread-safe.
//
// In builds with a sanitizer the memory limit does not count, since the sanitizer's own maps are
// larger than any; and where other threads allocate at the moment of the fork, the work may wait
// for a lock of the sanitizer until its time is over.
Result<Bytes> RunSandboxed(ByteView input, const SandboxLimits& limits,
                           const std::function<Result<Bytes>(ByteView)>& work);

}  // namespace proviso::io
