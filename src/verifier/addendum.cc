#include "verifier/addendum.h"

#include <algorithm>

#include "verifier/internal/addenda_index.h"
#include "verifier/internal/proof_file.h"

namespace proviso::verifier {
namespace {

constexpr std::size_t kRandomBytes = 16;

tl::unexpected<Error> Bad(std::string what) { return Fail(ErrorCode::kDataLoss, std::move(what)); }

// Which of the digests `addendum` has, by the name that the entry gives it.
Status Compare(ByteView addendum, ByteView entry, AddendumReport& report) {
  const std::vector<crypto::Hash> digests = PROVISO_TRY(AddendaOf(entry));
  const crypto::Hash digest = crypto::Sha256(addendum);
  const auto found = std::find(digests.begin(), digests.end(), digest);
  if (found == digests.end()) {
    return Bad("expected one of the " + std::to_string(digests.size()) +
               " digests that the entry commits to, found `" + digest.Hex() + "`");
  }
  const std::vector<std::string> names = PROVISO_TRY(report.proof.entry.StringsAt("addenda"));
  const auto at = static_cast<std::size_t>(found - digests.begin());
  if (at >= names.size()) return Bad("the entry has no name for the addendum");
  report.part = names[at];
  if (addendum.size() < kRandomBytes) return Bad("expected 16 random bytes, then JSON");
  report.value = PROVISO_TRY(ParseJson(AsText(addendum.subspan(kRandomBytes))));
  return {};
}

}  // namespace

Result<std::vector<crypto::Hash>> AddendaOf(ByteView entry) {
  AddendaIndex index;
  if (auto fault = ReadAddendaIndex(entry, index)) return Bad(*std::move(fault));
  std::vector<crypto::Hash> digests;
  for (std::size_t i = 0; i < index.count; ++i) {
    digests.push_back(PROVISO_TRY(crypto::Hash::FromBytes(index.Digest(i))));
  }
  return digests;
}

Json AddendumReport::ToJson() const {
  return Json::Of({{"digest", digest},
                   {"ok", ok},
                   {"part", part},
                   {"problem", problem},
                   {"proof", proof.ToJson()},
                   {"value", value}});
}

Result<AddendumReport> CheckAddendum(ByteView addendum, std::string_view proof,
                                     const ProofOptions& options) {
  AddendumReport report;
  report.digest = crypto::Sha256(addendum).Hex();
  report.proof = PROVISO_TRY(CheckProof(proof, options));
  if (!report.proof.ok) {
    report.problem = "the proof of the entry does not hold: " + report.proof.problem;
    return report;
  }
  const ProofFile file = PROVISO_TRY(ReadProofFile(proof));
  const Status same = Compare(addendum, options.entry ? *options.entry : *file.extra, report);
  if (!same) report.problem = same.error().message();
  report.ok = same.has_value();
  return report;
}

}  // namespace proviso::verifier
