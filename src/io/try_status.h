#pragma once

#include <utility>

#include "base/result.h"

// PROVISO_TRY for a Status, which has no value to yield: returns its Error from the caller.
#define PROVISO_TRY_STATUS(expression)                          \
  do {                                                          \
    ::proviso::Status proviso_status = (expression);            \
    if (!proviso_status) [[unlikely]]                           \
      return tl::unexpected(std::move(proviso_status).error()); \
  } while (false)

// The same, with "<doing>: " before the message of the Error.
#define PROVISO_TRY_STATUS_DOING(expression, doing)                            \
  do {                                                                         \
    ::proviso::Status proviso_status = (expression);                           \
    if (!proviso_status) [[unlikely]]                                          \
      return tl::unexpected(std::move(proviso_status).error().Context(doing)); \
  } while (false)
