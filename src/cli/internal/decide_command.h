#pragma once

#include <CLI/CLI.hpp>

#include "cli/invocation.h"

namespace proviso::cli {

void AddDecideCommand(CLI::App& app, Invocation& invocation);

}  // namespace proviso::cli
