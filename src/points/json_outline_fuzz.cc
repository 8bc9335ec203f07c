// What is read where it stands, what is read from a copy, and what an independent reader of JSON
// finds: the same.
#include <string>

#include "fuzz/fuzzing.h"
#include "points/internal/shown_json.h"
#include "points/json_outline.h"

namespace proviso::points {

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static JsonOutline outline;
  static JsonOutline by_copy;
  // A body of its own size: whoever reads behind it is caught.
  const std::string body(size == 0 ? "" : reinterpret_cast<const char*>(data), size);
  const Result<JsonValue> found = outline.Parse(body);
  const std::string shown = internal::Shown(found);
  PROVISO_CHECK(shown == internal::Shown(by_copy.ParseByCopy(body)), shown);
  if (!found) return 0;
  // The other reader refuses what has two members of one name anywhere.
  const Result<Json> theirs = ParseJson(body);
  PROVISO_CHECK(!theirs || internal::IsSame(*found, *theirs), shown);
  return 0;
}

}  // namespace proviso::points
