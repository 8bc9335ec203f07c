// What others published, read by the verifier's own implementation; ledger's tests hold the
// writer's to the same (merkle_test.cc, tree_proof_test.cc, tile_layout_test.cc).
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <span>

#include "base/json.h"
#include "crypto/hash.h"
#include "io/files/temporary_folder.h"
#include "ledger/merkle.h"
#include "ledger/tree_proof.h"
#include "verifier/consistency.h"
#include "verifier/internal/level_folder.h"
#include "verifier/internal/proof_file.h"
#include "verifier/internal/tree.h"
#include "verifier/test_log.h"
#include "verifier/verify.h"

namespace proviso::verifier {
namespace {

using crypto::Hash;

std::vector<Hash> NumberedLeaves(std::size_t count) {
  std::vector<Hash> leaves;
  for (std::size_t i = 0; i < count; ++i) {
    leaves.push_back(crypto::LeafHash(AsBytes("entry " + std::to_string(i))));
  }
  return leaves;
}

// The root as the verifier computes it. There is no file to compare with, which it notes.
Hash VerifiedRoot(std::span<const Hash> leaves) {
  io::PosixFileSystem files;
  FolderSource nowhere(files, "/nonexistent");
  Problems problems;
  Tree tree(nowhere, leaves.size(), problems);
  for (std::size_t begin = 0; begin < leaves.size(); begin += kTileWidth) {
    const std::size_t width = std::min<std::size_t>(kTileWidth, leaves.size() - begin);
    EXPECT_TRUE(tree.AddBundle(begin / kTileWidth, leaves.subspan(begin, width)));
  }
  return tree.Root();
}

TEST(PublishedVectors, RootsOfRfc6962) {
  const std::array<std::string_view, 8> entries = {"",
                                                   "00",
                                                   "10",
                                                   "2021",
                                                   "3031",
                                                   "40414243",
                                                   "5051525354555657",
                                                   "606162636465666768696a6b6c6d6e6f"};
  const std::array<std::string_view, 9> roots = {
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  std::vector<Hash> leaves;
  for (std::size_t size = 0; size < roots.size(); ++size) {
    EXPECT_EQ(VerifiedRoot(leaves).Hex(), roots[size]) << size;
    if (size < entries.size()) {
      leaves.push_back(crypto::LeafHash(HexDecode(entries[size]).value()));
    }
  }
}

TEST(PublishedVectors, RootsOf1To300Entries) {
  const std::vector<Hash> leaves = NumberedLeaves(300);
  std::string lines;
  for (std::size_t size = 1; size <= leaves.size(); ++size) {
    lines += std::to_string(size) + " " + VerifiedRoot(std::span(leaves).first(size)).Hex() + "\n";
  }
  EXPECT_EQ(crypto::Sha256(lines).Hex(),
            "ca5452d08d838eb9da7183796207b38b6bcc3ef7e0a0bc66a3a7e4b72c5b134e");
}

// The verifier makes no proofs: it must find that each of those that were published leads from its
// leaf to the root, and to no other root from the leaf beside it.
TEST(PublishedVectors, InclusionProofsOfEveryLeafUpToSize300) {
  const std::vector<Hash> leaves = NumberedLeaves(300);
  const auto subtree = [&](std::uint64_t begin, int height) -> Result<Hash> {
    return ledger::TreeRoot(std::span(leaves).subspan(begin, std::size_t{1} << height));
  };
  std::string lines;
  for (std::size_t size = 1; size <= leaves.size(); ++size) {
    const Hash root = VerifiedRoot(std::span(leaves).first(size));
    for (std::size_t index = 0; index < size; ++index) {
      const auto path = ledger::InclusionPath(index, size, subtree).value();
      ASSERT_EQ(RootFromPath(leaves[index], index, size, path).value(), root);
      if (size > 1) {
        const auto moved = RootFromPath(leaves[index], (index + 1) % size, size, path);
        ASSERT_TRUE(!moved || *moved != root) << index << " of " << size;
      }
      lines += std::to_string(size) + " " + std::to_string(index);
      for (const Hash& hash : path) lines += " " + hash.Hex();
      lines += "\n";
    }
  }
  EXPECT_EQ(crypto::Sha256(lines).Hex(),
            "64f5543f863d4ff40229f2519d2899748ac154f95af10ac36c0e72e685a44252");
}

TEST(PublishedVectors, PathsOfTiles) {
  EXPECT_EQ(NumberPath(0), "000");
  EXPECT_EQ(NumberPath(455667), "x455/667");
  EXPECT_EQ(NumberPath(1234067), "x001/x234/067");
  EXPECT_EQ(NumberPath(123456789), "x123/x456/789");
  EXPECT_EQ(NumberPath(999999999999999999), "x999/x999/x999/x999/x999/999");
}

TEST(PublishedVectors, TilesOfSevenSizes) {
  // Made with golang.org/x/mod/sumdb/tlog 0.7.0, whose paths name the height 8 too, and which lists
  // every width that a partial tile may have had before.
  io::PosixFileSystem files;
  FolderSource nowhere(files, "/nonexistent");
  Problems problems;
  std::string lines;
  for (const std::uint64_t size : {1U, 255U, 256U, 257U, 65535U, 65536U, 70000U}) {
    std::size_t level = 0;
    for (std::uint64_t hashes = size; hashes > 0; hashes /= kTileWidth, ++level) {
      const LevelFolder folder(nowhere, "tile/" + std::to_string(level), {.hashes = hashes},
                               problems);
      for (std::uint64_t number = 0; number < folder.tile_count(); ++number) {
        const std::string line =
            std::to_string(size) + " tile/8/" + std::to_string(level) + "/" + NumberPath(number);
        const std::size_t width = folder.WidthOf(number);
        if (width == kTileWidth) lines += line + "\n";
        for (std::size_t partial = 1; width < kTileWidth && partial <= width; ++partial) {
          lines += line + ".p/" + std::to_string(partial) + "\n";
        }
      }
    }
  }
  EXPECT_EQ(crypto::Sha256(lines).Hex(),
            "46f949d762350e7bff24b84c4f88887922154438db9c600f6dd457567a3f4f97");
}

// The test log of transparency-dev/tessera, laid out as published. Its entries are none of ours,
// which is said of each; signature, files, tree and root hold.
TEST(PublishedVectors, ThePublishedLogOf15Entries) {
  constexpr std::array<std::string_view, 15> kEntries = {
      "one",  "two", "three",  "four",  "five",     "six",     "seven", "eit",
      "nain", "ten", "ileven", "twelf", "threeten", "fourten", "fivten"};
  TestLog writer;
  for (const std::string_view entry : kEntries) {
    writer.AddRaw(Bytes(entry.begin(), entry.end()));
  }
  const auto folder = io::TemporaryFolder::Make().value();
  writer.WriteTo(folder.path());
  WriteBytes(
      folder.path() / "checkpoint",
      AsBytes("example.com/log/testdata\n15\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n\n"
              "\xE2\x80\x94 example.com/log/testdata "
              "M9e0luh4jTG+UMBqOUo9/q+yAEvx1ilBEniMvjf1zfcBOhg+CKubMt53MvIt/"
              "uEWP6zdkdIQzd/fmwlM/dlPWF74ewI=\n"));
  io::PosixFileSystem files;
  const auto report = VerifyLog(files, folder.path(),
                                {.vkey = "example.com/log/testdata+33d7b496+"
                                         "AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx"})
                          .value();
  EXPECT_EQ(report.size, 15U);
  EXPECT_EQ(report.root_base64, "rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=");
  EXPECT_EQ(report.problem_count, 15U);
  for (const std::string& problem : report.problems) {
    EXPECT_TRUE(problem.starts_with("entry ")) << problem;
  }
}

// A hash as the corpus has it; what is no hash becomes one of its own.
Hash CorpusHash(const std::string& base64, std::string_view what) {
  const Bytes bytes = Base64Decode(base64).value();
  Hash hash = crypto::Sha256(std::string(what) + base64);
  if (bytes.size() == hash.bytes.size()) std::ranges::copy(bytes, hash.bytes.begin());
  return hash;
}

bool CorpusProofHolds(const Json& json) {
  std::vector<Hash> path;
  if (const auto proof = json.StringsAt("proof")) {
    for (const std::string& hash : *proof) path.push_back(CorpusHash(hash, "proof"));
  }
  const auto hash = [&](std::string_view key) {
    return CorpusHash(json.StringAt(key).value(), key.substr(0, 4));  // `root`, `leaf`
  };
  const auto size = [&](std::string_view key) {
    return static_cast<std::uint64_t>(json.IntegerAt(key).value());
  };
  if (json.Find("size1") != nullptr) {
    return CheckConsistency({size("size1"), hash("root1")}, {size("size2"), hash("root2")}, path)
        .has_value();
  }
  const auto root = RootFromPath(hash("leafHash"), size("leafIdx"), size("treeSize"), path);
  // That the index is within the tree is looked at before, as CheckProof does.
  return size("leafIdx") < size("treeSize") && root && *root == hash("root");
}

// The files of the corpus, by name.
std::vector<std::pair<std::string, Json>> Corpus(const std::filesystem::path& folder) {
  // The largest 64-bit number is no integer of our JSON; any beyond the tree does.
  constexpr std::string_view kLargest = "18446744073709551615";
  io::PosixFileSystem files;
  std::vector<std::pair<std::string, Json>> corpus;
  for (const auto& found : std::filesystem::recursive_directory_iterator(folder)) {
    if (found.path().extension() != ".json") continue;
    const Bytes bytes = files.ReadFile(found.path(), 1U << 20U).value();
    std::string text(AsText(bytes));
    const std::size_t at = text.find(kLargest);
    if (at != std::string::npos) text.replace(at, kLargest.size(), std::to_string(INT64_MAX));
    corpus.emplace_back(found.path().string(), ParseJson(text).value());
  }
  return corpus;
}

// The corpora of transparency-dev/merkle, its folder `testdata`: no release of it has them, and
// they are not ours to copy. tests/conformance/ledger.sh says where from.
TEST(PublishedVectors, ProofsThatOthersAcceptAndRefuse) {
  const char* const folder = std::getenv("PROVISO_MERKLE_CORPUS");
  if (folder == nullptr) GTEST_SKIP() << "PROVISO_MERKLE_CORPUS is not set";
  std::size_t accepted = 0;
  std::size_t refused = 0;
  for (const char* kind : {"consistency", "inclusion"}) {
    for (const auto& [name, json] : Corpus(std::filesystem::path(folder) / kind)) {
      // They refuse what says nothing; ours takes it that every tree grew from the empty one.
      const bool from_nothing = name.ends_with("/size1-is-zero-and-size2-is-not-zero.json");
      const bool good = from_nothing || !json.BoolAt("wantErr").value();
      EXPECT_EQ(CorpusProofHolds(json), good) << name;
      (good ? accepted : refused) += 1;
    }
  }
  EXPECT_GE(accepted, 13U);
  EXPECT_GE(refused, 180U);
}

}  // namespace
}  // namespace proviso::verifier
