// Cosignatures and the keys of their signers: one spelling each, none by chance, and a line that
// was made is found again, among whatever else stands there.
#include "crypto/cosignature.h"
#include "fuzz/fuzzing.h"

namespace proviso {

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::string_view vkey = input.Until("\n");
  const auto read = crypto::Cosigner::FromText(vkey);
  if (read) PROVISO_CHECK(read->ToText() == vkey, "a second spelling");

  static const crypto::PrivateKey key =
      crypto::PrivateKey::FromSeed(std::array<std::uint8_t, 32>{7, 8, 9});
  const crypto::Cosigner ours{"example.org/w", key.Public()};
  const auto by_chance = crypto::FindCosignatures(input.rest(), {ours});
  PROVISO_CHECK(!by_chance || by_chance->empty(), "a cosignature that nobody made");

  // Taking a note apart and writing it again yields the same bytes.
  const auto split = crypto::TakeNoteApart(input.rest());
  if (!split) return 0;
  std::string again = std::string(split->text) + "\n";
  for (const crypto::NoteSignature& line : split->signatures) again += line.ToLine();
  PROVISO_CHECK(again == input.rest(), "a second spelling of a note");
  const crypto::NoteSignature line = crypto::Cosign(split->text, ours.name, key, size);
  const auto found = crypto::FindCosignatures(again + line.ToLine(), {ours});
  if (!found) return 0;  // too many lines, or too long
  PROVISO_CHECK(found->size() == 1 && found->front().time == size, "a cosignature is lost");
  return 0;
}

}  // namespace proviso
