#include "intake/internal/schema_check.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <set>

#include "intake/internal/schema_formats.h"
#include "intake/internal/words.h"

namespace proviso::intake {
namespace {

constexpr int kDepthMax = 64;
constexpr std::size_t kShownBytesMax = 60;

// The words of JSON Schema that are followed, and those that only explain.
constexpr std::array<std::string_view, 31> kWords{"$defs",
                                                  "$id",
                                                  "$ref",
                                                  "$schema",
                                                  "additionalProperties",
                                                  "allOf",
                                                  "anyOf",
                                                  "const",
                                                  "contentEncoding",
                                                  "default",
                                                  "description",
                                                  "else",
                                                  "enum",
                                                  "examples",
                                                  "format",
                                                  "if",
                                                  "items",
                                                  "maxItems",
                                                  "maxLength",
                                                  "maximum",
                                                  "minItems",
                                                  "minLength",
                                                  "minimum",
                                                  "pattern",
                                                  "properties",
                                                  "required",
                                                  "then",
                                                  "title",
                                                  "type",
                                                  "uniqueItems",
                                                  "x-recommended"};

Status CheckWords(const Json& schema);

Status CheckEach(const Json::Object& schemas) {
  for (const auto& [name, schema] : schemas) PROVISO_TRY(CheckWords(schema));
  return {};
}

// Whether all words of `schema` are known: one that is not followed would let faults through.
Status CheckWords(const Json& schema) {
  const Json::Object* object = schema.AsObject();
  if (object == nullptr) return {};
  for (const auto& [word, value] : *object) {
    if (std::find(kWords.begin(), kWords.end(), word) == kWords.end()) {
      return Fail(ErrorCode::kUnimplemented, "the schema has the word `" + word + "`");
    }
    if ((word == "properties" || word == "$defs") && value.AsObject() != nullptr) {
      PROVISO_TRY(CheckEach(*value.AsObject()));
    } else if ((word == "allOf" || word == "anyOf") && value.AsArray() != nullptr) {
      for (const Json& part : *value.AsArray()) PROVISO_TRY(CheckWords(part));
    } else if (word == "items" || word == "if" || word == "then" || word == "else") {
      PROVISO_TRY(CheckWords(value));
    }
  }
  return {};
}

std::optional<double> NumberIn(const Json& json) {
  if (const std::int64_t* integer = json.AsInteger()) return static_cast<double>(*integer);
  if (const Json::Fraction* fraction = json.AsFraction()) {
    double number = 0;
    const char* const end = fraction->text.data() + fraction->text.size();
    if (std::from_chars(fraction->text.data(), end, number).ec == std::errc()) return number;
  }
  return std::nullopt;
}

std::string_view TypeOf(const Json& json) {
  if (json.AsObject() != nullptr) return "object";
  if (json.AsArray() != nullptr) return "array";
  if (json.AsString() != nullptr) return "string";
  if (json.AsBool() != nullptr) return "boolean";
  if (json.AsInteger() != nullptr) return "integer";
  return json.AsFraction() != nullptr ? "number" : "null";
}

// A number without a fraction, such as 1.0, is an integer too.
bool IsOfType(const Json& json, std::string_view type) {
  const std::string_view found = TypeOf(json);
  if (found == type || (type == "number" && found == "integer")) return true;
  const std::optional<double> number = NumberIn(json);
  return type == "integer" && number &&
         *number == static_cast<double>(static_cast<std::int64_t>(*number));
}

std::string Text(const Json& json) {
  if (const Json::Fraction* fraction = json.AsFraction()) return fraction->text;
  if (json.AsString() != nullptr) return *json.AsString();
  if (json.AsArray() != nullptr || json.AsObject() != nullptr) return std::string(TypeOf(json));
  return json.Canonical();
}

std::string_view FileOf(std::string_view reference) {
  reference = reference.substr(0, reference.find('#'));
  const std::size_t slash = reference.rfind('/');
  return slash == std::string_view::npos ? reference : reference.substr(slash + 1);
}

}  // namespace

// One check of one document. The faults of each part of a schema go to the list that is current:
// parts that are only tried have one of their own.
class SchemaChecker::Run {
 public:
  Run(const SchemaChecker& checker, std::vector<SchemaFault>& faults)
      : checker_(checker), faults_(&faults) {}

  // A schema, with the file that it stands in: `#/...` refers to that.
  struct Part {
    const Json* schema = nullptr;
    std::string_view file;
  };

  void Check(Part part, const Json& value, const std::string& path, int depth = 0) {
    if (depth > kDepthMax) return Add(path, "is nested too deep to be checked");
    if (const Json* reference = part.schema->Find("$ref"); reference && reference->AsString()) {
      const Part target = Resolve(*reference->AsString(), part.file);
      if (target.schema != nullptr) Check(target, value, path, depth + 1);
    }
    if (!CheckType(*part.schema, value, path)) return;
    CheckValue(*part.schema, value, path);
    if (value.AsString() != nullptr) CheckString(*part.schema, *value.AsString(), path);
    if (const auto number = NumberIn(value)) CheckNumber(*part.schema, *number, value, path);
    if (value.AsObject() != nullptr) CheckObject(part, value, path, depth);
    if (value.AsArray() != nullptr) CheckArray(part, *value.AsArray(), path, depth);
    CheckParts(part, value, path, depth);
  }

