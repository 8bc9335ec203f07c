#include <algorithm>
#include <array>

#include "service/internal/backup.h"
#include "service/internal/core.h"
#include "service/internal/erasures.h"
#include "service/internal/kept_files.h"
#include "service/internal/log_opening.h"

namespace proviso::service {
namespace {

using Needs = UseCaseRow::NeedsAct;

constexpr std::array kUseCases = {
    UseCaseRow{"import catalogue", &ImportCatalogue, Needs::kWithRoster},
    UseCaseRow{"import customers", &ImportCustomers, Needs::kWithRoster},
    UseCaseRow{"import terms", &ImportTerms, Needs::kWithRoster},
    UseCaseRow{"subscription find", &FindSubscription},
    UseCaseRow{"import usage", &ImportUsage, Needs::kNever, true},
    UseCaseRow{"usage list", &ListUsage},
    UseCaseRow{"usage unmapped", &ListUnmappedUsage},
    UseCaseRow{"usage rollup", &RollUpUsage},
    UseCaseRow{"roster show", &ShowRoster},
    UseCaseRow{"roster prepare", &PrepareRoster},
    UseCaseRow{"roster propose", &ProposeRoster, Needs::kAlways},
    UseCaseRow{"roster sign", &SignRoster, Needs::kAlways},
    UseCaseRow{"case open", &OpenCase, Needs::kAlways},
    UseCaseRow{"case list", &ListCases},
    UseCaseRow{"case show", &ShowCase},
    UseCaseRow{"case close", &CloseCase, Needs::kAlways},
    UseCaseRow{"case run", &RunCase, Needs::kAlways},
    UseCaseRow{"claim add", &AddClaim, Needs::kAlways},
    UseCaseRow{"claim list", &ListClaims},
    UseCaseRow{"claim edit", &EditClaim, Needs::kAlways},
    UseCaseRow{"claim drop", &DropClaim, Needs::kAlways},
    UseCaseRow{"claim drafts", &DraftClaims},
    UseCaseRow{"case reopen", &ReopenCase, Needs::kAlways},
    UseCaseRow{"case link", &LinkCase, Needs::kAlways},
    UseCaseRow{"conflict declare", &DeclareConflict, Needs::kAlways},
    UseCaseRow{"step agree", &AgreeStep, Needs::kAlways},
    UseCaseRow{"step record", &RecordStep, Needs::kAlways},
    UseCaseRow{"update schedule", &ScheduleUpdate, Needs::kAlways},
    UseCaseRow{"report add", &AddReport, Needs::kAlways},
    UseCaseRow{"report list", &ListReports},
    UseCaseRow{"report join", &JoinReport, Needs::kAlways},
    UseCaseRow{"report show", &ShowReport, Needs::kAlways},
    UseCaseRow{"hearing notice", &ShowIntent},
    UseCaseRow{"hearing open", &OpenHearing, Needs::kAlways},
    UseCaseRow{"hearing answer", &AnswerHearing},  // by code, or taken down by a person
    UseCaseRow{"hearing acknowledgement", &ShowAcknowledgement},
    UseCaseRow{"hearing show", &ShowHearing, Needs::kAlways},
    UseCaseRow{"hearing acknowledge", &AcknowledgeAnswer, Needs::kAlways},
    UseCaseRow{"code renew", &RenewCode, Needs::kAlways},
    UseCaseRow{"notice show", &ShowNotice},
    UseCaseRow{"notice issue", &IssueNotice, Needs::kAlways},
    UseCaseRow{"appeal file", &FileAppeal},  // by code
    UseCaseRow{"appeal show", &ShowAppeal, Needs::kAlways},
    UseCaseRow{"appeal decide", &DecideAppeal, Needs::kAlways},
    UseCaseRow{"records register", &RegisterSource, Needs::kAlways},
    UseCaseRow{"records list", &ListSources},
    UseCaseRow{"records import", &ImportRecords, Needs::kAlways},
    UseCaseRow{"records read", &ReadRecords, Needs::kAlways},
    UseCaseRow{"cessation", &CheckCessation},  // with a key, it becomes part of the case
    UseCaseRow{"finding record", &RecordFinding, Needs::kAlways},
    UseCaseRow{"attribution record", &RecordAttribution, Needs::kAlways},
    UseCaseRow{"decision propose", &ProposeDecision, Needs::kAlways},
    UseCaseRow{"decision plan", &PlanDecision, Needs::kAlways},
    UseCaseRow{"decision withdraw", &WithdrawDecision, Needs::kAlways},
    UseCaseRow{"decision sign", &SignDecision, Needs::kAlways},
    UseCaseRow{"decision statement", &ShowStatement},
    UseCaseRow{"statement issue", &IssueStatement, Needs::kAlways},
    UseCaseRow{"decision adopt", &AdoptDecision, Needs::kAlways},
    UseCaseRow{"decision lift", &LiftDecision, Needs::kAlways},
    UseCaseRow{"decision lift emergency", &LiftInEmergency, Needs::kAlways},
    UseCaseRow{"decision review", &ReviewEmergencyLift, Needs::kAlways},
    UseCaseRow{"decision show", &ShowDecision},
    UseCaseRow{"log origin", &ShowOrigin},
    UseCaseRow{"log checkpoint", &ShowCheckpoint},
    UseCaseRow{"log show", &ShowLog},
    UseCaseRow{"log verify", &VerifyLog},
    UseCaseRow{"log prove", &ProveEntry},
    UseCaseRow{"log open", &OpenLogEntry},
    UseCaseRow{"erasure propose", &ProposeErasure, Needs::kAlways},
    UseCaseRow{"erasure approve", &ApproveErasure, Needs::kAlways},
    UseCaseRow{"erasure withdraw", &WithdrawErasure, Needs::kAlways},
    UseCaseRow{"erasure forget", &ForgetKeys, Needs::kAlways},
    UseCaseRow{"part disclose", &DisclosePart, Needs::kAlways},
    UseCaseRow{"erasure list", &ListErasures},
    UseCaseRow{"backup", &BackUp, Needs::kNever, true},
    UseCaseRow{"files check", &CheckFiles, Needs::kNever, true},
    UseCaseRow{"log rebuild", &RebuildProjections},
    UseCaseRow{.name = "log cosign", .perform = &CosignCheckpoint, .takes_locks_itself = true},
    UseCaseRow{"log set-policy", &SetPolicy},
    UseCaseRow{"export", &Export, Needs::kNever, true},
};

}  // namespace

const UseCaseRow* FindUseCase(std::string_view name) {
  const auto* const found = std::find_if(kUseCases.begin(), kUseCases.end(),
                                         [&](const UseCaseRow& row) { return row.name == name; });
  return found == kUseCases.end() ? nullptr : found;
}

}  // namespace proviso::service
