#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "demo/cast.h"
#include "demo/nginx_process.h"
#include "demo/story.h"
#include "demo/telling.h"
#include "server/server.h"

namespace proviso::demo {

// One telling of the story: the steps in order, and what they leave for the next ones.
class Storyteller {
 public:
  Storyteller(const StoryOptions& options, const Telling& telling,
              const service::Environment& environment);

  // Tells all steps; stops at the first that fails.
  Result<Json> Tell();

 private:
  struct Step {
    const char* name;
    Status (Storyteller::*tell)();
  };
  static const std::vector<Step>& Steps();

  // The provider, before anything happens.
  Status MakeFolders();
  Status MakeProvider();
  Status MakeMetering();
  Status ImportMetering();
  // The review.
  Status OpenCase();
  Status Attribute();
  Status RunChecks();
  Status RecordFindings();
  // The decision.
  Status StartGateway();
  Status RefusePlan();
  Status PlanDecision();
  Status SignAndState();
  Status Adopt();
  Status Lift();
  Status VerifyLog();

  // Asks nginx for a file in every folder of the story; fails when an answer is not the expected
  // one.
  Status Probe(bool restricted);
  Result<Json> Act(const std::string& person, const std::string& use_case, Json args,
                   Json attachments = Json::MakeObject());
  Status ImportYaml(const std::string& kind, const std::filesystem::path& path);
  Status Sign(const std::string& decision, const std::string& hash);
  Result<Json> IssueStatement(const std::string& decision);
  Json Summary(bool ok) const;
  std::vector<std::string> NextSteps() const;
  void Say(const std::string& text) const;
  void Show(const std::string& kind, const Json& shown) const;

  StoryOptions options_;
  const Telling& telling_;
  service::Environment environment_;
  std::filesystem::path folder_;
  std::unique_ptr<Cast> cast_;
  std::unique_ptr<server::Server> server_;
  std::optional<NginxProcess> nginx_;
  std::uint16_t nginx_port_ = 0;
  std::string case_id_;
  std::vector<std::string> claims_;
  std::vector<std::string> findings_;
  std::string decision_;
  Json steps_ = Json::MakeArray();
};

}  // namespace proviso::demo
