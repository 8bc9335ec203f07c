#include "demo/story.h"

#include <chrono>

#include "demo/storyteller.h"

namespace proviso::demo {

Result<Json> TellStory(const StoryOptions& options, const Telling& telling,
                       const service::Environment& environment) {
  return Storyteller(options, telling, environment).Tell();
}

Storyteller::Storyteller(const StoryOptions& options, const Telling& telling,
                         const service::Environment& environment)
    : options_(options), telling_(telling), environment_(environment) {}

const std::vector<Storyteller::Step>& Storyteller::Steps() {
  static const std::vector<Step> kSteps = {
      {"make a folder", &Storyteller::MakeFolders},
      {"an invented provider: log, people, catalogue, terms", &Storyteller::MakeProvider},
      {"its customers and fifteen months of metering", &Storyteller::MakeMetering},
      {"import the metering", &Storyteller::ImportMetering},
      {"a report comes in: a case with claims", &Storyteller::OpenCase},
      {"whose subscriptions are they", &Storyteller::Attribute},
      {"check the claims on business records", &Storyteller::RunChecks},
      {"a person records the findings", &Storyteller::RecordFindings},
      {"a real nginx asks before each request: all open", &Storyteller::StartGateway},
      {"a plan that touches a security service", &Storyteller::RefusePlan},
      {"the plan: exactly these targets, nothing else", &Storyteller::PlanDecision},
      {"two people sign, the customer is told", &Storyteller::SignAndState},
      {"adopt: in force at the gateway", &Storyteller::Adopt},
      {"lift it: open again", &Storyteller::Lift},
      {"verify the log", &Storyteller::VerifyLog},
  };
  return kSteps;
}

Result<Json> Storyteller::Tell() {
  bool ok = true;
  for (const Step& step : Steps()) {
    telling_.begin(step.name);
    const auto begin = std::chrono::steady_clock::now();
    const Status told = (this->*step.tell)();
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    ok = told.has_value();
    if (!ok) Say("FAILED: " + told.error().message());
    telling_.end(step.name, ok, took.count());
    steps_.Append(Json::Of({{"name", step.name},
                            {"ok", ok},
                            {"seconds", Json::Fraction{std::to_string(took.count())}}}));
    if (!ok) break;
  }
  const Json summary = Summary(ok);
  if (ok && options_.linger) options_.linger(summary);
  nginx_.reset();
  if (server_ != nullptr) PROVISO_TRY(server_->Stop());
  return summary;
}

Result<Json> Storyteller::Act(const std::string& person, const std::string& use_case, Json args,
                              Json attachments) {
  return cast_->Act(server_->instance(), person, use_case, std::move(args), std::move(attachments));
}

std::vector<std::string> Storyteller::NextSteps() const {
  const std::string call = options_.program + " -C " + (folder_ / "data").string() + " ";
  return {call + "case show " + case_id_,
          call + "decision statement " + decision_,
          call + "usage unmapped",
          call + "log show",
          call + "log verify",
          "PROVISO_PASSPHRASE=demo " + call + "claim add --case " + case_id_ +
              " --text TEXT --key " + (folder_ / "people" / "anna.key").string()};
}

Json Storyteller::Summary(bool ok) const {
  Json next = Json::MakeArray();
  if (ok) {
    for (const std::string& command : NextSteps()) next.Append(command);
  }
  Json summary =
      Json::Of({{"ok", ok}, {"steps", steps_}, {"folder", folder_.string()}, {"try", next}});
  if (nginx_port_ != 0) summary["gateway"] = "http://127.0.0.1:" + std::to_string(nginx_port_);
  return summary;
}

void Storyteller::Say(const std::string& text) const { telling_.say(text); }
void Storyteller::Show(const std::string& kind, const Json& shown) const {
  telling_.show(kind, shown);
}

}  // namespace proviso::demo
