// Checkpoints: the log's own reader and the verifier, which share no code, say the same of each.
#include "fuzz/fuzzing.h"
#include "ledger/checkpoint.h"
#include "verifier/internal/checkpoint.h"

namespace proviso {
namespace {

constexpr std::string_view kOrigin = "log.example.com/test";

const crypto::PrivateKey& Key() {
  static const crypto::PrivateKey key =
      crypto::PrivateKey::FromSeed(std::array<std::uint8_t, 32>{1, 2, 3});
  return key;
}

void CheckNote(std::string_view note) {
  const crypto::NoteVerifier log{std::string(kOrigin), Key().Public()};
  const auto opened = ledger::OpenCheckpoint(note, log);
  const auto verified = verifier::ReadCheckpoint(note, log);
  // The verifier also refuses sizes beyond 2^63, where other readers give up.
  const bool huge = opened && opened->size > static_cast<std::uint64_t>(INT64_MAX);
  PROVISO_CHECK(huge || opened.has_value() == verified.has_value(),
                opened ? verified.error().message() : opened.error().message());
  if (!opened || huge) return;
  PROVISO_CHECK(opened->size == verified->size && opened->root == verified->root, "other values");
  const auto text = ledger::CheckpointText(opened->origin, opened->size, opened->root);
  PROVISO_CHECK(note.starts_with(text + "\n"), "a second spelling");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  // Nobody guesses a signature: half of the runs sign what the fuzzer made up.
  if (input.Choose(2) == 0) {
    CheckNote(input.rest());
  } else {
    CheckNote(crypto::SignNote(std::string(input.rest()) + "\n", kOrigin, Key()));
  }
  return 0;
}

}  // namespace proviso
