// The invented provider: folders, log, people, catalogue, metering, registers.
#include "crypto/hash.h"
#include "demo/storyteller.h"
#include "service/simulation.h"

namespace proviso::demo {
namespace {

namespace fs = std::filesystem;

}  // namespace

Status Storyteller::MakeFolders() {
  std::error_code failure;
  folder_ = options_.folder;
  if (folder_.empty()) {
    Bytes random(4);
    environment_.random->Fill(random);
    folder_ = fs::temp_directory_path(failure) / ("proviso-demo-" + HexEncode(random));
  }
  folder_ = fs::absolute(folder_).lexically_normal();
  if (PROVISO_TRY(environment_.files->Exists(folder_))) {
    return Fail(ErrorCode::kAlreadyExists,
                "`" + folder_.string() + "` exists; give a folder that does not, with --dir");
  }
  std::vector<fs::path> made;
  fs::path above = folder_;
  while (!PROVISO_TRY(environment_.files->Exists(above))) {
    made.push_back(above);
    above = above.parent_path();
  }
  // nginx runs without rights and must be able to look in; known now, not after minutes of story.
  PROVISO_TRY(NginxProcess::CheckMayEnter(above));
  PROVISO_TRY(environment_.files->CreateDirectories(folder_));
  for (const fs::path& folder : made) fs::permissions(folder, fs::perms(0755), failure);
  Say("everything lies in " + folder_.string());
  return {};
}

Status Storyteller::ImportYaml(const std::string& kind, const fs::path& path) {
  const Bytes bytes = PROVISO_TRY(environment_.files->ReadFile(path, 16U << 20U));
  const std::string text(AsText(bytes));
  const Json answer = PROVISO_TRY(
      Act("adam", "import " + kind,
          Json::Of({{"file", path.filename().string()}, {"sha256", crypto::Sha256(text).Hex()}}),
          Json::Of({{"text", text}, {"path", path.string()}})));
  Say(kind + ": " + answer.StringOr("summary", ""));
  return {};
}

Status Storyteller::MakeProvider() {
  const fs::path data = folder_ / "data";
  const service::DataConfig config = PROVISO_TRY(service::Initialise(data, {}, environment_));
  cast_ = std::make_unique<Cast>(PROVISO_TRY(Cast::Assemble(folder_ / "people", environment_)));
  cast_->SetOrigin(config.origin);
  std::vector<points::Listener> listeners(1);
  listeners.front().address = "127.0.0.1:0";
  server_ = PROVISO_TRY(server::Server::Start(data, listeners, environment_));
  if (server_->instance() == nullptr) {
    return Fail(ErrorCode::kUnavailable, "`" + data.string() +
                                             "` was made and cannot be opened: is there room, and "
                                             "may it be written?");
  }
  const Json prepared = PROVISO_TRY(server_->instance()->Perform(
      {.use_case = "roster prepare",
       .attachments = Json::Of({{"text", cast_->roster_yaml()}, {"file", "roster.yaml"}})},
      {}));
  PROVISO_TRY(Act("adam", "roster propose", Json::Of({{"roster", *prepared.Find("roster")}}),
                  Json::Of({{"names", *prepared.Find("names")}})));
  const Json args = Json::Of({{"version", 1}, {"hash", PROVISO_TRY(prepared.StringAt("hash"))}});
  PROVISO_TRY(Act("ben", "roster sign", args));
  PROVISO_TRY(Act("cara", "roster sign", args));
  Say("eight people; their roster is signed by two of them");
  PROVISO_TRY(ImportYaml("catalogue", options_.examples / "catalogue.yaml"));
  return ImportYaml("terms", options_.examples / "terms.yaml");
}

Status Storyteller::MakeMetering() {
  const Json made =
      PROVISO_TRY(service::Simulate({.world = options_.examples / "world.yaml",
                                     .customers = options_.examples / "customers.yaml",
                                     .folder = folder_ / "world",
                                     .seed = options_.seed},
                                    environment_, telling_.progress));
  Say(std::to_string(made.IntegerOr("rows", 0)) + " invented billing rows in " +
      std::to_string(made.IntegerOr("files", 0)) + " monthly files");
  return ImportYaml("customers", folder_ / "world" / "customers.yaml");
}

// The monthly files from the month `from` to the month `to`.
Status Storyteller::ImportUsage(const std::string& from, const std::string& to) {
  Json files = Json::MakeArray();
  const fs::path usage = folder_ / "world" / "usage";
  for (const std::string& name : PROVISO_TRY(environment_.files->List(usage))) {
    const std::string month = fs::path(name).stem().string();
    if (month >= from && month <= to) files.Append((usage / name).string());
  }
  service::Request request;
  request.use_case = "import usage";
  request.args = Json::Of({{"files", files}});
  const Json answer = PROVISO_TRY(server_->instance()->Perform(request, telling_.progress));
  const Json& rows = *answer.Find("rows");
  Say("metering of " + from + " to " + to + ": " + std::to_string(rows.IntegerOr("read", 0)) +
      " rows read, " + std::to_string(rows.IntegerOr("imported", 0)) + " imported, " +
      std::to_string(rows.IntegerOr("quarantined", 0)) + " quarantined");
  return {};
}

Status Storyteller::ImportRegister(const std::string& source, const std::string& file) {
  const fs::path path = options_.examples / file;
  const Bytes bytes = PROVISO_TRY(environment_.files->ReadFile(path, 64U << 20U));
  const Json answer =
      PROVISO_TRY(Act("adam", "records import",
                      Json::Of({{"source", source}, {"sha256", crypto::Sha256(bytes).Hex()}}),
                      Json::Of({{"path", fs::absolute(path).lexically_normal().string()}})));
  const Json& rows = *answer.Find("rows");
  std::string dropped;
  for (const Json& column : *answer.Find("dropped_columns")->AsArray()) {
    dropped += (dropped.empty() ? "; not read: " : ", ") + *column.AsString();
  }
  Say(source + ": " + std::to_string(rows.IntegerOr("imported", 0)) + " of " +
      std::to_string(rows.IntegerOr("read", 0)) + " rows" + dropped);
  return {};
}

Status Storyteller::ImportRecords() {
  PROVISO_TRY(ImportUsage("2025-08", "2026-04"));
  struct Source {
    const char* id;
    const char* evidence;
    const char* owner;
    const char* purpose;
    const char* file;
  };
  for (const Source& source : {Source{"contract-register", "contract", "Legal department",
                                      "which agreements are in force", "contracts.csv"},
                               Source{"invoice-register", "billing", "Accounting",
                                      "what was charged, and for what", "invoices.csv"}}) {
    PROVISO_TRY(Act("adam", "records register",
                    Json::Of({{"source", source.id},
                              {"class", source.evidence},
                              {"owner", source.owner},
                              {"purpose", source.purpose}})));
    PROVISO_TRY(ImportRegister(source.id, source.file));
  }
  return {};
}

}  // namespace proviso::demo
