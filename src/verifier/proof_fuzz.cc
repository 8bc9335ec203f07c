// Proofs: what the verifier reads is what the log would write, byte for byte; and the two ways to
// climb from a leaf to a root, which share no code, come to the same.
#include "fuzz/fuzzing.h"
#include "ledger/prove.h"
#include "ledger/tree_proof.h"
#include "verifier/internal/proof_file.h"

namespace proviso {
namespace {

constexpr std::string_view kExtra = "extra ";

void CheckFile(std::string_view text) {
  const auto file = verifier::ReadProofFile(text);
  if (!file) return;
  ledger::Proof proof;
  proof.index = file->index;
  proof.path = file->path;
  proof.checkpoint.note = file->checkpoint;
  if (file->extra) proof.entry = *file->extra;
  if (!proof.CarriesEntry()) return;  // written without it
  std::string written = proof.ToText();
  if (!file->extra) {
    const std::size_t begin = written.find(kExtra);
    written.erase(begin, written.find('\n', begin) + 1 - begin);
  }
  PROVISO_CHECK(written == text, "a second spelling");
}

// Bytes that choose: a size, an index, and how many hashes there are.
void CheckClimbs(fuzz::Input input) {
  std::uint64_t size = 0;
  std::uint64_t index = 0;
  const std::size_t bytes = 1 + input.Choose(8);
  for (std::size_t i = 0; i < bytes; ++i) size = size << 8U | input.Choose(256);
  for (std::size_t i = 0; i < bytes; ++i) index = index << 8U | input.Choose(256);
  size &= static_cast<std::uint64_t>(INT64_MAX);
  if (size == 0) return;
  index %= size;
  std::vector<crypto::Hash> path(input.Choose(verifier::kProofHashesMax + 1));
  for (crypto::Hash& hash : path) hash.bytes[0] = static_cast<std::uint8_t>(input.Choose(256));
  const crypto::Hash leaf = crypto::LeafHash(AsBytes(input.rest()));
  const auto ours = verifier::RootFromPath(leaf, index, size, path);
  const auto theirs = ledger::RootOfPath(leaf, index, size, path);
  PROVISO_CHECK(ours.has_value() == theirs.has_value(),
                ours ? theirs.error().message() : ours.error().message());
  if (ours) PROVISO_CHECK(*ours == *theirs, "another root");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  if (input.Choose(2) == 0) {
    CheckFile(input.rest());
  } else {
    CheckClimbs(input);
  }
  return 0;
}

}  // namespace proviso
