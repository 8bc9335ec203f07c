// Tiles and bundles: what the log's own code writes the verifier takes, and it takes nothing else:
// neither other bytes in the place of a file, nor one changed byte anywhere.
#include <map>

#include "fuzz/fuzzing.h"
#include "ledger/checkpoint.h"
#include "ledger/entry.h"
#include "ledger/merkle.h"
#include "ledger/tile_layout.h"
#include "verifier/log_source.h"
#include "verifier/verify.h"

namespace proviso {
namespace {

constexpr std::string_view kOrigin = "log.example.com/test";

const crypto::PrivateKey& Key() {
  static const crypto::PrivateKey key =
      crypto::PrivateKey::FromSeed(std::array<std::uint8_t, 32>{1, 2, 3});
  return key;
}

// A log in memory, by path.
class MemoryLog final : public verifier::LogSource {
 public:
  Result<Bytes> Read(const std::string& path, std::uint64_t bytes_max) override {
    const auto found = files.find(path);
    if (found == files.end()) return Fail(ErrorCode::kNotFound, path);
    if (found->second.size() > bytes_max) return Fail(ErrorCode::kResourceExhausted, path);
    return found->second;
  }
  bool CanList() const override { return false; }
  Result<std::vector<std::string>> List(const std::string&) override {
    return Fail(ErrorCode::kUnimplemented, "no lists");
  }
  void Expect(const std::string&, std::uint64_t) override {}

  std::map<std::string, Bytes> files;
};

// The files of a log of these entries, by the writer's own parts.
std::map<std::string, Bytes> Written(const std::vector<Bytes>& entries) {
  std::map<std::string, Bytes> files;
  ledger::TileTree tree;
  std::vector<ledger::TileTree::FullTile> full;
  std::vector<Bytes> bundles;
  for (const Bytes& entry : entries) {
    if (tree.size() % ledger::kTileWidth == 0) bundles.emplace_back();
    ledger::AppendToBundle(bundles.back(), entry);
    tree.Append(crypto::LeafHash(entry), full);
  }
  for (const auto& tile : full) {
    files[ledger::TilePath(tile.id)] = ledger::TileBytes(tile.hashes);
  }
  for (const ledger::TileId& tile : ledger::NewTiles(0, tree.size())) {
    if (!tile.IsFull()) files[ledger::TilePath(tile)] = ledger::TileBytes(tree.Edge(tile.level));
  }
  for (std::size_t i = 0; i < bundles.size(); ++i) {
    const std::uint64_t width = std::min(ledger::kTileWidth, tree.size() - i * ledger::kTileWidth);
    files[ledger::BundlePath(i, width)] = bundles[i];
  }
  const std::string note =
      ledger::SignCheckpoint(std::string(kOrigin), tree.size(), tree.Root(), Key()).note;
  files["checkpoint"] = Bytes(note.begin(), note.end());
  files["addenda.v1"] = {};
  return files;
}

const Bytes& AnEvent() {
  static const Bytes bytes = [] {
    ledger::Draft draft;
    draft.time = ParseTime("2026-11-22T09:30:00.125Z").value();
    draft.actor = "operator";
    draft.event = Event{.type = "test.made", .open = Json::MakeObject(), .sealed = {}};
    SeededRandom random(7);
    return ledger::EncodeEntry(draft, random).value().bytes;
  }();
  return bytes;
}

// Whether files, hashes, tree and root hold; what the entries say is not asked here.
bool Holds(MemoryLog& log) {
  static const std::string vkey =
      crypto::NoteVerifier{std::string(kOrigin), Key().Public()}.ToText();
  const auto report = verifier::VerifyLog(log, {.vkey = vkey});
  PROVISO_CHECK(report.has_value(), report.error().message());
  // The entries of the input are no events, each of which is a problem; nothing else may be one.
  std::uint64_t of_entries = 0;
  for (const std::string& problem : report->problems) {
    of_entries += problem.starts_with("entry ") ? 1U : 0U;
  }
  return of_entries == report->problems.size() && !report->root_base64.empty();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  fuzz::Input input(data, size);
  // How many entries before those of the input: to both sides of a tile's width.
  constexpr std::array<std::size_t, 6> kBefore = {0, 1, 50, 254, 255, 256};
  const std::size_t mode = input.Choose(3);
  std::vector<Bytes> entries(kBefore[input.Choose(kBefore.size())], AnEvent());
  const std::size_t place = input.Choose(256) << 8U | input.Choose(256);
  const std::string_view all = input.rest();
  for (int i = 0; i < 4; ++i) {
    const std::string_view entry = input.Until("\n").substr(0, 65'535);
    entries.emplace_back(entry.begin(), entry.end());
  }
  MemoryLog log;
  log.files = Written(entries);
  PROVISO_CHECK(Holds(log), "refused, as it was written");
  auto file = log.files.begin();
  std::advance(file, place % (log.files.size() - 1));
  if (file->first == "addenda.v1") ++file;
  Bytes changed = file->second;
  if (mode == 0) changed[place % changed.size()] ^= 1U;
  if (mode == 1) changed.assign(all.begin(), all.end());
  if (mode == 2) changed.resize(place % (changed.size() + 2));
  const bool same = changed == file->second;
  const std::string name = file->first;
  file->second = std::move(changed);
  PROVISO_CHECK(Holds(log) == same, name);
  return 0;
}

}  // namespace proviso
