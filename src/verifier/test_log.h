#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/json.h"
#include "base/random.h"
#include "crypto/ed25519.h"

namespace proviso::verifier {

// A person of a test log's roster.
struct TestPerson {
  std::string pseudonym;
  crypto::PrivateKey key;
  std::vector<std::string> roles;
};

// Writes small logs for tests, in the plainest way: the tree by its recursive definition, every
// file at once. It shares nothing with the verifier, nor with the program's own writer.
class TestLog {
 public:
  TestLog();

  std::string origin() const { return "log.example.com/test"; }
  std::string vkey() const;
  std::uint64_t size() const { return entries_.size(); }

  // Entries. `envelope` is the whole JSON; `addenda` how many digests follow it.
  void AddRaw(Bytes entry) { entries_.push_back(std::move(entry)); }
  void AddEnvelope(const Json& envelope, std::size_t addenda);
  void Add(std::string_view type, std::string_view actor, Json act, Json data,
           std::vector<std::string> addenda = {});
  void InCase(std::string case_id) { case_ = std::move(case_id); }  // what is added from now on
  void AddFillers(std::uint64_t count);  // entries of a type that nobody knows
  Bytes& entry(std::size_t index) { return entries_.at(index); }

  // A signed act, as the log shows it; `open` says whether its arguments are in clear.
  Json Act(const TestPerson& person, std::string_view name, Json args, bool open);
  Json Act(const TestPerson& person, std::string_view name, Json args);  // open when it must be
  // The entry of `type` with an act of these arguments by `person`.
  void AddBy(const TestPerson& person, std::string_view act_name, Json args, std::string_view type,
             Json data);

  // The log's folder with all files as of `size` entries, and the bytes of its checkpoint.
  void WriteTo(const std::filesystem::path& folder, std::uint64_t size) const;
  void WriteTo(const std::filesystem::path& folder) const { WriteTo(folder, entries_.size()); }
  // Only the tiles and bundles, as if a checkpoint of `size` had been there before.
  void WriteTiles(const std::filesystem::path& folder, std::uint64_t size) const;
  std::string Checkpoint(std::uint64_t size) const;

 private:
  crypto::PrivateKey key_;
  SeededRandom random_{77};
  std::string case_;
  std::vector<Bytes> entries_;
};

// Overwrites, or makes, one file.
void WriteBytes(const std::filesystem::path& path, ByteView bytes);
Bytes ReadBytes(const std::filesystem::path& path);

// The open form of a roster of these people, and its hash.
Json RosterJson(int version, int quorum, const Json& previous,
                const std::vector<const TestPerson*>& people);
std::string RosterHash(const Json& roster);

}  // namespace proviso::verifier
