#include "verifier/test_log.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>

#include "base/check.h"
#include "crypto/hash.h"
#include "crypto/note.h"

namespace proviso::verifier {
namespace {

constexpr std::string_view kTime = "2026-11-22T09:30:00.000Z";

crypto::PrivateKey LogKey() {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(0x42);
  return crypto::PrivateKey::FromSeed(seed);
}

// RFC 6962, section 2.1, by its definition.
crypto::Hash Root(const std::vector<crypto::Hash>& leaves, std::size_t begin, std::size_t end) {
  if (begin == end) return crypto::Sha256("");
  if (end - begin == 1) return leaves[begin];
  std::size_t half = 1;
  while (half * 2 < end - begin) half *= 2;
  return crypto::NodeHash(Root(leaves, begin, begin + half), Root(leaves, begin + half, end));
}

// tlog-tiles: groups of three digits, all but the last with an x before them.
std::string TilePath(std::size_t number, std::size_t width) {
  std::string digits = std::to_string(number);
  while (digits.size() % 3 != 0) digits.insert(0, 1, '0');
  std::string path;
  for (std::size_t at = 0; at < digits.size(); at += 3) {
    if (!path.empty()) path += '/';
    if (at + 3 < digits.size()) path += 'x';
    path += digits.substr(at, 3);
  }
  return width == 256 ? path : path + ".p/" + std::to_string(width);
}

void Append(Bytes& bytes, ByteView more) { bytes.insert(bytes.end(), more.begin(), more.end()); }

std::vector<crypto::Hash> Leaves(const std::vector<Bytes>& entries, std::uint64_t size) {
  std::vector<crypto::Hash> leaves;
  for (std::uint64_t i = 0; i < size; ++i) leaves.push_back(crypto::LeafHash(entries[i]));
  return leaves;
}

}  // namespace

TestLog::TestLog() : key_(LogKey()) {}

std::string TestLog::vkey() const { return crypto::NoteVerifier{origin(), key_.Public()}.ToText(); }

void TestLog::AddEnvelope(const Json& envelope, std::size_t addenda) {
  const std::string json = envelope.Canonical();
  Bytes bytes(json.begin(), json.end());
  for (std::size_t i = 0; i < addenda; ++i) {
    Append(bytes, crypto::Sha256(std::to_string(random_.Next())).bytes);
  }
  for (std::size_t i = 0; i < addenda; ++i) {
    const std::size_t offset = json.size() + 32 * i;
    Append(bytes, std::array<std::uint8_t, 4>{0, 0, static_cast<std::uint8_t>(offset >> 8U),
                                              static_cast<std::uint8_t>(offset & 0xFFU)});
  }
  bytes.push_back(static_cast<std::uint8_t>(addenda));
  entries_.push_back(std::move(bytes));
}

void TestLog::Add(std::string_view type, std::string_view actor, Json act, Json data,
                  std::vector<std::string> addenda) {
  Json names = Json::MakeArray();
  for (const std::string& name : addenda) names.Append(name);
  Json envelope = Json::Of({{"act", std::move(act)},
                            {"actor", actor},
                            {"addenda", std::move(names)},
                            {"data", std::move(data)},
                            {"time", kTime},
                            {"type", type},
                            {"v", 1}});
  if (!case_.empty()) envelope["case"] = case_;
  AddEnvelope(envelope, addenda.size());
}

void TestLog::AddFillers(std::uint64_t count) {
  for (std::uint64_t i = 0; i < count; ++i) {
    std::vector<std::string> addenda;
    if (i % 3 == 1) addenda = {"details"};
    if (i % 3 == 2) addenda = {"details", "reason"};
    Add("test.filled", "operator", nullptr, Json::Of({{"number", i}}), addenda);
  }
}

Json TestLog::Act(const TestPerson& person, std::string_view name, Json args, bool open) {
  std::array<std::uint8_t, 16> nonce_bytes{};
  random_.Fill(nonce_bytes);
  const std::string nonce = HexEncode(nonce_bytes);
  const std::string body =
      crypto::Sha256(Json::Of({{"args", args}, {"nonce", nonce}}).Canonical()).Hex();
  const std::string key = person.key.Public().ToText();
  const std::string message = Json::Of({{"act", name},
                                        {"at", kTime},
                                        {"body", body},
                                        {"key", key},
                                        {"log", origin()},
                                        {"proviso", "act/v1"}})
                                  .Canonical();
  Json act = Json::Of({{"algorithm", "ed25519"},
                       {"at", kTime},
                       {"body", body},
                       {"key", key},
                       {"name", name},
                       {"signature", Base64Encode(person.key.Sign(AsBytes(message)).bytes)}});
  if (open) {
    act["args"] = std::move(args);
    act["nonce"] = nonce;
  }
  return act;
}

Json TestLog::Act(const TestPerson& person, std::string_view name, Json args) {
  const bool open = name.starts_with("roster ") || name.starts_with("erasure ") ||
                    name == "decision sign" || name == "decision adopt" ||
                    name == "decision lift emergency";
  return Act(person, name, std::move(args), open);
}

void TestLog::AddBy(const TestPerson& person, std::string_view act_name, Json args,
                    std::string_view type, Json data) {
  Add(type, person.pseudonym, Act(person, act_name, std::move(args)), std::move(data));
}

std::string TestLog::Checkpoint(std::uint64_t size) const {
  const auto leaves = Leaves(entries_, size);
  const std::string text = origin() + "\n" + std::to_string(size) + "\n" +
                           Base64Encode(Root(leaves, 0, leaves.size()).bytes) + "\n";
  return crypto::SignNote(text, origin(), key_);
}

void TestLog::WriteTiles(const std::filesystem::path& folder, std::uint64_t size) const {
  std::vector<crypto::Hash> hashes = Leaves(entries_, size);
  for (std::size_t begin = 0; begin < size; begin += 256) {
    const std::size_t width = std::min<std::size_t>(256, size - begin);
    Bytes bundle;
    for (std::size_t i = begin; i < begin + width; ++i) {
      bundle.push_back(static_cast<std::uint8_t>(entries_[i].size() >> 8U));
      bundle.push_back(static_cast<std::uint8_t>(entries_[i].size() & 0xFFU));
      Append(bundle, entries_[i]);
    }
    WriteBytes(folder / "tile/entries" / TilePath(begin / 256, width), bundle);
  }
  for (int level = 0; !hashes.empty(); ++level) {
    std::vector<crypto::Hash> above;
    for (std::size_t begin = 0; begin < hashes.size(); begin += 256) {
      const std::size_t width = std::min<std::size_t>(256, hashes.size() - begin);
      Bytes tile;
      for (std::size_t i = begin; i < begin + width; ++i) Append(tile, hashes[i].bytes);
      WriteBytes(folder / "tile" / std::to_string(level) / TilePath(begin / 256, width), tile);
      if (width == 256) above.push_back(Root(hashes, begin, begin + width));
    }
    hashes = std::move(above);
  }
}

void TestLog::WriteTo(const std::filesystem::path& folder, std::uint64_t size) const {
  WriteTiles(folder, size);
  WriteBytes(folder / "addenda.v1", {});
  WriteBytes(folder / "checkpoint", AsBytes(Checkpoint(size)));
}

void WriteBytes(const std::filesystem::path& path, ByteView bytes) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file.write(AsText(bytes).data(), static_cast<std::streamsize>(bytes.size()));
  PROVISO_CHECK(file.good(), path.string());
}

Bytes ReadBytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  PROVISO_CHECK(file.good(), path.string());
  return Bytes(std::istreambuf_iterator<char>(file), {});
}

Json RosterJson(int version, int quorum, const Json& previous,
                const std::vector<const TestPerson*>& people) {
  Json list = Json::MakeArray();
  for (const TestPerson* person : people) {
    Json roles = Json::MakeArray();
    for (const std::string& role : person->roles) roles.Append(role);
    list.Append(Json::Of({{"key", person->key.Public().ToText()},
                          {"pseudonym", person->pseudonym},
                          {"roles", std::move(roles)}}));
  }
  return Json::Of({{"people", std::move(list)},
                   {"previous", previous},
                   {"quorum", quorum},
                   {"version", version}});
}

std::string RosterHash(const Json& roster) { return crypto::Sha256(roster.Canonical()).Hex(); }

}  // namespace proviso::verifier
