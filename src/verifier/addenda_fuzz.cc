// The index of addenda, and addenda: what the verifier takes off an entry goes back on as it was;
// the log's own reader finds the same digests; and nothing but what was sealed opens a digest.
#include <algorithm>

#include "fuzz/fuzzing.h"
#include "ledger/entry.h"
#include "verifier/internal/addenda_index.h"

namespace proviso {
namespace {

void CheckIndex(ByteView entry) {
  verifier::AddendaIndex index;
  const auto fault = verifier::ReadAddendaIndex(entry, index);
  const auto decoded = ledger::DecodeEntry(entry);
  PROVISO_CHECK(!fault || !decoded, "an entry of the log without an index");
  if (fault) return;
  Bytes written(index.content.begin(), index.content.end());
  for (std::size_t i = 0; i < index.count; ++i) {
    PROVISO_CHECK(index.Digest(i).size() == crypto::Hash::kSize, "a digest of another length");
    const std::size_t offset = index.Offset(i);
    for (const unsigned shift : {24U, 16U, 8U, 0U}) {
      written.push_back(static_cast<std::uint8_t>(offset >> shift & 0xFFU));
    }
  }
  written.push_back(static_cast<std::uint8_t>(index.count));
  PROVISO_CHECK(std::ranges::equal(written, entry), "another entry");
  if (!decoded) return;
  PROVISO_CHECK(decoded->parts.size() == index.count, "another number of parts");
  for (std::size_t i = 0; i < index.count; ++i) {
    PROVISO_CHECK(std::ranges::equal(decoded->parts[i].digest.bytes, index.Digest(i)),
                  "another digest");
  }
}

// The input as the value of a sealed part.
void CheckOpening(std::string_view text) {
  const auto value = ParseJson(text);
  if (!value) return;
  ledger::Draft draft;
  draft.time = ParseTime("2026-11-22T09:30:00.125Z").value();
  draft.actor = "operator";
  draft.event = Event{.type = "test.made", .open = Json::MakeObject(), .sealed = {}};
  draft.event.sealed["details"] = *value;
  SeededRandom random(7);
  const auto encoded = ledger::EncodeEntry(draft, random);
  if (!encoded) return;
  CheckIndex(encoded->bytes);
  const ledger::Addendum& addendum = encoded->addenda.at(0);
  const auto opened = ledger::OpenAddendum(addendum.plaintext, addendum.digest);
  PROVISO_CHECK(opened.has_value() && *opened == *value, "another value");
  Bytes changed = addendum.plaintext;
  changed[text.size() % changed.size()] ^= 1U;
  PROVISO_CHECK(!ledger::OpenAddendum(changed, addendum.digest), "changed, and it opens");
}

// Whatever the bytes are, with the digest that they have.
void CheckHostile(ByteView plaintext) {
  const auto opened = ledger::OpenAddendum(plaintext, crypto::Sha256(plaintext));
  const bool has_room = plaintext.size() >= ledger::kAddendumNonceBytes;
  const auto json = has_room ? ParseJson(AsText(plaintext.subspan(ledger::kAddendumNonceBytes)))
                             : Result<Json>(Fail(ErrorCode::kDataLoss, "too short"));
  PROVISO_CHECK(opened.has_value() == json.has_value(), "opens otherwise than it parses");
  if (opened) PROVISO_CHECK(*opened == *json, "another value");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  switch (input.Choose(3)) {
    case 0:
      CheckIndex(AsBytes(input.rest()));
      break;
    case 1:
      CheckOpening(input.rest());
      break;
    default:
      CheckHostile(AsBytes(input.rest()));
  }
  return 0;
}

}  // namespace proviso
