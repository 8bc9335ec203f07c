// proviso log prove, check-proof and open: one entry of a log.
#include <cstdio>
#include <memory>

#include "cli/internal/command.h"
#include "cli/internal/new_file.h"
#include "cli/internal/visible.h"
#include "cli/internal/wrong_usage.h"
#include "cli/terminal.h"
#include "ledger/prove.h"
#include "service/closed_log.h"
#include "verifier/addendum.h"
#include "verifier/http_source.h"
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
    Result<Json> answer = Ask(invocation, request);
    if (answer || !service::MayBeClosed(answer.error())) return answer;
    auto closed = service::ProveEntryOfClosedLog(invocation.data, invocation.environment,
                                                 request.args, answer.error());
    if (closed) SayClosed(answer.error());
    return closed ? closed : answer;
  }
  if (verifier::IsHttpUrl(arguments.log)) {
    return Fail(ErrorCode::kInvalidArgument,
                "--log: expected a folder of a log, found the address `" + arguments.log +
                    "`; copy the log from there first, or ask who keeps it for the proof");
  }
  const auto verifier = PROVISO_TRY(crypto::NoteVerifier::FromText(arguments.vkey));
  const ledger::Proof proof =
      PROVISO_TRY(ledger::ProveEntry(*invocation.environment.files, arguments.log, verifier,
                                     static_cast<std::uint64_t>(arguments.index)));
  return proof.ToJson();
}

// Both, before either is written.
Status CheckProofFiles(const Invocation& invocation, const ProveArguments& arguments) {
  for (const std::string& path : {arguments.out, arguments.entry}) {
    if (!path.empty()) PROVISO_TRY(CheckNewFile(invocation, path, arguments.log));
  }
  if (!arguments.out.empty() && IsSameFile(arguments.out, arguments.entry)) {
    return Fail(ErrorCode::kInvalidArgument,
                "--out and --entry both name `" + arguments.out + "`; name two files");
  }
  return {};
}

