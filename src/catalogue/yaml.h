#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.h"
#include "base/result.h"

namespace proviso::catalogue {

struct YamlMember;

// One value of a YAML file, with the line it stands on. A plain value: owns all below it.
// Scalars stay text as it stood in the file: `no`, `1.10` and `2026-01` lose nothing, and the
// reader of a key says what it must be (yaml_map.h).
class YamlNode {
 public:
  enum class Kind { kNull, kText, kList, kMap };

  YamlNode() = default;
  static YamlNode MakeText(std::string text, bool quoted, int line);
  static YamlNode MakeNull(int line);
  static YamlNode MakeList(std::vector<YamlNode> items, int line);
  static YamlNode MakeMap(std::vector<YamlMember> members, int line);

  Kind kind() const { return kind_; }
  int line() const { return line_; }                 // 1-based; 0 when it did not come from a file
  const std::string& text() const { return text_; }  // empty unless kText
  bool quoted() const { return quoted_; }  // in quotes, or a block: text whatever it looks like
  const std::vector<YamlNode>& items() const { return items_; }        // empty unless kList
  const std::vector<YamlMember>& members() const { return members_; }  // as in the file; kMap

  // The member `key`, or nullptr when this is no map or has none.
  const YamlNode* Find(std::string_view key) const;

  // For messages: "a list", "a map", "nothing", "`text`" (long texts are cut).
  std::string Describe() const;

 private:
  Kind kind_ = Kind::kNull;
  bool quoted_ = false;
  int line_ = 0;
  std::string text_;
  std::vector<YamlNode> items_;
  std::vector<YamlMember> members_;
};

struct YamlMember {
  std::string key;
  int line = 0;  // of the key
  YamlNode value;
};

struct YamlLimits {
  std::size_t bytes_max = 16U << 20U;
  std::size_t line_bytes_max = 1U << 20U;
  std::size_t nodes_max = 1'000'000;  // aliases count as what they stand for
  int depth_max = 32;
};

// Parses one YAML 1.2 document. Refused, with "FILE:LINE: what is wrong; what to do": an empty
// file, text that is not UTF-8 or holds NUL bytes, a tab in the indentation, duplicate keys, keys
// that are no text, tags other than !!str, merge keys, a second document, an alias to something
// that contains it, and syntax errors (kInvalidArgument); more than a limit (kResourceExhausted).
Result<YamlNode> ReadYaml(std::string_view text, std::string_view file_name,
                          const YamlLimits& limits = {});

// The same tree as JSON. Unquoted true, false, null and integers become what they say; everything
// else becomes a string, decimals too.
Json YamlToJson(const YamlNode& node);

// The same tree from JSON, without lines: so that one reader serves a file and the stored form.
YamlNode YamlFromJson(const Json& json);

// The texts as a JSON list.
Json ListOfTexts(const std::vector<std::string>& texts);

}  // namespace proviso::catalogue
