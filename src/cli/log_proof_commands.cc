// proviso log prove, check-proof and open: one entry of a log.
#include <cstdio>
#include <memory>

#include "cli/internal/command.h"
#include "cli/terminal.h"
#include "ledger/prove.h"
#include "verifier/addendum.h"
#include "verifier/proof.h"

namespace proviso::cli {
namespace {

struct ProveArguments {
  std::int64_t index = 0;
  std::string log;
  std::string vkey;
  std::string out;
  std::string entry;
};

// From a folder of its own here; from a data directory where its entries are appended.
Result<Json> AskForProof(const Invocation& invocation, const ProveArguments& arguments) {
  if (arguments.log.empty()) {
    service::Request request;
    request.use_case = "log prove";
    request.args = Json::Of({{"index", arguments.index}});
    return Ask(invocation, request);
  }
  if (arguments.vkey.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "--log needs --vkey: the public key that the log must be signed with");
  }
  const auto verifier = PROVISO_TRY(crypto::NoteVerifier::FromText(arguments.vkey));
  const ledger::Proof proof =
      PROVISO_TRY(ledger::ProveEntry(*invocation.environment.files, arguments.log, verifier,
                                     static_cast<std::uint64_t>(arguments.index)));
  return proof.ToJson();
}

Result<int> Prove(const Invocation& invocation, const ProveArguments& arguments) {
  const Json answer = PROVISO_TRY(AskForProof(invocation, arguments));
  io::FileSystem& files = *invocation.environment.files;
  const Bytes entry = PROVISO_TRY(Base64Decode(answer.StringOr("entry", "")));
  if (!answer.BoolOr("entry_inside", false) && arguments.entry.empty() && !invocation.json) {
    return Fail(ErrorCode::kInvalidArgument, "entry " + std::to_string(arguments.index) + " has " +
                                                 std::to_string(entry.size()) +
                                                 " bytes, and a proof carries at most " +
                                                 std::to_string(ledger::kProofEntryBytesMax) +
                                                 "; name a file that takes them, --entry FILE");
  }
  if (!arguments.entry.empty()) PROVISO_TRY(files.WriteFile(arguments.entry, entry));
  const std::string proof = answer.StringOr("proof", "");
  if (!arguments.out.empty()) PROVISO_TRY(files.WriteFile(arguments.out, AsBytes(proof)));
  if (invocation.json) {
    PrintJson(answer);
  } else if (arguments.out.empty()) {
    std::printf("%s", proof.c_str());
  } else {
    std::printf("%s: that entry %s is in `%s`, of %s entries\n", arguments.out.c_str(),
                std::to_string(arguments.index).c_str(), answer.StringOr("origin", "").c_str(),
                std::to_string(answer.IntegerOr("size", 0)).c_str());
    std::printf(
        "Whoever has the log's public key checks it: proviso log check-proof %s --vkey "
        "'...'\n",
        arguments.out.c_str());
  }
  return kExitOk;
}

struct CheckArguments {
  std::string file;
  std::string vkey;
  std::string entry;
  std::string policy;
};

void PrintCheck(const Json& report) {
  if (!report.BoolOr("ok", false)) {
    std::printf("%s: %s\n", Red("the proof does not hold").c_str(),
                report.StringOr("problem", "").c_str());
    return;
  }
  std::printf(
      "%s: entry %s is in `%s`, of %s entries, root %s\n", Green("the proof holds").c_str(),
      std::to_string(report.IntegerOr("index", 0)).c_str(), report.StringOr("origin", "").c_str(),
      std::to_string(report.IntegerOr("size", 0)).c_str(), report.StringOr("root", "").c_str());
  std::printf("%s\n", report.Find("entry")->Pretty().c_str());
}

Result<int> CheckProof(const Invocation& invocation, const CheckArguments& arguments) {
  io::FileSystem& files = *invocation.environment.files;
  const Bytes proof = PROVISO_TRY(files.ReadFile(arguments.file, verifier::kProofBytesMax));
  verifier::ProofOptions options;
  options.vkey = arguments.vkey;
  if (!arguments.policy.empty()) {
    options.policy = PROVISO_TRY(ReadPolicyFile(invocation, arguments.policy)).policy;
    options.vkey = PROVISO_TRY(LogKeyOf(arguments.vkey, *options.policy));
  }
  if (options.vkey.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "expected --vkey, the log's public key, or --policy with a line of one log");
  }
  if (!arguments.entry.empty()) {
    options.entry = PROVISO_TRY(files.ReadFile(arguments.entry, verifier::kProofBytesMax));
  }
  const Json report = PROVISO_TRY(verifier::CheckProof(AsText(proof), options)).ToJson();
  if (invocation.json) {
    PrintJson(report);
  } else {
    PrintCheck(report);
    if (const Json* policy = report.Find("policy"); policy != nullptr) PrintPolicy(*policy);
  }
  return report.BoolOr("ok", false) ? kExitOk : kExitRefused;
}

struct AddendumArguments {
  std::string file;
  std::string proof;
  std::string vkey;
  std::string entry;
};

