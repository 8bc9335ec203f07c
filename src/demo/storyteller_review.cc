// The first half of the story: a provider with metering, a case, findings.
#include <array>

#include "crypto/hash.h"
#include "demo/storyteller.h"
#include "service/simulation.h"

namespace proviso::demo {
namespace {

namespace fs = std::filesystem;

struct ClaimText {
  const char* text;
  const char* check;
  const char* outcome;
  const char* reason;
};

constexpr std::array kClaims = {
    ClaimText{
        "The unit keeps bulk recordings in object storage in the Netherlands.",
        "usage(unit: example-signals-unit, class: object-storage, region: nl-1) at 2026-07-15 "
        ">= 5 PB",
        "supported", "Metering shows more than five petabytes; no other use explains it."},
    ClaimText{
        "It runs speech to text on them, at a scale that grew within months.",
        "growth(unit: example-signals-unit, class: speech-to-text, region: nl-1) from 2026-03 "
        "to 2026-07 >= 8x",
        "supported", "Hours of transcription rose more than eightfold in the same months."},
    ClaimText{"The recordings are of civilians who are under no suspicion.", nullptr,
              "undeterminable", "Who speaks on a recording cannot be known without listening."},
};

constexpr std::array kUnitSubscriptions = {"sub-em-archive-01", "sub-em-language-02",
                                           "sub-em-compute-03"};

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
  const Json prepared = PROVISO_TRY(server_->instance().Perform(
      {.use_case = "roster prepare",
       .attachments = Json::Of({{"text", cast_->roster_yaml()}, {"file", "roster.yaml"}})},
      {}));
  PROVISO_TRY(Act("adam", "roster propose", Json::Of({{"roster", *prepared.Find("roster")}}),
                  Json::Of({{"names", *prepared.Find("names")}})));
  const Json args = Json::Of({{"version", 1}, {"hash", PROVISO_TRY(prepared.StringAt("hash"))}});
  PROVISO_TRY(Act("ben", "roster sign", args));
  PROVISO_TRY(Act("cara", "roster sign", args));
  Say("six people; their roster is signed by two of them");
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

Status Storyteller::ImportMetering() {
  Json files = Json::MakeArray();
  const fs::path usage = folder_ / "world" / "usage";
  for (const std::string& name : PROVISO_TRY(environment_.files->List(usage))) {
    files.Append((usage / name).string());
  }
  service::Request request;
  request.use_case = "import usage";
  request.args = Json::Of({{"files", files}});
  const Json answer = PROVISO_TRY(server_->instance().Perform(request, telling_.progress));
  const Json& rows = *answer.Find("rows");
  Say(std::to_string(rows.IntegerOr("read", 0)) + " rows read, " +
      std::to_string(rows.IntegerOr("imported", 0)) + " imported, " +
      std::to_string(rows.IntegerOr("quarantined", 0)) + " quarantined");
  return {};
}

Status Storyteller::OpenCase() {
  case_id_ = PROVISO_TRY(Act("anna", "case open",
                             Json::Of({{"title",
                                        "Report of a newspaper: intercepted calls of "
                                        "civilians in our storage"}})))
                 .StringOr("id", "");
  for (const ClaimText& claim : kClaims) {
    Json checks = Json::MakeArray();
    if (claim.check != nullptr) checks.Append(claim.check);
    const Json answer = PROVISO_TRY(Act(
        "anna", "claim add",
        Json::Of(
            {{"case", case_id_}, {"text", claim.text}, {"checks", checks}, {"denial", false}})));
    claims_.push_back(answer.StringOr("id", ""));
  }
  Say(case_id_ + " with " + std::to_string(claims_.size()) + " claims, opened by Anna");
  return {};
}

Status Storyteller::Attribute() {
  for (const char* subscription : kUnitSubscriptions) {
    PROVISO_TRY(Act("anna", "attribution record",
                    Json::Of({{"case", case_id_},
                              {"subscription", subscription},
                              {"unit", "example-signals-unit"},
                              {"evidence_class", "contract"},
                              {"reason", "The order form names the unit as user."}})));
  }
  Say("three subscriptions belong to the unit, by their order forms");
  return {};
}

Status Storyteller::RunChecks() {
  Show("case", PROVISO_TRY(Act("anna", "case run", Json::Of({{"case", case_id_}}))));
  return {};
}

Status Storyteller::RecordFindings() {
  for (std::size_t i = 0; i < kClaims.size(); ++i) {
    const Json answer = PROVISO_TRY(Act("anna", "finding record",
                                        Json::Of({{"case", case_id_},
                                                  {"claim", claims_[i]},
                                                  {"outcome", kClaims[i].outcome},
                                                  {"reason", kClaims[i].reason}})));
    findings_.push_back(answer.StringOr("id", ""));
    Say(claims_[i] + ": " + kClaims[i].outcome + ". " + kClaims[i].reason);
  }
  return {};
}

}  // namespace proviso::demo
