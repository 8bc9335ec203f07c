#pragma once

#include "base/result.h"

// PROVISO_TRY takes a Status too; these are its older names.
#define PROVISO_TRY_STATUS(expression) PROVISO_TRY(expression)
#define PROVISO_TRY_STATUS_DOING(expression, doing) PROVISO_TRY_DOING(expression, doing)
