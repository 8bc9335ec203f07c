// Terms of service: what is read never asks for fewer than two signatures, and the log keeps it.
#include "fuzz/fuzzing.h"
#include "terms/terms.h"

namespace proviso {

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::Input(data, size).rest();
  const auto read = terms::Terms::FromYaml(text, "f.yaml");
  if (!read) {
    PROVISO_CHECK(read.error().message().starts_with("f.yaml"), read.error().message());
    return 0;
  }
  PROVISO_CHECK(read->quorum.decision >= terms::Quorum::kFloor, "one person restricts");
  PROVISO_CHECK(read->quorum.lift >= terms::Quorum::kFloor, "one person lifts");
  const std::string json = read->ToJson().Canonical();
  const auto again = terms::Terms::FromJson(ParseJson(json).value());
  PROVISO_CHECK(again.has_value(), again.error().message());
  PROVISO_CHECK(again->ToJson().Canonical() == json, json);
  return 0;
}

}  // namespace proviso
