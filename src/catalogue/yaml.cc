#include "catalogue/yaml.h"

#include <yaml-cpp/depthguard.h>
#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <sstream>
#include <utility>

#include "base/bytes.h"
#include "base/check.h"
#include "catalogue/faults.h"

namespace proviso::catalogue {
namespace {

std::string Quoted(std::string_view text) {
  constexpr std::size_t kShown = 60;
  if (text.size() <= kShown) return "`" + std::string(text) + "`";
  std::size_t cut = kShown;
  // Not within a character: 10xxxxxx continues one.
  while (cut > 0 && (static_cast<unsigned char>(text[cut]) & 0xC0U) == 0x80U) --cut;
  return "`" + std::string(text.substr(0, cut)) + "...`";
}

// What a node costs when an alias repeats it.
struct Weight {
  std::size_t nodes = 0;
  std::size_t bytes = 0;
};

void AddWeight(const YamlNode& node, Weight& weight) {
  weight.nodes += 1;
  weight.bytes += node.text().size();
  for (const YamlNode& item : node.items()) AddWeight(item, weight);
  for (const YamlMember& member : node.members()) {
    weight.bytes += member.key.size();
    AddWeight(member.value, weight);
  }
}

// Builds the tree from yaml-cpp's parse events. After a fatal fault the remaining events, whose
// number the size of the text bounds, are ignored: the library offers no way to stop.
class TreeBuilder final : public YAML::EventHandler {
 public:
  TreeBuilder(const YamlLimits& limits, Faults& faults) : limits_(limits), faults_(faults) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (++documents_ == 2) Stop(Line(mark), "a second document begins here; keep one a file");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (stopped_) return;
    if (ExpectsKey()) return Stop(Line(mark), "this key is empty; name it");
    Add(YamlNode::MakeNull(Line(mark)), anchor);
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    if (stopped_) return;
    if (ExpectsKey()) return Stop(Line(mark), "a key is an alias; write the key out");
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) {
      return Stop(Line(mark), "an alias stands inside of what it repeats; write it out");
    }
    if (!Count(found->second.second, Line(mark))) return;
    Add(YamlNode(found->second.first), YAML::NullAnchor);
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    if (stopped_) return;
    CheckTag(Line(mark), tag);
    if (ExpectsKey()) return TakeKey(value, tag == "?", Line(mark));
    Add(YamlNode::MakeText(value, tag != "?", Line(mark)), anchor);
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    Open(Line(mark), tag, anchor, YamlNode::Kind::kList);
  }
  void OnSequenceEnd() override { Close(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    Open(Line(mark), tag, anchor, YamlNode::Kind::kMap);
  }
  void OnMapEnd() override { Close(); }

  bool beyond_limit() const { return beyond_limit_; }
  bool stopped() const { return stopped_; }
  YamlNode TakeRoot() { return std::move(root_); }

 private:
  struct Frame {
    YamlNode::Kind kind;
    int line;
    YAML::anchor_t anchor;
    std::vector<YamlNode> items;
    std::vector<YamlMember> members;
    std::map<std::string, int, std::less<>> key_lines;
    bool has_key = false;  // the last of `members` waits for its value
  };

  static int Line(const YAML::Mark& mark) { return mark.is_null() ? 0 : mark.line + 1; }

  void Stop(int line, std::string_view fault) {
    if (!stopped_) faults_.Add(line, fault);
    stopped_ = true;
  }
  void StopAtLimit(int line, const std::string& fault) {
    beyond_limit_ = true;
    Stop(line, fault);
  }

  void CheckTag(int line, const std::string& tag) {
    constexpr std::string_view kPrefix = "tag:yaml.org,2002:";
    const bool known = tag.empty() || tag == "?" || tag == "!" ||
                       tag == std::string(kPrefix) + "str" || tag == std::string(kPrefix) + "seq" ||
                       tag == std::string(kPrefix) + "map";
    if (!known) faults_.Add(line, "tag " + Quoted(tag) + " has no meaning here; remove it");
  }

  bool ExpectsKey() const {
    return !open_.empty() && open_.back().kind == YamlNode::Kind::kMap && !open_.back().has_key;
  }

  void TakeKey(const std::string& key, bool plain, int line) {
    Frame& frame = open_.back();
    if (plain && key == "<<") {
      return Stop(line, "merge keys (`<<`) are not read here; write the members out");
    }
    const auto [first, is_new] = frame.key_lines.emplace(key, line);
    if (!is_new) {
      faults_.Add(line, "duplicate key " + Quoted(key) + ", first on line " +
                            std::to_string(first->second) + "; keep one of them");
    }
    frame.members.push_back({key, line, YamlNode()});
    frame.has_key = true;
  }

  bool Count(Weight weight, int line) {
    nodes_ += weight.nodes;
    bytes_ += weight.bytes;
    if (nodes_ > limits_.nodes_max) {
      StopAtLimit(line, "more than " + std::to_string(limits_.nodes_max) +
                            " values, aliases counted as what they stand for; split the file");
    } else if (bytes_ > limits_.bytes_max) {
      StopAtLimit(line, "more than " + std::to_string(limits_.bytes_max) +
                            " bytes of text once aliases are written out; use fewer");
    }
    return !stopped_;
  }

  void Open(int line, const std::string& tag, YAML::anchor_t anchor, YamlNode::Kind kind) {
    if (stopped_) return;
    CheckTag(line, tag);
    if (ExpectsKey()) return Stop(line, "a key is a list or a map; keys are plain text");
    if (open_.size() >= static_cast<std::size_t>(limits_.depth_max)) {
      return StopAtLimit(line, "nested more than " + std::to_string(limits_.depth_max) +
                                   " levels deep; flatten it");
    }
    open_.push_back({kind, line, anchor, {}, {}, {}, false});
  }

  void Close() {
    if (stopped_) return;
    Frame frame = std::move(open_.back());
    open_.pop_back();
    const bool is_list = frame.kind == YamlNode::Kind::kList;
    Add(is_list ? YamlNode::MakeList(std::move(frame.items), frame.line)
                : YamlNode::MakeMap(std::move(frame.members), frame.line),
        frame.anchor);
  }

  void Add(YamlNode node, YAML::anchor_t anchor) {
    if (!Count({.nodes = 1, .bytes = node.text().size()}, node.line())) return;
    if (anchor != YAML::NullAnchor) {
      Weight weight;
      AddWeight(node, weight);
      // The copy that is kept costs as much as one use.
      if (!Count(weight, node.line())) return;
      anchors_.insert_or_assign(anchor, std::make_pair(node, weight));
    }
    if (open_.empty()) {
      root_ = std::move(node);
    } else if (open_.back().kind == YamlNode::Kind::kList) {
      open_.back().items.push_back(std::move(node));
    } else {
      open_.back().members.back().value = std::move(node);
      open_.back().has_key = false;
    }
  }

  const YamlLimits& limits_;
  Faults& faults_;
  YamlNode root_;
  std::vector<Frame> open_;
  std::map<YAML::anchor_t, std::pair<YamlNode, Weight>> anchors_;
  std::size_t nodes_ = 0;
  std::size_t bytes_ = 0;
  int documents_ = 0;
  bool stopped_ = false;
  bool beyond_limit_ = false;
};

std::optional<std::string> LineProblem(std::string_view line) {
  if (line.find('\0') != std::string_view::npos) {
    return "a NUL byte; save the file as UTF-8 text";
  }
  if (!IsUtf8(line)) return "not UTF-8; save the file as UTF-8 (it may be Latin-1 now)";
  const std::size_t indent = std::min(line.find_first_not_of(" \t"), line.size());
  const bool has_content = indent < line.size() && line[indent] != '\r' && line[indent] != '#';
  if (has_content && line.substr(0, indent).find('\t') != std::string_view::npos) {
    return "a tab in the indentation; use spaces";
  }
  for (const char character : line) {
    const auto byte = static_cast<unsigned char>(character);
    if ((byte < 0x20 && character != '\t' && character != '\r') || byte == 0x7F) {
      return "a control character (byte " + HexEncode({&byte, 1}) + "); remove it";
    }
  }
  return std::nullopt;
}

// What must hold of the text before the parser may see it.
Status CheckText(std::string_view text, std::string_view file_name, const YamlLimits& limits) {
  if (text.size() > limits.bytes_max) {
    return Fail(ErrorCode::kResourceExhausted,
                std::string(file_name) + ": the file has " + std::to_string(text.size()) +
                    " bytes, the limit is " + std::to_string(limits.bytes_max) + "; split it");
  }
  Faults faults(file_name);
  if (text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF")) {
    faults.Add(1, "the file is UTF-16; save it as UTF-8");
    return faults.ToStatus();
  }
  int number = 1;
  for (std::string_view rest = text; !rest.empty(); ++number) {
    const std::size_t end = std::min(rest.find('\n'), rest.size());
    if (end > limits.line_bytes_max) {
      return Fail(ErrorCode::kResourceExhausted,
                  std::string(file_name) + ":" + std::to_string(number) + ": the line has " +
                      std::to_string(end) + " bytes, the limit is " +
                      std::to_string(limits.line_bytes_max) + "; break it up");
    }
    if (const auto problem = LineProblem(rest.substr(0, end))) faults.Add(number, *problem);
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return faults.ToStatus();
}

// Ends the text for the parser, which would otherwise take a quote that nobody closed for one that
// ends with the file.
std::string WithEndMark(std::string_view text) {
  std::string marked(text);
  if (!marked.ends_with('\n')) marked += '\n';
  return marked + "...\n";
}

int LinesOf(std::string_view text) {
  return static_cast<int>(std::count(text.begin(), text.end(), '\n')) +
         (text.ends_with('\n') ? 0 : 1);
}

// The line of `mark`; the last one when it points behind the text.
int LineWithin(std::string_view text, const YAML::Mark& mark) {
  return std::clamp(mark.line + 1, 1, std::max(1, LinesOf(text)));
}

std::string SyntaxFault(const YAML::Exception& exception, int lines) {
  const std::string& message = exception.msg;
  if (message == "illegal document indicator in scalar" || exception.mark.line >= lines) {
    return "not YAML: the file ends within quotes, brackets or braces; close them, or is it cut "
           "off?";
  }
  // The library's own words for a `: ` within plain text, by far the most frequent slip.
  if (message == "illegal map value") {
    return "not YAML: a second `: ` on the line; put text that holds `: ` in quotes, or check the "
           "indentation";
  }
  return "not YAML: " + message +
         "; check the indentation, brackets and quotes here and on the lines before";
}

}  // namespace

YamlNode YamlNode::MakeText(std::string text, bool quoted, int line) {
  YamlNode node;
  node.kind_ = Kind::kText;
  node.quoted_ = quoted;
  node.line_ = line;
  node.text_ = std::move(text);
  return node;
}

YamlNode YamlNode::MakeNull(int line) {
  YamlNode node;
  node.line_ = line;
  return node;
}

YamlNode YamlNode::MakeList(std::vector<YamlNode> items, int line) {
  YamlNode node;
  node.kind_ = Kind::kList;
  node.line_ = line;
  node.items_ = std::move(items);
  return node;
}

YamlNode YamlNode::MakeMap(std::vector<YamlMember> members, int line) {
  YamlNode node;
  node.kind_ = Kind::kMap;
  node.line_ = line;
  node.members_ = std::move(members);
  return node;
}

const YamlNode* YamlNode::Find(std::string_view key) const {
  const auto found = std::find_if(members_.begin(), members_.end(),
                                  [&](const YamlMember& member) { return member.key == key; });
  return found == members_.end() ? nullptr : &found->value;
}

std::string YamlNode::Describe() const {
  switch (kind_) {
    case Kind::kNull:
      return "nothing";
    case Kind::kText:
      return Quoted(text_);
    case Kind::kList:
      return "a list";
    case Kind::kMap:
      return "a map";
  }
  return "";
}

Result<YamlNode> ReadYaml(std::string_view text, std::string_view file_name,
                          const YamlLimits& limits) {
  PROVISO_TRY(CheckText(text, file_name, limits));
  Faults faults(file_name);
  TreeBuilder builder(limits, faults);
  try {
    std::istringstream stream(WithEndMark(text));
    YAML::Parser parser(stream);
    while (!builder.stopped() && parser.HandleNextDocument(builder)) {
    }
  } catch (const YAML::DeepRecursion& exception) {
    return Fail(ErrorCode::kResourceExhausted,
                std::string(file_name) + ":" + std::to_string(LineWithin(text, exception.mark)) +
                    ": nested more than " + std::to_string(limits.depth_max) +
                    " levels deep; flatten it");
  } catch (const YAML::Exception& exception) {
    // What the builder saw of broken text would only confuse; a limit it met stands.
    if (!builder.beyond_limit()) {
      Faults syntax(file_name);
      syntax.Add(LineWithin(text, exception.mark), SyntaxFault(exception, LinesOf(text)));
      return tl::unexpected(syntax.ToStatus().error());
    }
  } catch (const std::exception& exception) {
    return Fail(ErrorCode::kInternal, std::string(file_name) + ": " + exception.what());
  }
  const Status status = faults.ToStatus();
  if (!status && builder.beyond_limit()) {
    return Fail(ErrorCode::kResourceExhausted, status.error().message());
  }
  if (!status) return tl::unexpected(status.error());
  YamlNode root = builder.TakeRoot();
  if (root.kind() == YamlNode::Kind::kNull) {
    faults.Add(1, "the file is empty; docs/formats shows what it must hold");
    return tl::unexpected(faults.ToStatus().error());
  }
  return root;
}

Json YamlToJson(const YamlNode& node) {
  switch (node.kind()) {
    case YamlNode::Kind::kNull:
      return Json();
    case YamlNode::Kind::kList: {
      Json::Array array;
      array.reserve(node.items().size());
      for (const YamlNode& item : node.items()) array.push_back(YamlToJson(item));
      return Json(std::move(array));
    }
    case YamlNode::Kind::kMap: {
      Json::Object object;
      for (const YamlMember& member : node.members()) {
        object.insert_or_assign(member.key, YamlToJson(member.value));
      }
      return Json(std::move(object));
    }
    case YamlNode::Kind::kText:
      break;
  }
  const std::string& text = node.text();
  if (node.quoted()) return Json(text);
  if (text == "true" || text == "false") return Json(text == "true");
  std::int64_t integer = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), integer);
  const bool whole = error == std::errc() && end == text.data() + text.size();
  // `007` and `-0` are names rather than numbers: they would not come back as they were.
  if (whole && std::to_string(integer) == text) return Json(integer);
  return Json(text);
}