Result<int> Prove(const Invocation& invocation, const ProveArguments& arguments) {
  if (!arguments.log.empty() && arguments.vkey.empty()) {
    return WrongUsage(invocation, kLogNeedsKey);
  }
  for (const std::string& wrong :
       {DataInsteadOfLog(invocation, arguments.log), NoVerifierKey(arguments.vkey)}) {
    if (!wrong.empty()) return WrongUsage(invocation, wrong);
  }
  PROVISO_TRY(CheckProofFiles(invocation, arguments));
  const Json answer = PROVISO_TRY(AskForProof(invocation, arguments));
  const Bytes entry = PROVISO_TRY(Base64Decode(answer.StringOr("entry", "")));
  if (!answer.BoolOr("entry_inside", false) && arguments.entry.empty() && !invocation.json) {
    return Fail(ErrorCode::kInvalidArgument, "entry " + std::to_string(arguments.index) + " has " +
                                                 std::to_string(entry.size()) +
                                                 " bytes, and a proof carries at most " +
                                                 std::to_string(ledger::kProofEntryBytesMax) +
                                                 "; name a file that takes them, --entry FILE");
  }
  if (!arguments.entry.empty()) PROVISO_TRY(WriteNewFile(invocation, arguments.entry, entry));
  const std::string proof = answer.StringOr("proof", "");
  if (!arguments.out.empty()) PROVISO_TRY(WriteNewFile(invocation, arguments.out, AsBytes(proof)));
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

// The proof of an entry, and what it is checked with.
struct ProofArguments {
  std::string file;
  std::string vkey;
  std::string entry;
  std::string policy;
};

Result<verifier::ProofOptions> ReadProofOptions(const Invocation& invocation,
                                                const ProofArguments& arguments) {
  verifier::ProofOptions options;
  options.vkey = arguments.vkey;
  if (!arguments.policy.empty()) {
    options.policy = PROVISO_TRY(ReadPolicyFile(invocation, arguments.policy)).policy;
    options.vkey = PROVISO_TRY(LogKeyOf(arguments.vkey, *options.policy));
  }
  if (!arguments.entry.empty()) {
    options.entry = PROVISO_TRY(
        invocation.environment.files->ReadFile(arguments.entry, verifier::kProofBytesMax));
  }
  return options;
}

void PrintCheck(const Json& from_stranger) {
  const Json report = VisibleTexts(from_stranger);
  if (!report.BoolOr("ok", false)) {
    std::printf("%s: %s\n", Red("the proof does not hold").c_str(),
                report.StringOr("problem", "").c_str());
    return;
  }
  std::printf(
      "%s: entry %s is in `%s`, of %s entries, root %s\n", Green("the proof holds").c_str(),
      std::to_string(report.IntegerOr("index", 0)).c_str(), report.StringOr("origin", "").c_str(),
      std::to_string(report.IntegerOr("size", 0)).c_str(), report.StringOr("root", "").c_str());
  std::printf("%s\n", VisiblePretty(*from_stranger.Find("entry")).c_str());
}

Result<int> CheckProof(const Invocation& invocation, const ProofArguments& arguments) {
  if (arguments.vkey.empty() && arguments.policy.empty()) {
    return WrongUsage(invocation,
                      "expected --vkey, the log's public key, or --policy with a line of one log");
  }
  if (const std::string wrong = NoVerifierKey(arguments.vkey); !wrong.empty()) {
    return WrongUsage(invocation, wrong);
  }
  const Bytes proof =
      PROVISO_TRY(invocation.environment.files->ReadFile(arguments.file, verifier::kProofBytesMax));
  const verifier::ProofOptions options = PROVISO_TRY(ReadProofOptions(invocation, arguments));
  const Json report = PROVISO_TRY(verifier::CheckProof(AsText(proof), options)).ToJson();
  if (invocation.json) {
    PrintJson(report);
  } else {
    PrintCheck(report);
    if (const Json* policy = report.Find("policy"); policy != nullptr)
      PrintPolicy(VisibleTexts(*policy));
  }
  return report.BoolOr("ok", false) ? kExitOk : kExitRefused;
}

struct AddendumArguments {
  std::string file;
  ProofArguments proof;
};

Result<int> CheckAddendum(const Invocation& invocation, const AddendumArguments& arguments) {
  if (const std::string wrong = NoVerifierKey(arguments.proof.vkey); !wrong.empty()) {
    return WrongUsage(invocation, wrong);
  }
  io::FileSystem& files = *invocation.environment.files;
  const Bytes addendum = PROVISO_TRY(files.ReadFile(arguments.file, verifier::kAddendumBytesMax));
  const Bytes proof = PROVISO_TRY(files.ReadFile(arguments.proof.file, verifier::kProofBytesMax));
  const verifier::ProofOptions options = PROVISO_TRY(ReadProofOptions(invocation, arguments.proof));
  const verifier::AddendumReport report =
      PROVISO_TRY(verifier::CheckAddendum(addendum, AsText(proof), options));
  if (invocation.json) {
    PrintJson(report.ToJson());
  } else if (report.ok) {
    std::printf("%s: it is `%s` of entry %s in `%s`\n%s\n", Green("the addendum holds").c_str(),
                Visible(report.part).c_str(), std::to_string(report.proof.index).c_str(),
                Visible(report.proof.origin).c_str(), VisiblePretty(report.value).c_str());
  } else {
    std::printf("%s: %s\n", Red("the addendum does not hold").c_str(),
                Visible(report.problem).c_str());
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
      std::printf("%s\n", VisiblePretty(*text).c_str());
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
  PROVISO_TRY(CheckNewFile(invocation, arguments.out));
  service::Request request;
  request.use_case = "part disclose";
  request.args = Json::Of({{"entry", arguments.index},
                           {"part", arguments.part},
                           {"purpose", arguments.purpose},
                           {"to", arguments.to}});
  PROVISO_TRY(SignRequest(invocation, true, request));
  // Before the log tells of it: what cannot be written is not handed out.
  io::FileSystem& files = *invocation.environment.files;
  PROVISO_TRY(files.WriteFile(arguments.out, {}, 0600));
  const Result<Json> answered = Ask(invocation, request);
  if (!answered) {
    PROVISO_TRY(files.Remove(arguments.out));
    return tl::unexpected<Error>(answered.error());
  }
  const Json& answer = *answered;
  const Bytes addendum = PROVISO_TRY(Base64Decode(answer.StringOr("base64", "")));
  if (const Status written = files.WriteFile(arguments.out, addendum, 0600); !written) {
    return Fail(written.error().code(),
                "log entry " + std::to_string(answer.IntegerOr("index", 0)) +
                    " tells that the part was handed out, and it could not be written: " +
                    written.error().message() + "; hand it out again");
  }
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
    const std::string entry = std::to_string(arguments.index);
    std::printf(
        "Who has it checks it with a proof of the entry, which `proviso log prove %s --out "
        "entry-%s.tlog-proof` writes: proviso log check-addendum %s --proof entry-%s.tlog-proof "
        "--vkey '...'\n",
        entry.c_str(), entry.c_str(), arguments.out.c_str(), entry.c_str());
  }
  return kExitOk;
}

// Also of a data directory that does not open: then without any text.
Result<Json> AskToOpen(const Invocation& invocation, const service::Request& request) {
  Result<Json> answer = Ask(invocation, request);
  if (answer || !service::MayBeClosed(answer.error())) return answer;
  auto closed = service::OpenEntryOfClosedLog(invocation.data, invocation.environment, request.args,
                                              answer.error());
  if (!closed) return answer;
  SayClosed(answer.error());
  return closed;
}

Result<int> Open(const Invocation& invocation, const OpenArguments& arguments) {
  const bool hands_out = !arguments.part.empty() || !arguments.out.empty() ||
                         !arguments.to.empty() || !arguments.purpose.empty();
  if (hands_out) return HandOut(invocation, arguments);
  service::Request request;
  request.use_case = "log open";
  request.args = Json::Of({{"index", arguments.index}});
  const Json answer = PROVISO_TRY(AskToOpen(invocation, request));
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

// Of the commands that check a proof. Returns --vkey, which some of them cannot do without.
CLI::Option* AddProofOptions(CLI::App& command, ProofArguments& arguments) {
  CLI::Option* vkey = command.add_option("--vkey", arguments.vkey, "Public key of the log");
  command.add_option("--entry", arguments.entry,
                     "File with the entry's bytes; default: those that the proof carries");
  return vkey;
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
  AddEntryIndex(open, arguments->index);
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
  AddEntryIndex(prove, arguments->index);
  prove.add_option("--log", arguments->log, "Folder of a log, such as a copy of DATA/log");
  prove.add_option("--vkey", arguments->vkey, "Public key of that log");
  prove.add_option("--out", arguments->out, "New file for the proof; default: standard output");
  prove.add_option("--entry", arguments->entry, "New file for the entry's own bytes");
}

void AddCheckProof(CLI::App& group, Invocation& invocation) {
  auto arguments = std::make_shared<ProofArguments>();
  CLI::App& check =
      AddCommand(group, invocation,
                 {"check-proof", "Check a proof of one entry; needs no data directory and no log",
                  "  proviso log check-proof entry-12.tlog-proof --vkey "
                  "'example.org/log+1234+A...'\n"
                  "  proviso log check-proof entry-12.tlog-proof --policy policy.txt"},
                 [&invocation, arguments] { return CheckProof(invocation, *arguments); });
  check.add_option("FILE", arguments->file, "The proof (C2SP tlog-proof)")->required();
  AddProofOptions(check, *arguments);
  check.add_option("--policy", arguments->policy,
                   "File that says which log, and which witnesses must have cosigned (C2SP "
                   "tlog-policy)");
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
  check.add_option("--proof", arguments->proof.file, "Proof of its entry (C2SP tlog-proof)")
      ->required();
  AddProofOptions(check, arguments->proof)->required();
}

}  // namespace

void AddLogProofCommands(CLI::App& log, Invocation& invocation) {
  AddProve(log, invocation);
  AddCheckProof(log, invocation);
  AddCheckAddendum(log, invocation);
  AddOpen(log, invocation);
}

}  // namespace proviso::cli
