#pragma once

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "io/files/temporary_folder.h"
#include "ledger/checkpoint.h"
#include "ledger/merkle.h"
#include "ledger/tree_proof.h"
#include "witness/add_checkpoint.h"
#include "witness/witness.h"

namespace proviso::witness {

inline constexpr const char* kOrigin = "log.example.org/one";
inline constexpr const char* kWitnessName = "witness.example.org/w1";

inline crypto::PrivateKey KeyOf(int fill) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(static_cast<std::uint8_t>(fill));
  return crypto::PrivateKey::FromSeed(seed);
}

// A log of made-up entries, as far as a witness sees one. `story` tells logs of one name apart.
class TestTree {
 public:
  explicit TestTree(std::string origin = kOrigin, int key = 7, const std::string& story = "")
      : origin_(std::move(origin)), key_(KeyOf(key)) {
    for (int i = 0; i < 40; ++i) {
      leaves_.push_back(crypto::LeafHash(AsBytes(story + "entry " + std::to_string(i))));
    }
  }
  // The same entries as `other` up to `size`.
  void BranchFrom(const TestTree& other, std::size_t size) {
    std::copy_n(other.leaves_.begin(), size, leaves_.begin());
  }

  crypto::NoteVerifier verifier() const { return {.name = origin_, .key = key_.Public()}; }
  verifier::TreeHead Head(std::size_t size) const {
    return {.size = size, .root = ledger::TreeRoot(std::span(leaves_).first(size))};
  }
  std::string Note(std::size_t size) const {
    return ledger::SignCheckpoint(origin_, size, Head(size).root, key_).note;
  }
  std::vector<crypto::Hash> Proof(std::size_t from, std::size_t to) const {
    if (from == 0 || from == to) return {};
    const auto read = [&](std::uint64_t begin, int height) -> Result<crypto::Hash> {
      const std::size_t count = std::size_t{1} << static_cast<unsigned>(height);
      return ledger::TreeRoot(std::span(leaves_).subspan(begin, count));
    };
    return ledger::ConsistencyPath(from, to, read).value();
  }
  std::string Body(std::size_t from, std::size_t to) const {
    return AddCheckpoint{.old_size = from, .proof = Proof(from, to), .note = Note(to)}.ToText();
  }
  const crypto::PrivateKey& key() const { return key_; }

 private:
  const std::string origin_;
  const crypto::PrivateKey key_;
  std::vector<crypto::Hash> leaves_;
};

// A witness with a state file of its own, which can be opened again and again.
class WitnessFixture {
 public:
  explicit WitnessFixture(std::vector<crypto::NoteVerifier> logs = {TestTree().verifier()})
      : logs_(std::move(logs)) {
    EXPECT_TRUE(Witness::Create(files_, State(), Key()));
    Open();
  }
  static crypto::Cosigner Key() { return {.name = kWitnessName, .key = KeyOf(11).Public()}; }
  std::filesystem::path State() const { return folder_.path() / "state.json"; }
  Result<std::unique_ptr<Witness>> TryOpen() {
    return Witness::Open({.state = State(), .logs = logs_, .files = &files_, .clock = &clock_},
                         KeyOf(11));
  }
  void Open() {
    witness_.reset();
    auto opened = TryOpen();
    ASSERT_TRUE(opened) << opened.error().message();
    witness_ = std::move(*opened);
  }
  void Close() { witness_.reset(); }
  Witness& operator*() { return *witness_; }
  Witness* operator->() { return witness_.get(); }

  io::PosixFileSystem files_;
  FakeClock clock_{ParseTime("2026-11-22T09:30:00Z").value()};

 private:
  io::TemporaryFolder folder_ = io::TemporaryFolder::Make(testing::TempDir()).value();
  std::vector<crypto::NoteVerifier> logs_;
  std::unique_ptr<Witness> witness_;
};

}  // namespace proviso::witness
