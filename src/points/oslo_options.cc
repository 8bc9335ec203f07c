#include "points/oslo_options.h"

namespace proviso::points {

OsloOptions ReadOsloOptions(catalogue::YamlMap& listener) {
  OsloOptions options;
  if (listener.Has("projects")) options.projects = listener.Texts("projects");
  for (const std::string& place : options.projects) {
    const bool good = place.starts_with("target.") || place.starts_with("credentials.");
    if (!good || place.ends_with('.')) {
      listener.AddFault("projects", "`" + place + "` is no place in a question; expected " +
                                        "`target.NAME` or `credentials.NAME`");
    }
  }
  options.exempt = listener.TextsOrNone("exempt");
  options.exempt_roles = listener.TextsOrNone("exempt_roles");
  return options;
}

}  // namespace proviso::points
