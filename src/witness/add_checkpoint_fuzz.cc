// Requests to a witness: one spelling each, and a checkpoint's head reads as the verifier reads it.
#include "fuzz/fuzzing.h"
#include "ledger/checkpoint.h"
#include "witness/add_checkpoint.h"

namespace proviso {

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const fuzz::Input input(data, size);
  const auto request = witness::ReadAddCheckpoint(input.rest());
  if (request) PROVISO_CHECK(request->ToText() == input.rest(), "a second spelling");

  const std::string_view text = request ? std::string_view(request->note) : input.rest();
  const auto head = witness::ReadCheckpointHead(text);
  static const crypto::PrivateKey key =
      crypto::PrivateKey::FromSeed(std::array<std::uint8_t, 32>{3, 1, 4});
  const std::string origin(text.substr(0, text.find('\n')));
  if (!crypto::IsNoteName(origin) || !text.ends_with('\n')) return 0;
  // The log's own reader takes no lines after the root, and sizes beyond 2^63.
  const auto opened = ledger::OpenCheckpoint(crypto::SignNote(text, origin, key),
                                             {.name = origin, .key = key.Public()});
  if (opened && opened->size <= witness::kTreeSizeMax) {
    PROVISO_CHECK(head && head->origin == opened->origin && head->tree.size == opened->size &&
                      head->tree.root == opened->root,
                  "another checkpoint");
  }
  if (!head) return 0;
  const auto lines = ledger::CheckpointText(head->origin, head->tree.size, head->tree.root);
  PROVISO_CHECK(text.starts_with(lines), "a second spelling of a checkpoint");
  return 0;
}

}  // namespace proviso