Result<int> CheckAddendum(const Invocation& invocation, const AddendumArguments& arguments) {
  io::FileSystem& files = *invocation.environment.files;
  const Bytes addendum = PROVISO_TRY(files.ReadFile(arguments.file, verifier::kAddendumBytesMax));
  const Bytes proof = PROVISO_TRY(files.ReadFile(arguments.proof, verifier::kProofBytesMax));
  verifier::ProofOptions options;
  options.vkey = arguments.vkey;
  if (!arguments.entry.empty()) {
    options.entry = PROVISO_TRY(files.ReadFile(arguments.entry, verifier::kProofBytesMax));
  }
  const verifier::AddendumReport report =
      PROVISO_TRY(verifier::CheckAddendum(addendum, AsText(proof), options));
  if (invocation.json) {
    PrintJson(report.ToJson());
  } else if (report.ok) {
    std::printf("%s: it is `%s` of entry %s in `%s`\n%s\n", Green("the addendum holds").c_str(),
                report.part.c_str(), std::to_string(report.proof.index).c_str(),
                report.proof.origin.c_str(), report.value.Pretty().c_str());
  } else {
    std::printf("%s: %s\n", Red("the addendum does not hold").c_str(), report.problem.c_str());
  }
  return report.ok ? kExitOk : kExitRefused;
}

std::string StateInWords(const Json& part) {
  const std::string state = part.StringOr("state", "");
  const std::string digest = part.StringOr("digest", "");
  if (state == "held") return Green("held") + ", and has the committed SHA-256 " + digest;
  if (state == "erased") {
    const Json* erased = part.Find("erased");
    const std::string why = erased == nullptr ? ""
                                              : " on " + erased->StringOr("at", "").substr(0, 10) +
                                                    " (" + erased->StringOr("erasure", "") + ", " +
                                                    erased->StringOr("basis", "") + ")";
    return "erased" + why + ": its key was destroyed, nobody can read it; it was " + digest;
  }
  if (state == "absent") return "absent: this data directory does not have " + digest;
  return Red("DAMAGED") + ": " + part.StringOr("fault", "");
}

void PrintOpened(const Json& answer) {
  const std::string of_case = answer.StringOr("case", "");
  std::printf("entry %s: %s by %s at %s%s\n", std::to_string(answer.IntegerOr("index", 0)).c_str(),
              answer.StringOr("type", "").c_str(),
              Called(answer, answer.StringOr("actor", "")).c_str(),
              answer.StringOr("time", "").c_str(), of_case.empty() ? "" : (", " + of_case).c_str());
  const Json::Array& parts = *answer.Find("parts")->AsArray();
  if (parts.empty()) std::printf("  it has no confidential part\n");
  for (const Json& part : parts) {
    std::printf("  %s: %s\n", Bold(part.StringOr("name", "")).c_str(), StateInWords(part).c_str());
    if (const Json* text = part.Find("text")) {
      std::printf("%s\n", text->Pretty().c_str());
    } else if (part.StringOr("state", "") == "held") {
      std::printf("    its text is not shown here\n");
    }
  }
}

struct OpenArguments {
  std::int64_t index = 0;
  std::string part;
  std::string out;
  std::string to;
  std::string purpose;
};

// Hands one part to somebody outside: a person's act, and an event.
Result<int> HandOut(const Invocation& invocation, const OpenArguments& arguments) {
  if (arguments.part.empty() || arguments.out.empty() || arguments.to.empty() ||
      arguments.purpose.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "a part is handed out by --part, --out, --to and --purpose together");
  }
  io::FileSystem& files = *invocation.environment.files;
  if (PROVISO_TRY(files.Exists(arguments.out))) {
    return Fail(ErrorCode::kAlreadyExists, "`" + arguments.out + "` exists; name a new file");
  }
  service::Request request;
  request.use_case = "part disclose";
  request.args = Json::Of({{"entry", arguments.index},
                           {"part", arguments.part},
                           {"purpose", arguments.purpose},
                           {"to", arguments.to}});
  PROVISO_TRY(SignRequest(invocation, true, request));
  const Json answer = PROVISO_TRY(Ask(invocation, request));
  const Bytes addendum = PROVISO_TRY(Base64Decode(answer.StringOr("base64", "")));
  PROVISO_TRY(files.WriteFile(arguments.out, addendum, 0600));
  Json said = Json::Of({{"file", arguments.out}});
  for (const char* key : {"digest", "entry", "index", "part", "purpose"}) {
    said[key] = *answer.Find(key);
  }
  if (invocation.json) {
    PrintJson(said);
  } else {
    std::printf("%s: `%s` of entry %s, SHA-256 %s (log entry %s)\n", arguments.out.c_str(),
                arguments.part.c_str(), std::to_string(arguments.index).c_str(),
                answer.StringOr("digest", "").c_str(),
                std::to_string(answer.IntegerOr("index", 0)).c_str());
    std::printf(
        "Who has it checks it with a proof of the entry: proviso log check-addendum %s "
        "--proof entry-%s.tlog-proof --vkey '...'\n",
        arguments.out.c_str(), std::to_string(arguments.index).c_str());
  }
  return kExitOk;
}

