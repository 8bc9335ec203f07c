// proviso erasure ...
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <utility>

#include "cli/internal/act_command.h"
#include "cli/internal/unreached.h"
#include "cli/session.h"
#include "cli/terminal.h"

namespace proviso::cli {
namespace {

constexpr std::string_view kActPart = "act";

struct Proposal {
  std::int64_t entry = 0;
  std::vector<std::string> parts;
  std::string basis;
  std::string reason;
};

std::string PartsOf(const Json& erasure) {
  std::string names;
  for (const Json& part : ItemsOf(erasure, "parts")) {
    names += (names.empty() ? "" : ", ") + part.StringOr("name", "");
  }
  return names;
}

// The named parts with their digests, sorted; with what was signed, which repeats them.
Result<Json> PartsToErase(const Json& opened, std::vector<std::string> names) {
  for (const Json& part : ItemsOf(opened, "parts")) {
    const std::string state = part.StringOr("state", "");
    const bool held = state == "held" || state == "damaged";
    if (part.StringOr("name", "") == kActPart && held) names.emplace_back(kActPart);
  }
  std::ranges::sort(names);
  names.erase(std::unique(names.begin(), names.end()), names.end());
  Json parts = Json::MakeArray();
  for (const std::string& name : names) {
    const auto& all = ItemsOf(opened, "parts");
    const auto found = std::ranges::find_if(
        all, [&](const Json& part) { return part.StringOr("name", "") == name; });
    if (found == all.end()) {
      return Fail(ErrorCode::kNotFound, "entry " + std::to_string(opened.IntegerOr("index", 0)) +
                                            " has the parts " + PartsOf(opened) + ", and none `" +
                                            name + "`");
    }
    parts.Append(Json::Of({{"digest", found->StringOr("digest", "")}, {"name", name}}));
  }
  return parts;
}

// "on 2026-11-22 by Otto Example (log entry 59)".
std::string ForgottenWhen(const Json& answer, const Json& place) {
  return "on " + place.StringOr("at", "").substr(0, 10) + " by " +
         Called(answer, place.StringOr("by", "")) + " (log entry " +
         std::to_string(place.IntegerOr("index", 0)) + ")";
}

// The folders of keys that were forgotten before the erasure reached them.
void PrintForgotten(const Json& answer, const Json& erasure) {
  for (const Json& place : ItemsOf(erasure, "forgotten")) {
    const std::string folder = place.StringOr("folder", "");
    const std::string reason = place.StringOr("reason", "");
    std::printf("%s: %s was forgotten %s%s; %s\n", Red(erasure.StringOr("id", "")).c_str(),
                folder.empty() ? "a folder of keys" : folder.c_str(),
                ForgottenWhen(answer, place).c_str(),
                reason.empty() ? "" : (" because \"" + reason + "\"").c_str(),
                place.BoolOr("sure", true) ? "these keys were never destroyed by us"
                                           : "nobody knows whether these keys are destroyed there");
  }
}

void PrintErasure(const Json& answer) {
  const std::string id = answer.StringOr("id", "");
  const std::string of = PartsOf(answer) + " of entry " +
                         std::to_string(answer.IntegerOr("entry", 0)) + " (" +
                         answer.StringOr("about", "") + ")";
  if (answer.BoolOr("done", false)) {
    const char* where = "for good";
    if (!ItemsOf(answer, "forgotten").empty()) where = "here, and not everywhere";
    if (!ItemsOf(answer, "unreached").empty()) where = "here, and not yet everywhere";
    std::printf("%s: %s destroyed %s; the log says so in entry %s\n", id.c_str(), of.c_str(), where,
                std::to_string(answer.IntegerOr("index", 0)).c_str());
    PrintUnreached(answer);
    PrintForgotten(answer, answer);
  } else if (answer.Find("withdrawn_by") != nullptr) {
    std::printf("%s withdrawn: %s stays\n", id.c_str(), of.c_str());
  } else {
    std::printf("%s proposed: %s\nSomebody else approves it: proviso erasure approve %s\n",
                id.c_str(), of.c_str(), id.c_str());
  }
}

Result<int> Propose(const Invocation& invocation, const Proposal& proposal) {
  Session session(invocation);
  service::Request look;
  look.use_case = "log open";
  look.args = Json::Of({{"index", proposal.entry}});
  const Json opened = PROVISO_TRY(session.Ask(look));
  service::Request request;
  request.use_case = "erasure propose";
  const Json parts = PROVISO_TRY(PartsToErase(opened, proposal.parts));
  request.args = Json::Of({{"basis", proposal.basis}, {"entry", proposal.entry}, {"parts", parts}});
  request.attachments = Json::Of({{"reason", proposal.reason}});
  PROVISO_TRY(session.Sign(true, request));
  const Json answer = PROVISO_TRY(session.Ask(request));
  PROVISO_TRY(session.Close());
  if (invocation.json) {
    PrintJson(answer);
  } else {
    PrintErasure(answer);
  }
  return kExitOk;
}

// The list that was asked for first has found these folders, and names them once.
void KeepFoundAgain(const Json& listed, Json& answer) {
  const auto& found = ItemsOf(listed, "found_again");
  if (found.empty()) return;
  Json all = Json::MakeArray();
  for (const Json& place : found) all.Append(place);
  for (const Json& place : ItemsOf(answer, "found_again")) all.Append(place);
  answer["found_again"] = std::move(all);
  const Json* names = listed.Find("names");
  if (names == nullptr || names->AsObject() == nullptr) return;
  for (const auto& [pseudonym, name] : *names->AsObject()) answer["names"][pseudonym] = name;
}

Result<int> Approve(const Invocation& invocation, const std::string& id) {
  Session session(invocation);
  const Json all = PROVISO_TRY(session.Ask({.use_case = "erasure list"}));
  const auto& erasures = ItemsOf(all, "erasures");
  const auto found = std::ranges::find_if(
      erasures, [&](const Json& erasure) { return erasure.StringOr("id", "") == id; });
  if (found == erasures.end()) {
    return Fail(ErrorCode::kNotFound,
                "there is no erasure `" + id + "`; `proviso erasure list` lists them");
  }
  service::Request request;
  request.use_case = "erasure approve";
  request.args = Json::Of(
      {{"entry", *found->Find("entry")}, {"erasure", id}, {"parts", *found->Find("parts")}});
  PROVISO_TRY(session.Sign(true, request));
  Json answer = PROVISO_TRY(session.Ask(request));
  KeepFoundAgain(all, answer);
  PROVISO_TRY(session.Close());
  if (invocation.json) {
    PrintJson(answer);
  } else {
    PrintErasure(answer);
  }
  return kExitOk;
}

// Who approved it and when; who withdrew it; or that it waits.
std::string Ending(const Json& answer, const Json& erasure) {
  const auto by = [&](const char* who, const char* when) {
    return Called(answer, erasure.StringOr(who, "")) + ", " +
           erasure.StringOr(when, "").substr(0, 10);
  };
  if (erasure.BoolOr("done", false)) return by("approved_by", "erased_at");
  if (erasure.Find("withdrawn_by") == nullptr) return "waits";
  return "withdrawn by " + by("withdrawn_by", "withdrawn_at");
}

void PrintErasures(const Json& answer) {
  PrintUnreached(answer);
  std::vector<std::vector<std::string>> rows;
  for (const Json& erasure : ItemsOf(answer, "erasures")) {
    rows.push_back({erasure.StringOr("id", ""), std::to_string(erasure.IntegerOr("entry", 0)),
                    erasure.StringOr("about", ""), PartsOf(erasure), erasure.StringOr("basis", ""),
                    Called(answer, erasure.StringOr("proposed_by", "")), Ending(answer, erasure),
                    erasure.StringOr("reason", "")});
  }
  if (rows.empty()) {
    std::printf("No erasure yet.\n");
    return;
  }
  std::printf("%s", FormatTable({"ERASURE", "ENTRY", "ABOUT", "PARTS", "BASIS", "PROPOSED",
                                 "APPROVED", "REASON"},
                                rows)
                        .c_str());
  for (const Json& erasure : ItemsOf(answer, "erasures")) PrintForgotten(answer, erasure);
}

void PrintForget(const Json& answer) {
  std::printf("%s is forgotten (log entry %s)\n", answer.StringOr("folder", "").c_str(),
              std::to_string(answer.IntegerOr("index", 0)).c_str());
  std::string missed;
  for (const Json& id : ItemsOf(answer, "erasures")) {
    missed += (missed.empty() ? "" : ", ") + *id.AsString();
  }
  if (missed.empty()) return;
  std::printf(
      "%s never reached it, and `proviso erasure list` keeps saying so: whoever finds its keys "
      "opens these parts in old backups\n",
      missed.c_str());
}

void AddForget(CLI::App& group, Invocation& invocation) {
  auto forgotten = std::make_shared<Fields>();
  CLI::App& forget = AddAct(
      group, invocation,
      {"forget", "Say that the keys in a folder are out of reach for good, and why",
       "  proviso erasure forget /safe/proviso --reason \"the disk was shredded\" --key ben.key\n"
       "Erasures need not reach it any more, and `erasure list` keeps naming those that never "
       "did.\n"
       "It is refused as long as part.keys is there. Where it turns up again, they reach it."},
      forgotten, PrintForget);
  forget
      .add_option_function<std::string>(
          "FOLDER",
          [forgotten](const std::string& folder) {
            forgotten->args["folder"] =
                std::filesystem::absolute(folder).lexically_normal().string();
          },
          "As `backup --keys` had it")
      ->required();
  AddText(forget, forgotten, {"--reason", "reason", "Why; confidential"});
}

}  // namespace

void PrintUnreached(const Json& answer) {
  for (const Json& place : ItemsOf(answer, "found_again")) {
    std::string erasures;
    for (const Json& id : ItemsOf(place, "erasures")) {
      erasures += (erasures.empty() ? "" : ", ") + *id.AsString();
    }
    std::printf(
        "%s: %s was forgotten %s and is there again, with keys of parts that %s erased; "
        "erasures reach it from now on\n",
        Red("found again").c_str(), place.StringOr("folder", "").c_str(),
        ForgottenWhen(answer, place).c_str(), erasures.c_str());
  }
  for (const Json& place : ItemsOf(answer, "unreached")) {
    const std::string folder = place.StringOr("folder", "");
    const std::string left = folder.empty() ? "keys of backups may still open parts that are erased"
                                            : folder + " still has keys of parts that are erased";
    std::printf("%s: %s (%s)\n", Red("not reached").c_str(), left.c_str(),
                place.StringOr("why", "").c_str());
  }
}

void AddErasureCommands(CLI::App& app, Invocation& invocation) {
  CLI::App& group =
      AddGroup(app, "erasure", "Destroy confidential parts of log entries, by two people");
  auto proposal = std::make_shared<Proposal>();
  CLI::App& propose =
      AddCommand(group, invocation,
                 {"propose",
                  "Propose to destroy parts of an entry; nothing is until somebody else approves",
                  "  proviso erasure propose 12 --part details --basis mistake \\\n"
                  "    --reason \"It has a telephone number in it.\" --key anna.key",
                  {"erasure propose"}},
                 [&invocation, proposal] { return Propose(invocation, *proposal); });
  AddEntryIndex(propose, proposal->entry);
  propose
      .add_option("--part", proposal->parts,
                  "Part, as `log open` names it; may be given several times. What was signed "
                  "repeats it and goes with it")
      ->required()
      ->take_all();
  propose
      .add_option("--basis", proposal->basis,
                  "request (of the person concerned), retention, court-order or mistake")
      ->required();
  propose.add_option("--reason", proposal->reason, "Why; confidential")->required();
  auto id = std::make_shared<std::string>();
  CLI::App& approve = AddCommand(
      group, invocation,
      {"approve",
       "Approve what somebody else proposed: the parts are destroyed at once, and for good",
       "  proviso erasure approve erasure-1 --key ben.key",
       {"erasure approve"}},
      [&invocation, id] { return Approve(invocation, *id); });
  approve.add_option("ERASURE", *id, "Such as erasure-1")->required();
  auto withdraw = std::make_shared<Fields>();
  CLI::App& withdrawing =
      AddAct(group, invocation,
             {"withdraw", "Take back a proposal that waits, or decline it",
              "  proviso erasure withdraw erasure-1 --reason \"the wrong entry\" --key anna.key"},
             withdraw, PrintErasure);
  AddText(withdrawing, withdraw, {"ERASURE", "erasure", "Such as erasure-1"});
  AddText(withdrawing, withdraw, {"--reason", "reason", "Why it is not done; confidential"});
  AddForget(group, invocation);
  AddAsk(group, invocation,
         {"list", "List what was erased, and what waits for a second person",
          "  proviso erasure list"},
         std::make_shared<Fields>(), PrintErasures);
}

}  // namespace proviso::cli
