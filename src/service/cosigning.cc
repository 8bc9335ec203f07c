// Witnesses of the log: who they are, and asking them.
#include <algorithm>

#include "service/internal/core.h"

namespace proviso::service {

Result<Json> CosignCheckpoint(const Context& context) {
  Json answer = PROVISO_TRY(context.core.cosigner->Round(false));
  // Who asks sees all; what serve tells of changes must not say it once more.
  static_cast<void>(context.core.cosigner->TakeNews());
  return answer;
}

Result<Json> SetPolicy(const Context& context) {
  Instance::Core& core = context.core;
  const std::filesystem::path path = PROVISO_TRY(context.request.args.StringAt("path"));
  if (!path.is_absolute()) {
    return Fail(ErrorCode::kInvalidArgument, "expected an absolute path of the policy file");
  }
  const Bytes text = PROVISO_TRY(core.environment.files->ReadFile(path, verifier::kPolicyBytesMax));
  const auto policy = PROVISO_TRY_DOING(verifier::Policy::Read(AsText(text)), path.string());
  PROVISO_TRY_DOING(verifier::CheckAccepted(policy, core.ledger->verifier()), path.string());
  PROVISO_TRY_DOING(verifier::CheckAddresses(policy), path.string());
  const auto asked = std::ranges::count_if(
      policy.witnesses(), [](const auto& witness) { return witness.key && !witness.url.empty(); });
  DataConfig config = core.config;
  config.policy = path;
  PROVISO_TRY(config.Write(*core.environment.files, core.directory));
  core.config = config;
  core.cosigner->SetPolicy(path);
  return Json::Of(
      {{"path", path.string()}, {"asked", asked}, {"witnesses", policy.witnesses().size()}});
}

}  // namespace proviso::service
