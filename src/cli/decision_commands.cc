// proviso decision ...
#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "catalogue/yaml.h"
#include "cli/internal/act_command.h"
#include "cli/internal/command.h"
#include "cli/internal/decision_print.h"
#include "cli/session.h"
#include "cli/terminal.h"
#include "cli/told.h"
#include "crypto/hash.h"
#include "enforcement/plan.h"

namespace proviso::cli {
namespace {

// The hash of the plan that `shown` holds; a failure where it is not what the log says, or not of
// these words.
Result<std::string> CheckedPlanHash(const Json& shown, const std::string& expected_hash) {
  const std::string decision = shown.StringOr("id", "");
  const Json* plan = shown.Find("plan");
  if (plan == nullptr || plan->IsNull()) {
    return Fail(ErrorCode::kFailedPrecondition,
                decision + " has no plan yet; make one with: proviso decision plan " + decision);
  }
  const std::string hash = crypto::Sha256(plan->Canonical()).Hex();
  if (hash != shown.StringOr("plan_hash", "")) {
    return Fail(ErrorCode::kDataLoss, "the plan shown has the hash " + hash +
                                          ", but the log says " + shown.StringOr("plan_hash", ""));
  }
  if (!expected_hash.empty() && hash != expected_hash) {
    return Fail(ErrorCode::kFailedPrecondition,
                "the plan of " + decision + " has the hash " + hash + ", not " + expected_hash);
  }
  // The words of the decision are signed with it: the plan holds the hash of what is shown here.
  const Json* file = shown.Find("file");
  const bool lift = file == nullptr || file->IsNull();
  const Json words =
      lift ? Json::Of({{"reason", shown.StringOr("reason", "")}}) : Json::Of({{"file", *file}});
  if (enforcement::RecordDigest(words, plan->StringOr("nonce", "")) !=
      plan->StringOr("record", "")) {
    return Fail(ErrorCode::kDataLoss, "the words of " + decision + " are not those of its plan");
  }
  return hash;
}

// People sign what they see: the plan is fetched, its hash computed here, shown, and signed. Whose
// signature would be refused is told so before all that.
Result<int> Sign(const Invocation& invocation, const std::string& decision,
                 const std::string& expected_hash) {
  Session session(invocation);
  service::Request show;
  show.use_case = "decision show";
  show.args = Json::Of({{"decision", decision}});
  const Json first = PROVISO_TRY(session.Ask(show));
  const std::string hash = PROVISO_TRY(CheckedPlanHash(first, expected_hash));
  service::Request request;
  request.use_case = "decision sign";
  request.args = Json::Of({{"decision", decision}, {"plan_hash", hash}});
  PROVISO_TRY(session.Sign(true, request));
  show.args["signing_key"] = request.act->key.ToText();
  const Json shown = PROVISO_TRY(session.Ask(show));
  if (const Json* signing = shown.Find("signing")) {
    PROVISO_TRY(service::AnswerFromJson(*signing));
  }
  PROVISO_TRY(CheckedPlanHash(shown, hash));
  if (!invocation.json) PrintDecision(shown);
  const Json answer = PROVISO_TRY(session.Ask(request));
  PROVISO_TRY(session.Close());
  if (invocation.json) {
    PrintJson(answer);
  } else {
    PrintSigned(answer);
  }
  return kExitOk;
}

Result<int> Adopt(const Invocation& invocation, const std::string& decision) {
  service::Request show;
  show.use_case = "decision show";
  show.args = Json::Of({{"decision", decision}});
  const Json shown = PROVISO_TRY(Ask(invocation, show));
  service::Request request;
  request.use_case = "decision adopt";
  request.args = Json::Of({{"decision", decision}, {"plan_hash", shown.StringOr("plan_hash", "")}});
  return ActAndPrint(invocation, std::move(request), PrintDecision);
}

// The line of the deepest value on the way to `path`, such as "restrictions[0].stage".
int LineOf(const catalogue::YamlNode& document, std::string_view path) {
  const catalogue::YamlNode* node = &document;
  int line = document.line();
  while (node != nullptr && !path.empty()) {
    line = node->line() > 0 ? node->line() : line;
    if (path[0] == '[') {
      const std::size_t end = path.find(']');
      const std::size_t index = std::strtoull(path.substr(1, end - 1).data(), nullptr, 10);
      node = index < node->items().size() ? &node->items()[index] : nullptr;
      path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
    } else {
      if (path[0] == '.') path.remove_prefix(1);
      const std::size_t end = std::min(path.find_first_of(".["), path.size());
      node = node->Find(path.substr(0, end));
      path.remove_prefix(end);
    }
  }
  return node != nullptr && node->line() > 0 ? node->line() : line;
}

// Puts FILE:LINE before each fault of a decision file, which names the path of its value.
std::string WithPlaces(const std::string& faults, const catalogue::YamlNode& document,
                       const std::string& file) {
  constexpr std::string_view kPrefix = "decision file: ";
  std::string placed;
  std::string_view left = faults;
  while (!left.empty()) {
    const std::size_t end = std::min(left.find('\n'), left.size());
    std::string_view fault = left.substr(0, end);
    if (fault.starts_with(kPrefix)) fault.remove_prefix(kPrefix.size());
    const int line = LineOf(document, fault.substr(0, fault.find(':')));
    placed += (placed.empty() ? "" : "\n") + file + ":" + std::to_string(line) + ": ";
    placed += fault;
    left.remove_prefix(std::min(end + 1, left.size()));
  }
  return placed;
}

Result<int> Propose(const Invocation& invocation, const std::string& case_id,
                    const std::string& file) {
  const std::string text = PROVISO_TRY(ReadTextFile(invocation, file));
  const catalogue::YamlNode document = PROVISO_TRY(catalogue::ReadYaml(text, file));
  const Json content = catalogue::YamlToJson(document);
  service::Request request;
  request.use_case = "decision propose";
  request.args = Json::Of({{"case", case_id}, {"decision", content}});
  Result<int> done = ActAndPrint(invocation, std::move(request), PrintDecision);
  if (done || done.error().code() != ErrorCode::kInvalidArgument) return done;
  return Fail(ErrorCode::kInvalidArgument, WithPlaces(done.error().message(), document, file));
}

struct LiftOptions {
  std::string decision;
  std::string reason;
  std::string appeal;
  bool emergency = false;
};

Result<int> Lift(const Invocation& invocation, const LiftOptions& options) {
  service::Request request;
  request.use_case = options.emergency ? "decision lift emergency" : "decision lift";
  request.args = Json::Of({{"decision", options.decision}});
  if (options.emergency) {
    // The act stands in the log in clear; the reason is confidential and goes beside it.
    request.attachments = Json::Of({{"reason", options.reason}});
  } else {
    request.args["reason"] = options.reason;
    if (!options.appeal.empty()) request.args["appeal"] = options.appeal;
  }
  return ActAndPrint(invocation, std::move(request), [](const Json& answer) {
    PrintDecision(answer);
    std::printf(
        "  The customer is to be told since when: proviso notice issue update --case %s "
        "--audience customer\n",
        answer.StringOr("case", "").c_str());
  });
}

// What is issued is what is read: the text is fetched, shown, and signed by its hash.
Result<int> Statement(const Invocation& invocation, const std::string& decision, bool issue) {
  service::Request show;
  show.use_case = "decision statement";
  show.args = Json::Of({{"decision", decision}});
  const auto print = [](const Json& answer) {
    std::printf("%s\n", answer.StringOr("markdown", "").c_str());
  };
  if (!issue) {
    return AskAndPrint(invocation, show, [&print](const Json& answer) {
      std::printf("%s\n\n", Bold(answer.StringOr("note", "")).c_str());
      print(answer);
    });
  }
  const Json shown = PROVISO_TRY(Ask(invocation, show));
  service::Request request;
  request.use_case = "statement issue";
  const std::string text = shown.StringOr("markdown", "");
  request.args = Json::Of({{"decision", decision},
                           {"plan_hash", shown.StringOr("plan_hash", "")},
                           {"statement_sha256", crypto::Sha256(text).Hex()}});
  return ActAndPrint(invocation, std::move(request), [&print](const Json& answer) {
    print(answer);
    std::printf("Issued (log entry %s).\n", std::to_string(answer.IntegerOr("index", 0)).c_str());
    const std::string code = answer.StringOr("appeal_code", "");
    if (!code.empty()) {
      std::printf(
          "The customer appeals with this code:\n  %s\n"
          "It is shown this once; send it with the statement. If it is lost: proviso code renew "
          "%s\n",
          Bold(code).c_str(), answer.StringOr("decision", "").c_str());
    }
  });
}

struct Options {
  std::string decision;
  std::string case_id;
  std::string file;
  std::string hash;
  std::string reason;
  bool emergency = false;
  bool issue = false;
};

void AddDecision(CLI::App& command, const std::shared_ptr<Options>& options) {
  command.add_option("DECISION", options->decision, "Decision, such as decision-1")->required();
}

void AddPreparing(CLI::App& group, Invocation& invocation) {
  auto propose = std::make_shared<Options>();
  CLI::App& proposing = AddCommand(
      group, invocation,
      {"propose",
       "Propose a decision from a file (docs/formats/decision.md)",
       "  proviso decision propose --case case-1 decision.yaml --key anna.key",
       {"decision propose"}},
      [&invocation, propose] { return Propose(invocation, propose->case_id, propose->file); });
  proposing.add_option("--case", propose->case_id, "Case, such as case-1")->required();
  proposing.add_option("FILE", propose->file, "Decision file")->required();
  auto plan = std::make_shared<Options>();
  AddDecision(AddCommand(group, invocation,
                         {"plan",
                          "Expand a decision to the exact targets, and hash them",
                          "  proviso decision plan decision-1 --key anna.key",
                          {"decision plan"}},
                         [&invocation, plan] {
                           service::Request request;
                           request.use_case = "decision plan";
                           request.args = Json::Of({{"decision", plan->decision}});
                           return ActAndPrint(invocation, std::move(request), PrintDecision);
                         }),
              plan);
  auto withdraw = std::make_shared<Fields>();
  CLI::App& withdrawing =
      AddAct(group, invocation,
             {"withdraw", "Withdraw a proposal that was refused, replaced or wrong",
              "  proviso decision withdraw decision-2 --reason \"replaced by decision-3\" --key "
              "anna.key"},
             withdraw, PrintDecision);
  AddText(withdrawing, withdraw, {"DECISION", "decision", "Decision, such as decision-2"});
  AddText(withdrawing, withdraw, {"--reason", "reason", "Why it is pursued no more"});
  auto lift = std::make_shared<LiftOptions>();
  CLI::App& lifting = AddCommand(
      group, invocation,
      {"lift",
       "Propose to lift a decision; --emergency lifts at once, alarmed",
       "  proviso decision lift decision-1 --appeal appeal-1 --reason \"won\" --key anna.key\n"
       "  proviso decision lift decision-1 --emergency --reason \"hospital\" --key eva.key",
       {"decision lift", "decision lift emergency"}},
      [&invocation, lift] { return Lift(invocation, *lift); });
  lifting.add_option("DECISION", lift->decision, "Decision, such as decision-1")->required();
  lifting.add_option("--reason", lift->reason, "Why")->required();
  CLI::Option* appeal =
      lifting.add_option("--appeal", lift->appeal, "The won appeal that it carries out");
  lifting.add_flag("--emergency", lift->emergency, "By one person, at once, alarmed in the log")
      ->excludes(appeal);
}

void AddReview(CLI::App& group, Invocation& invocation) {
  auto review = std::make_shared<Fields>();
  CLI::App& reviewing = AddAct(
      group, invocation,
      {"review", "Review an emergency lift: by somebody else than who lifted",
       "  proviso decision review decision-1 --outcome confirmed --reason \"right\" --key ben.key\n"
       "  proviso decision review decision-1 --outcome restored-by-new-decision \\\n"
       "    --restored-by decision-2 --reason \"no hospital was hit\" --key ben.key"},
      review, PrintDecision);
  AddText(reviewing, review, {"DECISION", "decision", "Decision, such as decision-1"});
  AddText(reviewing, review, {"--outcome", "outcome", "confirmed, restored-by-new-decision"});
  AddText(reviewing, review, {"--reason", "reason", "Why"});
  AddOptionalText(reviewing, review,
                  {"--restored-by", "restored_by", "The new decision, which is in force"});
}

}  // namespace

void AddDecisionCommands(CLI::App& app, Invocation& invocation) {
  CLI::App& group =
      AddGroup(app, "decision", "From a proposal to a restriction in force, and back");
  AddPreparing(group, invocation);
  AddReview(group, invocation);
  auto sign = std::make_shared<Options>();
  CLI::App& signing =
      AddCommand(group, invocation,
                 {"sign",
                  "Look at the plan and sign its hash",
                  "  proviso decision sign decision-1 --key ben.key",
                  {"decision sign"}},
                 [&invocation, sign] { return Sign(invocation, sign->decision, sign->hash); });
  AddDecision(signing, sign);
  signing.add_option("--plan-hash", sign->hash, "Sign only when the plan has this hash");
  auto statement = std::make_shared<Options>();
  CLI::App& stating =
      AddCommand(group, invocation,
                 {"statement",
                  "Show the statement of reasons; --issue issues it",
                  "  proviso decision statement decision-1\n"
                  "  proviso decision statement decision-1 --issue --key anna.key",
                  {"statement issue"}},
                 [&invocation, statement] {
                   return Statement(invocation, statement->decision, statement->issue);
                 });
  AddDecision(stating, statement);
  stating.add_flag("--issue", statement->issue, "Issue it to the customer: a person's act");
  auto adopt = std::make_shared<Options>();
  AddDecision(AddCommand(group, invocation,
                         {"adopt",
                          "Put a signed and stated decision into force",
                          "  proviso decision adopt decision-1 --key eva.key",
                          {"decision adopt"}},
                         [&invocation, adopt] { return Adopt(invocation, adopt->decision); }),
              adopt);
  auto show = std::make_shared<Options>();
  AddDecision(AddCommand(group, invocation,
                         {"show", "Show a decision with its plan and signatures",
                          "  proviso decision show decision-1 --json"},
                         [&invocation, show] {
                           service::Request request;
                           request.use_case = "decision show";
                           request.args = Json::Of({{"decision", show->decision}});
                           return AskAndPrint(invocation, request, PrintDecision);
                         }),
              show);
}

}  // namespace proviso::cli
