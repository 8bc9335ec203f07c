#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "demo/cast.h"
#include "demo/nginx_process.h"
#include "demo/story.h"
#include "demo/story_clock.h"
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

  // storyteller_provider.cc: the provider, before anything happens.
  Status MakeFolders();
  Status MakeProvider();
  Status MakeMetering();
  Status ImportRecords();

  // storyteller_review.cc: from a letter that came to nothing to findings.
  Status CloseTheFirstCase();
  Status TakeReportsIn();
  Status ReopenTheCase();
  Status Attribute();
  Status RunChecks();
  Status RecordFindings();

  // storyteller_decision.cc: interim, hearing, final.
  Status RefusePlan();
  Status DecideForNow();
  Json FinalFile(const std::string& heard) const;
  Status AgreeOnAStep();
  Status HearTheCustomer();
  Status PlanFinalDecision();
  Status SignAndState();
  Status Adopt();
  Status TellOthers();

  // storyteller_ending.cc: an appeal, what metering says afterwards, the proof.
  Status DecideOnCompute();
  Status Appeal();
  Status LiftWhatWasWon();
  Status CheckCessation();
  Status WritePage();
  Status VerifyLog();

  // storyteller_gateway.cc: a real nginx.
  enum class Phase { kOpen, kInterim, kFinal, kCompute };
  Status StartGateway();
  // Sends requests through nginx; fails when an answer is not the one that the phase asks for.
  Status Probe(Phase phase);

  // Moves the story's time; each act takes half a minute of it.
  void Now(const char* time);
  Result<Json> Act(const std::string& person, const std::string& use_case, Json args,
                   Json attachments = Json::MakeObject());
  // What the customer does, by code.
  Result<Json> ByCode(const std::string& use_case, const std::string& code,
                      const std::string& file);
  Result<Json> Ask(const std::string& use_case, Json args = Json::MakeObject());
  Status ImportYaml(const std::string& kind, const std::filesystem::path& path);
  Status ImportRegister(const std::string& source, const std::string& file);
  Status ImportUsage(const std::string& from, const std::string& to);
  Result<std::string> AddReport(const std::string& file, const std::string& kind);
  // `against_draft`: why it is not what the checks drafted; empty when it is.
  Status Find(const std::string& claim, const std::string& outcome, const std::string& reason,
              const std::string& against_draft = "");
  // Withdraws a proposal, with the reason.
  Status Withdraw(const std::string& decision, const std::string& reason);
  // Proposes and plans; the id of the decision.
  Result<std::string> Propose(Json file);
  Status Sign(const std::string& decision);
  Result<Json> IssueStatement(const std::string& decision);
  Status PutIntoForce(const std::string& decision);
  Status Issue(const std::string& kind, const std::string& decision);
  Status Write(const std::string& name, const std::string& text) const;
  Json Summary(bool ok) const;
  std::vector<std::string> NextSteps() const;
  void Say(const std::string& text) const;
  void Show(const std::string& kind, const Json& shown) const;

  StoryOptions options_;
  const Telling& telling_;
  StoryClock clock_;
  service::Environment environment_;
  std::filesystem::path folder_;
  std::unique_ptr<Cast> cast_;
  std::unique_ptr<server::Server> server_;
  std::optional<NginxProcess> nginx_;
  std::uint16_t nginx_port_ = 0;
  int probes_ = 0;
  std::string case_id_;
  std::map<std::string, std::string> reports_;   // file -> id
  std::map<std::string, std::string> claims_;    // name in the story -> id
  std::map<std::string, std::string> findings_;  // name in the story -> id
  std::string step_;
  std::string interim_;  // decisions
  std::string final_;
  std::string compute_;
  std::string appeal_code_;
  std::string appeal_;
  std::filesystem::path page_;
  Json steps_ = Json::MakeArray();
};

}  // namespace proviso::demo
