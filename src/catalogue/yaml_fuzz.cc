// Files of YAML: what is read is stored as JSON and read back the same; so are catalogue and
// customers. Every refusal names a line of the file.
#include "base/bytes.h"
#include "catalogue/catalogue.h"
#include "catalogue/customers.h"
#include "catalogue/yaml.h"
#include "fuzz/fuzzing.h"

namespace proviso::catalogue {
namespace {

template <typename File>
void CheckFile(std::string_view text) {
  const auto file = File::FromYaml(text, "f.yaml");
  if (!file) {
    PROVISO_CHECK(file.error().message().starts_with("f.yaml"), file.error().message());
    return;
  }
  const std::string json = file->ToJson().Canonical();
  const auto again = File::FromJson(ParseJson(json).value());
  PROVISO_CHECK(again.has_value(), again.error().message());
  PROVISO_CHECK(again->ToJson().Canonical() == json, json);
}

}  // namespace
}  // namespace proviso::catalogue

namespace proviso {

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::Input(data, size).rest();
  const auto node = catalogue::ReadYaml(text, "f.yaml");
  if (!node) {
    PROVISO_CHECK(node.error().message().starts_with("f.yaml:"), node.error().message());
    return 0;
  }
  PROVISO_CHECK(IsUtf8(text) && text.find('\0') == std::string_view::npos, "no text was taken");
  const Json json = catalogue::YamlToJson(*node);
  PROVISO_CHECK(catalogue::YamlToJson(catalogue::YamlFromJson(json)) == json, json.Pretty());
  catalogue::CheckFile<catalogue::Catalogue>(text);
  catalogue::CheckFile<catalogue::Customers>(text);
  return 0;
}

}  // namespace proviso