YamlNode YamlFromJson(const Json& json) {
  if (const Json::Array* array = json.AsArray()) {
    std::vector<YamlNode> items;
    items.reserve(array->size());
    for (const Json& item : *array) items.push_back(YamlFromJson(item));
    return YamlNode::MakeList(std::move(items), 0);
  }
  if (const Json::Object* object = json.AsObject()) {
    std::vector<YamlMember> members;
    members.reserve(object->size());
    for (const auto& [key, value] : *object) members.push_back({key, 0, YamlFromJson(value)});
    return YamlNode::MakeMap(std::move(members), 0);
  }
  if (const std::string* text = json.AsString()) return YamlNode::MakeText(*text, true, 0);
  if (const std::int64_t* integer = json.AsInteger()) {
    return YamlNode::MakeText(std::to_string(*integer), false, 0);
  }
  if (const bool* boolean = json.AsBool()) {
    return YamlNode::MakeText(*boolean ? "true" : "false", false, 0);
  }
  if (const Json::Fraction* fraction = json.AsFraction()) {
    return YamlNode::MakeText(fraction->text, false, 0);
  }
  return YamlNode::MakeNull(0);
}

Json ListOfTexts(const std::vector<std::string>& texts) {
  Json list = Json::MakeArray();
  for (const std::string& text : texts) list.Append(text);
  return list;
}

}  // namespace proviso::catalogue
