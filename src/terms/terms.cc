#include "terms/terms.h"

#include <algorithm>
#include <array>
#include <utility>

#include "catalogue/faults.h"
#include "catalogue/yaml.h"
#include "catalogue/yaml_map.h"

namespace proviso::terms {
namespace {

using catalogue::DidYouMean;
using catalogue::Faults;
using catalogue::UniqueIds;
using catalogue::YamlMap;
using catalogue::YamlNode;

// More people than this are a slip of the hand: nobody could ever restrict, or lift.
constexpr int kQuorumMax = 20;

constexpr std::array kStages = {Stage::kNotice, Stage::kNoNew, Stage::kReadOnly, Stage::kSuspended};

std::vector<std::string> StageNames() {
  std::vector<std::string> names;
  names.reserve(kStages.size());
  for (const Stage stage : kStages) names.emplace_back(StageName(stage));
  return names;
}

std::string UnknownStage(std::string_view name) {
  return "stage `" + std::string(name) + "` does not exist" + DidYouMean(name, StageNames());
}

// A block of YAML text ends with a line end, which nobody means.
std::string WithoutLineEnd(std::string text) {
  while (text.ends_with('\n')) text.pop_back();
  return text;
}

PermittedRestriction ReadRestriction(const YamlNode& node, const std::string& clause,
                                     Faults& faults) {
  YamlMap map(node, "restriction of clause `" + clause + "`", faults);
  PermittedRestriction restriction;
  restriction.classes = map.Texts("classes");
  for (const std::string& id : restriction.classes) {
    if (const auto problem = catalogue::IdProblem(id)) {
      map.AddFault("classes", "class `" + id + "` " + *problem);
    }
  }
  for (const std::string& name : map.Texts("stages")) {
    if (const Result<Stage> stage = ParseStage(name)) {
      restriction.stages.push_back(*stage);
    } else {
      map.AddFault("stages", UnknownStage(name));
    }
  }
  map.Finish();
  return restriction;
}

Clause ReadClause(const YamlNode& node, UniqueIds& ids, Faults& faults) {
  YamlMap map(node, "clause", faults);
  Clause clause;
  clause.id = map.Id("id");
  map.Name(clause.id);
  ids.Note(map, "id", clause.id);
  clause.title = map.Label("title");
  clause.text = WithoutLineEnd(map.Text("text"));
  for (const YamlNode& item : map.ItemsOrNone("restrictions")) {
    clause.restrictions.push_back(ReadRestriction(item, clause.id, faults));
  }
  map.Finish();
  return clause;
}

Quorum ReadQuorum(YamlMap& file, Faults& faults) {
  Quorum quorum;
  const YamlNode* node = file.Map("quorum");
  if (node == nullptr) return quorum;
  YamlMap map(*node, "quorum", faults);
  quorum.decision = static_cast<int>(map.Integer("decision", Quorum::kFloor, kQuorumMax));
  quorum.lift = static_cast<int>(map.Integer("lift", Quorum::kFloor, kQuorumMax));
  map.Finish();
  return quorum;
}

// A clause cannot permit what the terms always keep on.
void CheckKeepOn(const Terms& terms, const YamlMap& file, Faults& faults) {
  for (const Clause& clause : terms.clauses) {
    for (const PermittedRestriction& restriction : clause.restrictions) {
      for (const std::string& id : restriction.classes) {
        if (std::find(terms.keep_on_classes.begin(), terms.keep_on_classes.end(), id) ==
            terms.keep_on_classes.end()) {
          continue;
        }
        faults.Add(file.Line("keep_on"), "file: `keep_on` keeps class `" + id +
                                             "` on, but clause `" + clause.id +
                                             "` permits to restrict it; remove it from one");
      }
    }
  }
}

Result<Terms> FromNode(const YamlNode& root, std::string_view file_name) {
  Faults faults(file_name);
  YamlMap map(root, "file", faults);
  Terms terms;
  terms.id = map.Id("id");
  terms.version = map.Id("version");
  terms.title = map.Label("title");
  UniqueIds ids;
  for (const YamlNode& node : map.Items("clauses")) {
    terms.clauses.push_back(ReadClause(node, ids, faults));
  }
  terms.keep_on_classes = map.TextsOrNone("keep_on");
  for (const std::string& id : terms.keep_on_classes) {
    if (const auto problem = catalogue::IdProblem(id)) {
      map.AddFault("keep_on", "`keep_on`: class `" + id + "` " + *problem);
    }
  }
  terms.quorum = ReadQuorum(map, faults);
  terms.appeal = WithoutLineEnd(map.Text("appeal"));
  map.Finish();
  CheckKeepOn(terms, map, faults);
  PROVISO_TRY(faults.ToStatus());
  return terms;
}

Json ClauseToJson(const Clause& clause) {
  Json restrictions = Json::MakeArray();
  for (const PermittedRestriction& restriction : clause.restrictions) {
    Json stages = Json::MakeArray();
    for (const Stage stage : restriction.stages) stages.Append(StageName(stage));
    restrictions.Append(Json::Of(
        {{"classes", catalogue::ListOfTexts(restriction.classes)}, {"stages", std::move(stages)}}));
  }
  return Json::Of({{"id", clause.id},
                   {"title", clause.title},
                   {"text", clause.text},
                   {"restrictions", std::move(restrictions)}});
}

}  // namespace

std::string_view StageName(Stage stage) {
  switch (stage) {
    case Stage::kNotice:
      return "notice";
    case Stage::kNoNew:
      return "no-new";
    case Stage::kReadOnly:
      return "read-only";
    case Stage::kSuspended:
      return "suspended";
  }
  return "";
}

Result<Stage> ParseStage(std::string_view name) {
  for (const Stage stage : kStages) {
    if (name == StageName(stage)) return stage;
  }
  return Fail(ErrorCode::kInvalidArgument, UnknownStage(name));
}

Result<Terms> Terms::FromYaml(std::string_view text, std::string_view file_name) {
  return FromNode(PROVISO_TRY(catalogue::ReadYaml(text, file_name)), file_name);
}

Result<Terms> Terms::FromJson(const Json& json) {
  return FromNode(catalogue::YamlFromJson(json), "terms");
}

Json Terms::ToJson() const {
  Json list = Json::MakeArray();
  for (const Clause& clause : clauses) list.Append(ClauseToJson(clause));
  return Json::Of({{"id", id},
                   {"version", version},
                   {"title", title},
                   {"clauses", std::move(list)},
                   {"keep_on", catalogue::ListOfTexts(keep_on_classes)},
                   {"quorum", Json::Of({{"decision", quorum.decision}, {"lift", quorum.lift}})},
                   {"appeal", appeal}});
}

const Clause* Terms::FindClause(std::string_view clause_id) const {
  const auto found = std::find_if(clauses.begin(), clauses.end(),
                                  [&](const Clause& clause) { return clause.id == clause_id; });
  return found == clauses.end() ? nullptr : &*found;
}

bool Permits(const Clause& clause, std::string_view capability_class, Stage stage) {
  return std::any_of(clause.restrictions.begin(), clause.restrictions.end(),
                     [&](const PermittedRestriction& permitted) {
                       return std::find(permitted.classes.begin(), permitted.classes.end(),
                                        capability_class) != permitted.classes.end() &&
                              std::find(permitted.stages.begin(), permitted.stages.end(), stage) !=
                                  permitted.stages.end();
                     });
}

}  // namespace proviso::terms
