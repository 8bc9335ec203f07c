#include "verifier/proof.h"

#include <utility>

#include "crypto/note.h"
#include "verifier/internal/checkpoint.h"
#include "verifier/internal/entry.h"
#include "verifier/internal/proof_file.h"

namespace proviso::verifier {
namespace {

// Fills `report` as far as the proof goes; the first thing that does not hold ends it.
Status Check(const ProofFile& file, ByteView entry_bytes, const crypto::NoteVerifier& log,
             ProofReport& report) {
  const Checkpoint checkpoint =
      PROVISO_TRY_DOING(ReadCheckpoint(file.checkpoint, log), "checkpoint");
  report.size = checkpoint.size;
  report.root_base64 = Base64Encode(checkpoint.root.bytes);
  if (file.index >= checkpoint.size) {
    return Fail(ErrorCode::kDataLoss, "expected an index below the checkpoint's size " +
                                          std::to_string(checkpoint.size) + ", found " +
                                          std::to_string(file.index));
  }
  const crypto::Hash root = PROVISO_TRY(
      RootFromPath(crypto::LeafHash(entry_bytes), file.index, checkpoint.size, file.path));
  if (root != checkpoint.root) {
    return Fail(ErrorCode::kDataLoss, "expected entry and hashes to lead to the signed root `" +
                                          report.root_base64 + "`, found `" +
                                          Base64Encode(root.bytes) +
                                          "`: the entry, its index or a hash is not the log's");
  }
  EntryReader reader;
  Entry entry;
  if (const auto fault = reader.Read(entry_bytes, entry)) {
    return Fail(ErrorCode::kDataLoss, "the entry is in the log, but malformed: " + *fault);
  }
  report.entry = PROVISO_TRY(ParseJson(entry.envelope));
  return {};
}

Status CheckPolicy(const ProofFile& file, const ProofOptions& options, ProofReport& report) {
  if (!options.policy) return {};
  report.policy = PROVISO_TRY_DOING(options.policy->Check(file.checkpoint), "checkpoint");
  if (report.policy->met) return {};
  return Fail(ErrorCode::kDataLoss,
              "the checkpoint does not meet the policy: " + report.policy->missing);
}

}  // namespace

Json ProofReport::ToJson() const {
  Json json = Json::Of({{"entry", entry},
                        {"index", index},
                        {"ok", ok},
                        {"origin", origin},
                        {"problem", problem},
                        {"root", root_base64},
                        {"size", size}});
  if (policy) json["policy"] = policy->ToJson();
  return json;
}

Result<ProofReport> CheckProof(std::string_view proof, const ProofOptions& options) {
  const auto log = PROVISO_TRY(crypto::NoteVerifier::FromText(options.vkey));
  if (options.policy) PROVISO_TRY(CheckAccepted(*options.policy, log));
  ProofReport report;
  report.origin = log.name;
  const auto file = ReadProofFile(proof);
  if (!file) {
    report.problem = file.error().message();
    return report;
  }
  report.index = file->index;
  if (!options.entry && !file->extra) {
    return Fail(ErrorCode::kInvalidArgument, "the proof does not carry entry " +
                                                 std::to_string(file->index) +
                                                 "; give the file with its bytes, --entry");
  }
  Status checked = Check(*file, options.entry ? *options.entry : *file->extra, log, report);
  if (checked) checked = CheckPolicy(*file, options, report);
  if (!checked) {
    report.problem = checked.error().message();
    report.entry = Json();
  }
  report.ok = checked.has_value();
  return report;
}

}  // namespace proviso::verifier