  Part Resolve(std::string_view reference, std::string_view file) const {
    const std::string_view named = FileOf(reference);
    const auto found = checker_.schemas_.find(named.empty() ? file : named);
    if (found == checker_.schemas_.end()) return {};
    Part part{&found->second, found->first};
    const std::size_t hash = reference.find("#/");
    if (hash == std::string_view::npos) return part;
    for (const std::string_view step : SplitAt(reference.substr(hash + 2), "/")) {
      if (part.schema != nullptr) part.schema = part.schema->Find(step);
    }
    return part;
  }

 private:
  void Add(const std::string& path, std::string reason) {
    if (faults_->size() >= kFaultsMax) return;
    SchemaFault fault{path, std::move(reason)};
    // The same part of a schema can be reached on several ways.
    if (std::find(faults_->begin(), faults_->end(), fault) == faults_->end()) {
      faults_->push_back(std::move(fault));
    }
  }

  static std::string Shown(const Json& value, const std::string& path) {
    if (path.ends_with(".payload")) return "what stands there";
    return "`" + CutTo(Text(value), kShownBytesMax) + "`";
  }

  bool CheckType(const Json& schema, const Json& value, const std::string& path) {
    const Json* type = schema.Find("type");
    if (type == nullptr || type->AsString() == nullptr || IsOfType(value, *type->AsString())) {
      return true;
    }
    Add(path, "expected " + *type->AsString() + ", found " + std::string(TypeOf(value)));
    return false;
  }

  void CheckValue(const Json& schema, const Json& value, const std::string& path) {
    if (const Json* only = schema.Find("const"); only && !(*only == value)) {
      Add(path, "expected `" + Text(*only) + "`, found " + Shown(value, path));
    }
    const Json* allowed = schema.Find("enum");
    if (allowed == nullptr || allowed->AsArray() == nullptr) return;
    const Json::Array& values = *allowed->AsArray();
    if (std::find(values.begin(), values.end(), value) != values.end()) return;
    std::string names;
    for (const Json& one : values) names += (names.empty() ? "`" : ", `") + Text(one) + "`";
    Add(path, "expected one of " + names + "; found " + Shown(value, path));
  }

  void CheckString(const Json& schema, const std::string& value, const std::string& path) {
    const std::size_t length = CountCharacters(value);
    if (const auto least = Limit(schema, "minLength"); least && length < *least) {
      Add(path, "expected at least " + std::to_string(*least) + " characters, found " +
                    std::to_string(length));
    }
    if (const auto most = Limit(schema, "maxLength"); most && length > *most) {
      Add(path, "expected at most " + std::to_string(*most) + " characters, found " +
                    std::to_string(length));
    }
    const Json shown(value);
    if (const Json* pattern = schema.Find("pattern"); pattern && pattern->AsString()) {
      if (!MatchesPattern(value, *pattern->AsString()).value_or(false)) {
        Add(path, Shown(shown, path) + " does not match `" + *pattern->AsString() + "`");
      }
    }
    if (const Json* format = schema.Find("format"); format && format->AsString()) {
      if (!HasFormat(value, *format->AsString())) {
        Add(path, "expected a value of the form " + *format->AsString() + ", found " +
                      Shown(shown, path));
      }
    }
  }

  void CheckNumber(const Json& schema, double number, const Json& value, const std::string& path) {
    const Json* least = schema.Find("minimum");
    if (least != nullptr && number < NumberIn(*least).value_or(number)) {
      Add(path, "expected at least " + Text(*least) + ", found " + Shown(value, path));
    }
    const Json* most = schema.Find("maximum");
    if (most != nullptr && number > NumberIn(*most).value_or(number)) {
      Add(path, "expected at most " + Text(*most) + ", found " + Shown(value, path));
    }
  }

  void CheckObject(Part part, const Json& value, const std::string& path, int depth) {
    const Json* required = part.schema->Find("required");
    if (required != nullptr && required->AsArray() != nullptr) {
      for (const Json& name : *required->AsArray()) {
        if (name.AsString() == nullptr || value.Find(*name.AsString()) != nullptr) continue;
        Add(path + "." + *name.AsString(), "is required and missing");
      }
    }
    const Json* properties = part.schema->Find("properties");
    const Json* additional = part.schema->Find("additionalProperties");
    const bool closed = additional != nullptr && additional->AsBool() && !*additional->AsBool();
    for (const auto& [name, member] : *value.AsObject()) {
      const Json* schema = properties == nullptr ? nullptr : properties->Find(name);
      const std::string place = path + "." + CutTo(name, kShownBytesMax);
      if (schema != nullptr) {
        Check({schema, part.file}, member, place, depth + 1);
      } else if (closed) {
        Add(place, "is not allowed here");
      }
    }
  }

