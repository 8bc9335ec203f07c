// Entries: what the verifier takes the log's reader takes too, with the same values; and what the
// log writes both read.
#include "fuzz/fuzzing.h"
#include "ledger/entry.h"
#include "verifier/internal/entry.h"

namespace proviso {
namespace {

void CheckEntry(ByteView bytes) {
  verifier::EntryReader reader;
  verifier::Entry entry;
  const auto fault = reader.Read(bytes, entry);
  const auto decoded = ledger::DecodeEntry(bytes);
  if (fault) return;
  PROVISO_CHECK(decoded.has_value(), decoded.error().message());
  PROVISO_CHECK(decoded->event.actor == ParseJson("\"" + std::string(entry.actor) + "\"").value(),
                entry.actor);
  PROVISO_CHECK(decoded->event.event.open.Canonical() == entry.data, entry.data);
  PROVISO_CHECK(decoded->event.act.Canonical() == entry.act, entry.act);
  PROVISO_CHECK(decoded->event.case_id.empty() == entry.case_id.empty(), entry.case_id);
}

// The input as the open part of an event: what is written is read again, by both.
void CheckWritten(std::string_view text) {
  const auto open = ParseJson(text);
  if (!open || open->AsObject() == nullptr) return;
  ledger::Draft draft;
  draft.time = ParseTime("2026-11-22T09:30:00.125Z").value();
  draft.case_id = "case-1";
  draft.actor = "p-a";
  draft.event = Event{.type = "test.made", .open = *open, .sealed = {{"details", Json("x")}}};
  SeededRandom random(7);
  const auto encoded = ledger::EncodeEntry(draft, random);
  if (!encoded) return;
  const auto decoded = ledger::DecodeEntry(encoded->bytes);
  PROVISO_CHECK(decoded.has_value(), decoded.error().message());
  PROVISO_CHECK(decoded->event.event.open == *open, "another event");
  verifier::EntryReader reader;
  verifier::Entry entry;
  const auto fault = reader.Read(encoded->bytes, entry);
  PROVISO_CHECK(!fault, *fault);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  switch (input.Choose(3)) {
    case 0:
      CheckEntry(AsBytes(input.rest()));
      break;
    case 1: {
      // The JSON alone: a count of no addenda follows.
      Bytes bytes(input.rest().begin(), input.rest().end());
      bytes.push_back(0);
      CheckEntry(bytes);
      break;
    }
    default:
      CheckWritten(input.rest());
  }
  return 0;
}

}  // namespace proviso
