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
    : options_(options), telling_(telling), clock_(environment.clock), environment_(environment) {
  environment_.clock = &clock_;
}

const std::vector<Storyteller::Step>& Storyteller::Steps() {
  static const std::vector<Step> kSteps = {
      {"make a folder", &Storyteller::MakeFolders},
      {"an invented provider: log, people, catalogue, terms", &Storyteller::MakeProvider},
      {"its customers and fifteen months of metering", &Storyteller::MakeMetering},
      {"import metering, contracts and invoices", &Storyteller::ImportRecords},
      {"18 May: a letter; a case that ends without evidence", &Storyteller::CloseTheFirstCase},
      {"6 August: nine documents come in; four stories", &Storyteller::TakeReportsIn},
      {"15 August: the case is opened again, for new evidence", &Storyteller::ReopenTheCase},
      {"whose subscriptions are they", &Storyteller::Attribute},
      {"check the claims on business records", &Storyteller::RunChecks},
      {"a person records the findings", &Storyteller::RecordFindings},
      {"a real nginx asks before each request: all open", &Storyteller::StartGateway},
      {"a plan that touches a security service", &Storyteller::RefusePlan},
      {"20 August: an interim decision, no new AI resources", &Storyteller::DecideForNow},
      {"21 August: an agreed step, due on 10 September", &Storyteller::AgreeOnAStep},
      {"5 September: the customer is heard; the step is missed", &Storyteller::HearTheCustomer},
      {"22 September: the plan, exactly these targets, nothing else",
       &Storyteller::PlanFinalDecision},
      {"25 September: two people sign, the customer is told", &Storyteller::SignAndState},
      {"adopt: in force at the gateway", &Storyteller::Adopt},
      {"staff and public are told, each what they may know", &Storyteller::TellOthers},
      {"1 October: a separate decision on compute", &Storyteller::DecideOnCompute},
      {"20 October: an appeal, heard by somebody else, is won", &Storyteller::Appeal},
      {"28 October: what was won is lifted, and nothing else", &Storyteller::LiftWhatWasWon},
      {"2 November: has the use ceased, does the rest go on", &Storyteller::CheckCessation},
      {"one page with all of it", &Storyteller::WritePage},
      {"verify the log", &Storyteller::VerifyLog},
  };
  return kSteps;
}

Result<Json> Storyteller::Tell() {
  bool ok = true;
  Now("2026-05-11T08:00:00Z");
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
  // From here on, others act: at the time that it is.
  clock_.Release();
  const Json summary = Summary(ok);
  if (ok && options_.linger) options_.linger(summary);
  nginx_.reset();
  if (server_ != nullptr) PROVISO_TRY(server_->Stop());
  return summary;
}

void Storyteller::Now(const char* time) { clock_.Set(ParseTime(time).value_or(Time{})); }

Result<Json> Storyteller::Act(const std::string& person, const std::string& use_case, Json args,
                              Json attachments) {
  clock_.Advance(std::chrono::seconds{30});
  return cast_->Act(*server_->instance(), person, use_case, std::move(args),
                    std::move(attachments));
}

Result<Json> Storyteller::Ask(const std::string& use_case, Json args) {
  return cast_->Ask(*server_->instance(), use_case, std::move(args));
}

Result<Json> Storyteller::ByCode(const std::string& use_case, const std::string& code,
                                 const std::string& file) {
  const Bytes bytes =
      PROVISO_TRY(environment_.files->ReadFile(options_.examples / "reports" / file, 1U << 20U));
  service::Request request;
  request.use_case = use_case;
  request.attachments = Json::Of({{"code", code}, {"text", AsText(bytes)}});
  return server_->instance()->Perform(request, {});
}

Status Storyteller::Write(const std::string& name, const std::string& text) const {
  return environment_.files->WriteFile(folder_ / name, AsBytes(text), 0600);
}

std::vector<std::string> Storyteller::NextSteps() const {
  const std::string call = options_.program + " -C " + (folder_ / "data").string() + " ";
  return {call + "case show " + case_id_,
          call + "report list",
          call + "decision statement " + final_,
          call + "notice show public --decision " + final_,
          call + "cessation " + final_,
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
  if (!page_.empty()) summary["page"] = page_.string();
  return summary;
}

void Storyteller::Say(const std::string& text) const { telling_.say(text); }
void Storyteller::Show(const std::string& kind, const Json& shown) const {
  telling_.show(kind, shown);
}

}  // namespace proviso::demo