Result<int> Open(const Invocation& invocation, const OpenArguments& arguments) {
  const bool hands_out = !arguments.part.empty() || !arguments.out.empty() ||
                         !arguments.to.empty() || !arguments.purpose.empty();
  if (hands_out) return HandOut(invocation, arguments);
  service::Request request;
  request.use_case = "log open";
  request.args = Json::Of({{"index", arguments.index}});
  const Json answer = PROVISO_TRY(Ask(invocation, request));
  if (invocation.json) {
    PrintJson(answer);
  } else {
    PrintOpened(answer);
  }
  for (const Json& part : *answer.Find("parts")->AsArray()) {
    if (part.StringOr("state", "") == "damaged") return kExitRefused;
  }
  return kExitOk;
}

void AddOpen(CLI::App& group, Invocation& invocation) {
  auto arguments = std::make_shared<OpenArguments>();
  CLI::App& open =
      AddCommand(group, invocation,
                 {"open",
                  "Compare the confidential parts of one entry with what it commits to, or hand "
                  "one out",
                  "  proviso log open 12\n  proviso log open 12 --json\n"
                  "  proviso log open 12 --part details --out details.addendum --purpose court \\\n"
                  "    --to 'Example District Court' --key lea.key",
                  {"part disclose"}},
                 [&invocation, arguments] { return Open(invocation, *arguments); });
  open.add_option("INDEX", arguments->index, "The entry, as `log show` counts")
      ->required()
      ->check(CLI::NonNegativeNumber);
  open.add_option("--part", arguments->part, "Part to hand out; the log says so");
  open.add_option("--out", arguments->out, "New file that takes it");
  open.add_option("--to", arguments->to, "Who gets it; confidential");
  open.add_option("--purpose", arguments->purpose, "appeal, audit, court, publication or request");
}

void AddProve(CLI::App& group, Invocation& invocation) {
  auto arguments = std::make_shared<ProveArguments>();
  CLI::App& prove =
      AddCommand(group, invocation,
                 {"prove", "Write a proof that one entry is in the log, for who has no more of it",
                  "  proviso log prove 12 --out entry-12.tlog-proof\n"
                  "  proviso log prove 12 --log copy/log --vkey 'example.org/log+1234+A...' \\\n"
                  "      --out entry-12.tlog-proof --entry entry-12.bytes"},
                 [&invocation, arguments] { return Prove(invocation, *arguments); });
  prove.add_option("INDEX", arguments->index, "The entry, as `log show` counts")
      ->required()
      ->check(CLI::NonNegativeNumber);
  prove.add_option("--log", arguments->log, "Folder of a log, such as a copy of DATA/log");
  prove.add_option("--vkey", arguments->vkey, "Public key of that log");
  prove.add_option("--out", arguments->out, "File for the proof; default: standard output");
  prove.add_option("--entry", arguments->entry, "File for the entry's own bytes");
}

void AddCheckProof(CLI::App& group, Invocation& invocation) {
  auto arguments = std::make_shared<CheckArguments>();
  CLI::App& check =
      AddCommand(group, invocation,
                 {"check-proof", "Check a proof of one entry; needs no data directory and no log",
                  "  proviso log check-proof entry-12.tlog-proof --vkey "
                  "'example.org/log+1234+A...'\n"
                  "  proviso log check-proof entry-12.tlog-proof --policy policy.txt"},
                 [&invocation, arguments] { return CheckProof(invocation, *arguments); });
  check.add_option("FILE", arguments->file, "The proof (C2SP tlog-proof)")->required();
  check.add_option("--vkey", arguments->vkey, "Public key of the log");
  check.add_option("--policy", arguments->policy,
                   "File that says which log, and which witnesses must have cosigned (C2SP "
                   "tlog-policy)");
  check.add_option("--entry", arguments->entry,
                   "File with the entry's bytes; default: those that the proof carries");
}

void AddCheckAddendum(CLI::App& group, Invocation& invocation) {
  auto arguments = std::make_shared<AddendumArguments>();
  CLI::App& check =
      AddCommand(group, invocation,
                 {"check-addendum",
                  "Check a part that was handed out, with a proof of its entry; needs nothing else",
                  "  proviso log check-addendum details.addendum --proof entry-12.tlog-proof \\\n"
                  "    --vkey 'example.org/log+1234+A...'"},
                 [&invocation, arguments] { return CheckAddendum(invocation, *arguments); });
  check.add_option("FILE", arguments->file, "The part, as `log open --out` wrote it")->required();
  check.add_option("--proof", arguments->proof, "Proof of its entry (C2SP tlog-proof)")->required();
  check.add_option("--vkey", arguments->vkey, "Public key of the log")->required();
  check.add_option("--entry", arguments->entry,
                   "File with the entry's bytes; default: those that the proof carries");
}

}  // namespace

void AddLogProofCommands(CLI::App& log, Invocation& invocation) {
  AddProve(log, invocation);
  AddCheckProof(log, invocation);
  AddCheckAddendum(log, invocation);
  AddOpen(log, invocation);
}

}  // namespace proviso::cli
