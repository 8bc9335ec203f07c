// proviso records ..., cessation
#include <cstdio>
#include <memory>

#include "cli/internal/act_command.h"
#include "cli/terminal.h"
#include "cli/told.h"
#include "crypto/hash.h"

namespace proviso::cli {
namespace {

constexpr std::uint64_t kRegisterBytesMax = std::uint64_t{64} << 20U;

Result<int> Import(const Invocation& invocation, const std::string& source,
                   const std::string& file) {
  const Bytes bytes = PROVISO_TRY(invocation.environment.files->ReadFile(file, kRegisterBytesMax));
  service::Request request;
  request.use_case = "records import";
  request.args = Json::Of({{"source", source}, {"sha256", crypto::Sha256(bytes).Hex()}});
  request.attachments =
      Json::Of({{"path", std::filesystem::absolute(file).lexically_normal().string()}});
  return ActAndPrint(invocation, std::move(request), [&file](const Json& answer) {
    const Json& rows = *answer.Find("rows");
    const auto count = [&](const char* key) {
      return WithThousands(std::to_string(rows.IntegerOr(key, 0)));
    };
    std::printf("%s: %s read, %s imported, %s quarantined, %s skipped%s\n", file.c_str(),
                count("read").c_str(), count("imported").c_str(), count("quarantined").c_str(),
                count("skipped").c_str(),
                answer.BoolOr("known", false) ? " (the same bytes are here already)" : "");
    for (const Json& column : ItemsOf(answer, "dropped_columns")) {
      std::printf("  column not read: %s\n", column.AsString()->c_str());
    }
    for (const Json& oddity : ItemsOf(answer, "oddities")) {
      std::printf("  %s\n", oddity.AsString()->c_str());
    }
    const std::string quarantine = answer.StringOr("quarantine", "");
    if (!quarantine.empty()) std::printf("  what was set aside: %s\n", quarantine.c_str());
  });
}

void PrintSources(const Json& answer) {
  std::vector<std::vector<std::string>> rows;
  for (const Json& source : ItemsOf(answer, "sources")) {
    rows.push_back({source.StringOr("source", ""), source.StringOr("class", ""),
                    source.StringOr("owner", ""), std::to_string(ItemsOf(source, "imports").size()),
                    source.StringOr("purpose", "")});
  }
  if (rows.empty()) {
    std::printf(
        "No source yet. Register one: proviso records register SOURCE --class contract ...\n");
    return;
  }
  std::printf("%s", FormatTable({"SOURCE", "CLASS", "OWNER", "IMPORTS", "PURPOSE"}, rows).c_str());
}

std::vector<std::string> Texts(const Json::Array& items) {
  std::vector<std::string> texts;
  for (const Json& item : items) {
    texts.push_back(item.AsString() == nullptr ? "" : *item.AsString());
  }
  return texts;
}

void PrintRows(const Json& answer) {
  std::vector<std::vector<std::string>> rows;
  for (const Json& row : ItemsOf(answer, "rows")) rows.push_back(Texts(ItemsOf(row, "cells")));
  std::printf("%s%zu of %s rows\n", FormatTable(Texts(ItemsOf(answer, "columns")), rows).c_str(),
              rows.size(), std::to_string(answer.IntegerOr("matching", 0)).c_str());
}

void PrintUse(const Json& rows, bool at_rest) {
  std::vector<std::vector<std::string>> table;
  for (const Json& row : *rows.AsArray()) {
    std::vector<std::string> cells = {row.BoolOr("ok", false) ? Green("ok") : Red("no"),
                                      row.StringOr("subscription", ""),
                                      row.StringOr("service", ""),
                                      row.StringOr("region", ""),
                                      WithThousands(row.StringOr("before", "")),
                                      WithThousands(row.StringOr("after", ""))};
    if (at_rest) cells.push_back(WithThousands(row.StringOr("at_rest", "-")));
    cells.push_back(row.StringOr("unit", ""));
    cells.push_back(row.StringOr("why", ""));
    table.push_back(std::move(cells));
  }
  std::vector<std::string> head = {"", "SUBSCRIPTION", "SERVICE", "REGION", "BEFORE", "AFTER"};
  if (at_rest) head.emplace_back("AT REST");
  head.insert(head.end(), {"UNIT", ""});
  std::printf("%s", FormatTable(head, table).c_str());
}

}  // namespace

void PrintCessation(const Json& answer) {
  const Json& after = *answer.Find("after");
  std::printf("Averages a day, %s to %s, against as many days before %s\n\nDenied\n",
              after.StringOr("from", "").c_str(), after.StringOr("to", "").c_str(),
              answer.StringOr("decision", "").c_str());
  PrintUse(*answer.Find("targets"), true);
  std::printf("\nKept\n");
  PrintUse(*answer.Find("kept"), false);
  std::printf("\n%s\n", answer.BoolOr("ok", false)
                            ? Green("What was denied has ceased; what was kept goes on.").c_str()
                            : Red("Not as decided; see the lines marked no.").c_str());
}

namespace {

Result<int> Cessation(const Invocation& invocation, const SharedFields& fields) {
  service::Request request;
  request.use_case = "cessation";
  request.args = fields->args;
  PROVISO_TRY(SignRequest(invocation, false, request));
  const Json answer = PROVISO_TRY(Ask(invocation, request));
  if (invocation.json) {
    PrintJson(answer);
  } else {
    PrintCessation(answer);
  }
  return answer.BoolOr("ok", false) ? kExitOk : kExitRefused;
}

void AddReading(CLI::App& group, Invocation& invocation) {
  auto read = std::make_shared<Fields>();
  CLI::App& reading = AddAct(
      group, invocation,
      {"read", "Read rows about one customer, in a case; the log says who and what for",
       "  proviso records read contract-register --case case-1 --customer ba-1 --purpose review "
       "--key anna.key"},
      read, PrintRows);
  AddText(reading, read, {"SOURCE", "source", "Source, such as contract-register"});
  AddCase(reading, read);
  AddText(reading, read, {"--customer", "customer", "Customer whose rows are read"});
  AddText(reading, read, {"--purpose", "purpose", "review, hearing, appeal or audit"});
  AddOptionalText(reading, read, {"--class", "class", "Only this capability class"});
  AddOptionalText(reading, read, {"--region", "region", "Only this region"});
}

}  // namespace

void AddRecordsCommands(CLI::App& app, Invocation& invocation) {
  CLI::App& group = AddGroup(app, "records", "Business records: contracts and invoices");
  auto source = std::make_shared<Fields>();
  CLI::App& registering =
      AddAct(group, invocation,
             {"register", "Register a source of records before anything of it is read",
              "  proviso records register contract-register --class contract --owner \"Legal\" \\\n"
              "    --purpose \"which agreements are in force\" --key adam.key"},
             source, Recorded("source"));
  AddText(registering, source, {"SOURCE", "source", "Its id, such as contract-register"});
  AddText(registering, source,
          {"--class", "class", "contract or billing; there is no class for content"});
  AddText(registering, source, {"--owner", "owner", "Who answers for it"});
  AddText(registering, source, {"--purpose", "purpose", "Why it may be read"});
  AddAsk(group, invocation,
         {"list", "List sources and what was imported from them", "  proviso records list"},
         std::make_shared<Fields>(), PrintSources);
  auto from = std::make_shared<std::string>();
  auto file = std::make_shared<std::string>();
  CLI::App& importing =
      AddCommand(group, invocation,
                 {"import",
                  "Import a register as CSV (docs/formats/records.md)",
                  "  proviso records import contract-register contracts.csv --key adam.key",
                  {"records import"}},
                 [&invocation, from, file] { return Import(invocation, *from, *file); });
  importing.add_option("SOURCE", *from, "Source, such as contract-register")->required();
  importing.add_option("FILE", *file, "CSV file")->required();
  AddReading(group, invocation);
  auto cessation = std::make_shared<Fields>();
  AddText(AddCommand(app, invocation,
                     {"cessation",
                      "Has use ceased that a decision denies, and does the rest go on",
                      "  proviso cessation decision-2\n"
                      "  proviso cessation decision-2 --key anna.key   # becomes part of the case",
                      {"cessation"}},
                     [&invocation, cessation] { return Cessation(invocation, cessation); }),
          cessation, {"DECISION", "decision", "Decision, such as decision-2"});
}

}  // namespace proviso::cli
