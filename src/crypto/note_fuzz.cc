// Signed notes and the public keys of their signers: one spelling each, and no signature by chance.
#include "crypto/note.h"
#include "fuzz/fuzzing.h"

namespace proviso {

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  const std::string_view vkey = input.Until("\n");
  const auto verifier = crypto::NoteVerifier::FromText(vkey);
  if (verifier) PROVISO_CHECK(verifier->ToText() == vkey, "a second spelling");

  static const crypto::PrivateKey key =
      crypto::PrivateKey::FromSeed(std::array<std::uint8_t, 32>{4, 5, 6});
  const crypto::NoteVerifier ours{"example.org/log", key.Public()};
  PROVISO_CHECK(!crypto::OpenNote(input.rest(), {ours}), "a signature that nobody made");
  const std::string text = std::string(input.rest()) + "\n";
  const std::string note = crypto::SignNote(text, ours.name, key);
  const auto opened = crypto::OpenNote(note, {ours});
  if (!opened) return 0;
  PROVISO_CHECK(opened->text == text && opened->verified.size() == 1, "another text");
  // One letter of the text changed: it does not hold any more.
  std::string changed = note;
  changed[input.rest().size() / 2] ^= 1;
  PROVISO_CHECK(!crypto::OpenNote(changed, {ours}), "a changed text holds");
  return 0;
}

}  // namespace proviso
