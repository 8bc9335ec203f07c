#include "verifier/addendum.h"

#include <algorithm>

#include "verifier/internal/proof_file.h"

namespace proviso::verifier {
namespace {

constexpr std::size_t kDigestBytes = 32;
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
  std::vector<crypto::Hash> digests;
  const std::size_t count = entry.empty() ? 0 : entry[entry.size() - 1];
  if (entry.size() < 1 + 4 * count) return Bad("expected an index of addenda at the entry's end");
  const ByteView content = entry.first(entry.size() - 1 - 4 * count);
  for (ByteView rest = entry.subspan(content.size()); rest.size() > 1; rest = rest.subspan(4)) {
    const std::uint64_t offset = std::uint64_t{rest[0]} << 24U | std::uint64_t{rest[1]} << 16U |
                                 std::uint64_t{rest[2]} << 8U | std::uint64_t{rest[3]};
    if (offset + kDigestBytes > content.size()) {
      return Bad("expected the digests of addenda within the entry, found one at " +
                 std::to_string(offset));
    }
    digests.push_back(PROVISO_TRY(
        crypto::Hash::FromBytes(content.subspan(static_cast<std::size_t>(offset), kDigestBytes))));
  }
  if (entry.empty()) return Bad("expected an index of addenda, found no byte");
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
