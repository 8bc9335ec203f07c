// proviso init, import ..., usage ..., export, simulate
#include <cstdio>
#include <memory>

#include "base/decimal.h"
#include "catalogue/yaml.h"
#include "cli/internal/act_command.h"
#include "cli/internal/command.h"
#include "cli/internal/file_faults.h"
#include "cli/session.h"
#include "cli/terminal.h"
#include "crypto/hash.h"
#include "service/data_directory.h"
#include "service/simulation.h"

namespace proviso::cli {
namespace {

namespace fs = std::filesystem;

Result<int> Init(const Invocation& invocation, const service::InitOptions& options) {
  const service::DataConfig config =
      PROVISO_TRY(service::Initialise(invocation.data, options, invocation.environment));
  if (invocation.json) {
    PrintJson(Json::Of({{"data", fs::absolute(invocation.data).string()},
                        {"origin", config.origin},
                        {"vkey", config.vkey},
                        {"log_key", config.log_key.string()}}));
    return kExitOk;
  }
  std::printf("Data directory  %s\nLog             %s\nPublic key      %s\nPrivate key     %s\n",
              fs::absolute(invocation.data).string().c_str(), config.origin.c_str(),
              config.vkey.c_str(), config.log_key.string().c_str());
  std::printf("Publish the public key; keep the private key out of backups of the data.\n");
  return kExitOk;
}

Result<int> ImportText(const Invocation& invocation, const std::string& kind,
                       const std::vector<std::string>& paths) {
  Session session(invocation);
  Json answers = Json::MakeArray();
  for (const std::string& path : paths) {
    const std::string text = PROVISO_TRY(ReadTextFile(invocation, path));
    service::Request request;
    request.use_case = "import " + kind;
    request.args = Json::Of(
        {{"file", fs::path(path).filename().string()}, {"sha256", crypto::Sha256(text).Hex()}});
    PROVISO_TRY(catalogue::ReadYaml(text, path));  // faults of the text itself, with the line
    request.attachments = Json::Of({{"text", text}, {"path", path}});
    PROVISO_TRY(session.Sign(false, request));
    const Json answer = PROVISO_TRY(session.Ask(request));
    if (!invocation.json)
      std::printf("%s: %s\n", path.c_str(), answer.StringOr("summary", "").c_str());
    answers.Append(answer);
  }
  PROVISO_TRY(session.Close());
  if (invocation.json) PrintJson(paths.size() == 1 ? answers.AsArray()->front() : answers);
  return kExitOk;
}

void PrintUsageImport(const Json& answer) {
  for (const Json& file : *answer.Find("files")->AsArray()) {
    const Json& rows = *file.Find("rows");
    const auto count = [&](const char* key) {
      return WithThousands(std::to_string(rows.IntegerOr(key, 0)));
    };
    std::printf("%s: %s read, %s imported, %s quarantined, %s skipped%s\n",
                file.StringOr("file", "").c_str(), count("read").c_str(), count("imported").c_str(),
                count("quarantined").c_str(), count("skipped").c_str(),
                file.BoolOr("known", false) ? " (the same bytes are here already)" : "");
    for (const char* key : {"notes", "oddities"}) {
      const Json* list = file.Find(key);
      if (list == nullptr || list->AsArray() == nullptr) continue;
      for (const Json& note : *list->AsArray()) {
        if (note.AsString() != nullptr) std::printf("  %s\n", note.AsString()->c_str());
      }
    }
  }
}

struct UsageImport {
  std::vector<std::string> files;
  bool add = false;
  double quarantine_limit = 0.05;
  std::uint64_t memory = std::uint64_t{1} << 30U;
};

Result<int> ImportUsage(const Invocation& invocation, const UsageImport& options) {
  Json files = Json::MakeArray();
  for (const std::string& file : options.files) files.Append(fs::absolute(file).string());
  service::Request request;
  request.use_case = "import usage";
  request.args = Json::Of(
      {{"files", files},
       {"add", options.add},
       {"quarantine_per_million", static_cast<std::int64_t>(options.quarantine_limit * 1'000'000)},
       {"memory_bytes", static_cast<std::int64_t>(options.memory)}});
  return AskAndPrint(invocation, request, PrintUsageImport);
}

void PrintRows(const Json& answer) {
  std::vector<std::string> head;
  for (const Json& cell : *answer.Find("columns")->AsArray()) head.push_back(*cell.AsString());
  std::vector<std::vector<std::string>> rows;
  for (const Json& row : *answer.Find("rows")->AsArray()) {
    std::vector<std::string> cells;
    for (const Json& cell : *row.AsArray())
      cells.push_back(cell.AsString() ? *cell.AsString() : "-");
    rows.push_back(std::move(cells));
  }
  if (rows.empty()) {
    std::printf("nothing to list\n");
  } else {
    std::printf("%s", FormatTable(head, rows).c_str());
  }
}

void AddUsageGroup(CLI::App& app, Invocation& invocation) {
  CLI::App& group = AddGroup(app, "usage", "What metering says");
  AddCommand(
      group, invocation,
      {"list", "List deliveries and the periods they speak for", "  proviso usage list"},
      [&invocation] { return AskAndPrint(invocation, {.use_case = "usage list"}, PrintRows); });
  AddCommand(
      group, invocation,
      {"unmapped", "List meters that the catalogue does not know, by quantity",
       "  proviso usage unmapped --json"},
      [&invocation] { return AskAndPrint(invocation, {.use_case = "usage unmapped"}, PrintRows); });
  auto args = std::make_shared<Json>(Json::MakeObject());
  CLI::App& rollup = AddCommand(
      group, invocation,
      {"rollup", "Sum usage per subscription, class and region",
       "  proviso usage rollup --class object-storage --region nl-1\n"
       "  proviso usage rollup --subscription sub-1 --from 2026-03-01 --to 2026-08-01 --json"},
      [&invocation, args] {
        return AskAndPrint(invocation, {.use_case = "usage rollup", .args = *args}, PrintRows);
      });
  for (const auto& [flag, text] : std::vector<std::pair<std::string, std::string>>{
           {"subscription", "Only this subscription"},
           {"class", "Only this capability class"},
           {"region", "Only this region"},
           {"from", "From this day on, such as 2026-03-01"},
           {"to", "Before this day"}}) {
    rollup.add_option_function<std::string>(
        "--" + flag, [args, key = flag](const std::string& value) { (*args)[key] = value; }, text);
  }
}

void AddTextImport(CLI::App& group, Invocation& invocation, const std::string& kind,
                   const std::string& text) {
  auto paths = std::make_shared<std::vector<std::string>>();
  CLI::App& command =
      AddCommand(group, invocation,
                 {kind,
                  text + " (YAML, docs/formats/" + kind + ".md)",
                  "  proviso import " + kind + " " + kind + ".yaml --key admin.key",
                  {"import " + kind}},
                 [&invocation, kind, paths] { return ImportText(invocation, kind, *paths); });
  command.add_option("FILE", *paths, "YAML file")->required();
}

void AddImportGroup(CLI::App& app, Invocation& invocation) {
  CLI::App& group = AddGroup(app, "import", "Bring in the provider's own records");
  AddTextImport(group, invocation, "catalogue", "Services, capability classes, regions and meters");
  AddTextImport(group, invocation, "terms", "A version of the terms of service");
  AddTextImport(group, invocation, "customers", "Customers, units, subscriptions and contracts");
  auto options = std::make_shared<UsageImport>();
  CLI::App& usage = AddCommand(
      group, invocation,
      {"usage", "Metering: FOCUS 1.0 or 1.2, CSV or Parquet",
       "  proviso import usage 2026-07.parquet\n  proviso import usage usage/*.csv --json\n"
       "Other bytes for a billing period that is here replace it whole; the earlier delivery "
       "stays\n"
       "addressable. Files of one command are parts of one delivery. --add adds a further part."},
      [&invocation, options] { return ImportUsage(invocation, *options); });
  usage.add_option("FILE", options->files, "CSV or Parquet files")->required();
  usage.add_flag("--add", options->add, "Add to what is here for the same billing period");
  usage
      .add_option("--quarantine-limit", options->quarantine_limit,
                  "Refuse a file when a larger share of its rows is bad")
      ->capture_default_str()
      ->check(CLI::Range(0.0, 1.0));
  usage.add_option("--memory", options->memory, "Memory bound in bytes (1GiB, 512MiB, ...)")
      ->transform(CLI::AsSizeValue(false))
      ->capture_default_str();
}

// Fails, though all that an export holds is written, where files are gone that its cases rest on.
Result<int> WriteExport(const Invocation& invocation, const service::Request& request) {
  const Json answer = PROVISO_TRY(Ask(invocation, request));
  const bool whole = ItemsOf(answer, "faults").empty();
  if (invocation.json) {
    PrintJson(answer);
  } else {
    std::printf("exported %s files to %s\n", std::to_string(answer.IntegerOr("files", 0)).c_str(),
                answer.StringOr("folder", "").c_str());
    if (!whole) {
      std::printf("The export is written. In the data directory, these are not as the log says:\n");
      PrintFileFaults(*answer.Find("faults"));
      PrintFileRemedy();
    }
  }
  return whole ? kExitOk : kExitFailure;
}

}  // namespace

void AddDataCommands(CLI::App& app, Invocation& invocation) {
  auto init = std::make_shared<service::InitOptions>();
  CLI::App& initialise = AddCommand(
      app, invocation,
      {"init", "Make a data directory with a log of its own",
       "  proviso -C data init\n"
       "  proviso -C data init --origin log.example.com/proviso --log-key /etc/proviso/log.key\n"
       "  proviso -C /shared/data init --store postgresql://proviso@db.example.com/proviso"},
      [&invocation, init] { return Init(invocation, *init); });
  initialise.add_option("--origin", init->origin, "Name of the log; default: a random one");
  initialise.add_option("--store", init->store,
                        "For several servers: postgresql://USER@HOST/DATABASE, where the log's "
                        "database lies; DATA is then a folder that they share");
  initialise.add_option("--log-key", init->log_key,
                        "Where the log's private key goes; default: DATA.keys/log.key");
  AddImportGroup(app, invocation);
  AddUsageGroup(app, invocation);
  auto folder = std::make_shared<std::string>();
  AddCommand(
      app, invocation,
      {"export", "Write the whole state and the log to a new folder", "  proviso export my/export"},
      [&invocation, folder] {
        service::Request request;
        request.use_case = "export";
        request.args = Json::Of({{"folder", fs::absolute(*folder).string()}});
        return WriteExport(invocation, request);
      })
      .add_option("FOLDER", *folder, "A folder that does not exist yet")
      ->required();
  auto simulation = std::make_shared<service::SimulationOptions>();
  CLI::App& simulate = AddCommand(
      app, invocation,
      {"simulate", "Make invented metering from a world file: billing rows and nothing else",
       "  proviso simulate --world examples/world.yaml --seed 1 --out world"},
      [&invocation, simulation]() -> Result<int> {
        const Json answer =
            PROVISO_TRY(service::Simulate(*simulation, invocation.environment, TerminalProgress()));
        if (invocation.json) {
          PrintJson(answer);
        } else {
          std::printf("%s rows in %s files in %s\n",
                      WithThousands(std::to_string(answer.IntegerOr("rows", 0))).c_str(),
                      std::to_string(answer.IntegerOr("files", 0)).c_str(),
                      answer.StringOr("folder", "").c_str());
        }
        return kExitOk;
      });
  simulate.add_option("--world", simulation->world, "World file (docs/formats/world.md)")
      ->required();
  simulate.add_option("--customers", simulation->customers,
                      "Customers file; default: customers.yaml beside the world file");
  simulate.add_option("--seed", simulation->seed, "The same seed gives the same bytes")
      ->capture_default_str();
  simulate.add_option("--out", simulation->folder, "Folder for the files")->required();
}

}  // namespace proviso::cli
