// proviso erasure ...
#include <algorithm>
#include <cstdio>
#include <memory>

#include "cli/internal/act_command.h"
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

void PrintUnreached(const Json& answer) {
  for (const Json& place : ItemsOf(answer, "unreached")) {
    std::printf("%s: %s still has keys of parts that are erased (%s)\n", Red("not reached").c_str(),
                place.StringOr("folder", "").c_str(), place.StringOr("why", "").c_str());
  }
}

void PrintErasure(const Json& answer) {
  const std::string id = answer.StringOr("id", "");
  const std::string of = PartsOf(answer) + " of entry " +
                         std::to_string(answer.IntegerOr("entry", 0)) + " (" +
                         answer.StringOr("about", "") + ")";
  if (answer.BoolOr("done", false)) {
    std::printf("%s: %s destroyed for good; the log says so in entry %s\n", id.c_str(), of.c_str(),
                std::to_string(answer.IntegerOr("index", 0)).c_str());
    PrintUnreached(answer);
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
  const Json answer = PROVISO_TRY(session.Ask(request));
  PROVISO_TRY(session.Close());
  if (invocation.json) {
    PrintJson(answer);
  } else {
    PrintErasure(answer);
  }
  return kExitOk;
}

void PrintErasures(const Json& answer) {
  PrintUnreached(answer);
  std::vector<std::vector<std::string>> rows;
  for (const Json& erasure : ItemsOf(answer, "erasures")) {
    const bool done = erasure.BoolOr("done", false);
    rows.push_back({erasure.StringOr("id", ""), std::to_string(erasure.IntegerOr("entry", 0)),
                    erasure.StringOr("about", ""), PartsOf(erasure), erasure.StringOr("basis", ""),
                    Called(answer, erasure.StringOr("proposed_by", "")),
                    done ? Called(answer, erasure.StringOr("approved_by", "")) + ", " +
                               erasure.StringOr("erased_at", "").substr(0, 10)
                         : "waits",
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
}

}  // namespace

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
  propose.add_option("INDEX", proposal->entry, "The entry, as `log show` counts")
      ->required()
      ->check(CLI::NonNegativeNumber);
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
  AddAsk(group, invocation,
         {"list", "List what was erased, and what waits for a second person",
          "  proviso erasure list"},
         std::make_shared<Fields>(), PrintErasures);
}

}  // namespace proviso::cli