  void CheckArray(Part part, const Json::Array& values, const std::string& path, int depth) {
    if (const auto least = Limit(*part.schema, "minItems"); least && values.size() < *least) {
      Add(path, "expected at least " + std::to_string(*least) + " items, found " +
                    std::to_string(values.size()));
    }
    if (const auto most = Limit(*part.schema, "maxItems"); most && values.size() > *most) {
      return Add(path, "expected at most " + std::to_string(*most) + " items, found " +
                           std::to_string(values.size()));
    }
    if (part.schema->BoolOr("uniqueItems", false)) CheckUnique(values, path);
    const Json* items = part.schema->Find("items");
    if (items == nullptr) return;
    for (std::size_t i = 0; i < values.size() && faults_->size() < kFaultsMax; ++i) {
      Check({items, part.file}, values[i], path + "[" + std::to_string(i) + "]", depth + 1);
    }
  }

  void CheckUnique(const Json::Array& values, const std::string& path) {
    std::set<std::pair<std::string_view, std::string>> seen;
    for (const Json& value : values) {
      if (value.AsArray() != nullptr || value.AsObject() != nullptr) continue;
      if (!seen.emplace(TypeOf(value), Text(value)).second) {
        Add(path, "expected different items, found " + Shown(value, path) + " twice");
      }
    }
  }

  void CheckParts(Part part, const Json& value, const std::string& path, int depth) {
    if (const Json* all = part.schema->Find("allOf"); all && all->AsArray()) {
      for (const Json& one : *all->AsArray()) Check({&one, part.file}, value, path, depth + 1);
    }
    if (const Json* any = part.schema->Find("anyOf"); any && any->AsArray()) {
      const Json::Array& ways = *any->AsArray();
      const bool holds = std::any_of(ways.begin(), ways.end(), [&](const Json& way) {
        return Holds({&way, part.file}, value, path, depth);
      });
      if (!holds) Add(path, "expected " + Described(*any) + ", found " + Shown(value, path));
    }
    const Json* condition = part.schema->Find("if");
    if (condition == nullptr) return;
    const bool holds = Holds({condition, part.file}, value, path, depth);
    const Json* next = part.schema->Find(holds ? "then" : "else");
    if (next != nullptr) Check({next, part.file}, value, path, depth + 1);
  }

  bool Holds(Part part, const Json& value, const std::string& path, int depth) {
    std::vector<SchemaFault> tried;
    std::vector<SchemaFault>* const kept = std::exchange(faults_, &tried);
    Check(part, value, path, depth + 1);
    faults_ = kept;
    return tried.empty();
  }

  // What a choice of schemas asks for, where that can be said in a few words.
  static std::string Described(const Json& ways) {
    std::string words;
    for (const Json& way : *ways.AsArray()) {
      std::string word = way.StringOr("format", "");
      if (const Json* required = way.Find("required"); word.empty() && required) {
        for (const Json& name : *required->AsArray()) word += "`" + Text(name) + "`";
      }
      if (word.empty()) return "one of several forms";
      words += (words.empty() ? "" : " or ") + word;
    }
    return words;
  }

  static std::optional<std::size_t> Limit(const Json& schema, std::string_view word) {
    const std::int64_t limit = schema.IntegerOr(word, -1);
    if (limit < 0) return std::nullopt;
    return static_cast<std::size_t>(limit);
  }

  const SchemaChecker& checker_;
  std::vector<SchemaFault>* faults_;
};

Status SchemaChecker::Add(std::string_view name, std::string_view text) {
  Json schema = PROVISO_TRY_DOING(ParseJson(text), "read the schema `" + std::string(name) + "`");
  PROVISO_TRY_DOING(CheckWords(schema), "read the schema `" + std::string(name) + "`");
  schemas_.insert_or_assign(std::string(name), std::move(schema));
  return {};
}

std::vector<SchemaFault> SchemaChecker::Check(std::string_view name, const Json& document) const {
  std::vector<SchemaFault> faults;
  const auto found = schemas_.find(name);
  if (found == schemas_.end()) return {{"$", "there is no schema for it"}};
  Run(*this, faults).Check({&found->second, found->first}, document, "$");
  return faults;
}

std::vector<std::string> SchemaChecker::MembersOf(std::string_view name) const {
  std::set<std::string> members;
  std::vector<SchemaFault> none;
  const Run run(*this, none);
  std::vector<Run::Part> pending{run.Resolve(name, name)};
  for (std::size_t i = 0; i < pending.size() && i < schemas_.size() * 4; ++i) {
    const Run::Part part = pending[i];
    if (part.schema == nullptr) continue;
    if (const Json* properties = part.schema->Find("properties")) {
      for (const auto& [member, schema] : *properties->AsObject()) members.insert(member);
    }
    if (const Json* all = part.schema->Find("allOf")) {
      for (const Json& one : *all->AsArray()) pending.push_back({&one, part.file});
    }
    if (part.schema->Find("$ref") != nullptr) {
      pending.push_back(run.Resolve(part.schema->StringOr("$ref", ""), part.file));
    }
  }
  return {members.begin(), members.end()};
}

}  // namespace proviso::intake
