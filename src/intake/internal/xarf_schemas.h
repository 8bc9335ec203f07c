#pragma once

#include <span>
#include <string_view>

namespace proviso::intake {

struct XarfSchema {
  std::string_view name;  // "content-base.json"
  std::string_view text;
};

// The schemas in src/intake/xarf.
std::span<const XarfSchema> XarfSchemas();

}  // namespace proviso::intake
