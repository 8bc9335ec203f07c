#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/event.h"
#include "base/random.h"
#include "crypto/hash.h"
#include "ledger/tile_layout.h"

namespace proviso::ledger {

// An entry bundle counts the bytes of an entry in 16 bits.
inline constexpr std::size_t kEntryBytesMax = 65'535;
inline constexpr std::size_t kBundleLengthBytes = 2;
inline constexpr std::uint64_t kBundleBytesMax = kTileWidth * (kBundleLengthBytes + kEntryBytesMax);
// The index of addenda counts them in 8 bits (C2SP tlog-addenda).
inline constexpr std::size_t kAddendaMax = 255;
inline constexpr std::size_t kAddendumNonceBytes = 16;
inline constexpr std::size_t kAddendumBytesMax = std::size_t{32} << 20U;

// An event on its way into the log.
struct Draft {
  Time time;
  std::string case_id;  // empty when the event belongs to no case
  std::string actor;
  Json act;  // an object, or null for automated actors
  Event event;
};

// The confidential part of an event: random bytes and canonical JSON, known outside by digest.
struct Addendum {
  std::string name;
  crypto::Hash digest;
  Bytes plaintext;
};

struct EncodedEntry {
  Bytes bytes;
  std::vector<Addendum> addenda;  // in the order of their names
};

// docs/formats/ledger.md describes the bytes. kResourceExhausted above a limit and kInvalidArgument
// for what canonical JSON cannot hold; both name the type of the event.
Result<EncodedEntry> EncodeEntry(const Draft& draft, Random& random);

struct DecodedEntry {
  struct Part {
    std::string name;
    crypto::Hash digest;
  };
  RecordedEvent event;  // without index and sealed parts
  std::vector<Part> parts;
};
// kDataLoss for bytes that EncodeEntry cannot have written; kUnimplemented for later versions.
Result<DecodedEntry> DecodeEntry(ByteView bytes);

// The value inside an addendum. kDataLoss when it does not have `digest`, or is malformed.
Result<Json> OpenAddendum(ByteView plaintext, const crypto::Hash& digest);

// Appends `entry` to an entry bundle: u16 BE length, then the bytes.
void AppendToBundle(Bytes& bundle, ByteView entry);
// Takes the first entry off `bundle`; absent, and nothing is taken, when it is not whole.
std::optional<ByteView> TakeFromBundle(ByteView& bundle);

}  // namespace proviso::ledger
