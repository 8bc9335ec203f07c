#pragma once

#include <cstddef>

#include "io/sandbox/sandbox.h"

namespace proviso::io {

// The descriptor that a confined process answers through.
inline constexpr int kAnswerDescriptor = 3;

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kSanitized = true;
#else
inline constexpr bool kSanitized = false;
#endif

// How many bytes of address space this process has. 0 when that cannot be told.
std::size_t AddressSpaceBytes();

// Gives up, for the calling process and for ever, everything but computing and writing to
// `kAnswerDescriptor`, into which `answer` is moved; all other descriptors are closed. False when
// a part of it failed: then the process must not go on. Only for a fresh child with one thread.
bool Confine(int answer, const SandboxLimits& limits, std::size_t address_space_before);

}  // namespace proviso::io
