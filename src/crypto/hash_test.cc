#include "crypto/hash.h"

#include <thread>

namespace proviso::crypto {
namespace {

TEST(Sha256, YieldsTheStandardsVectors) {
  EXPECT_EQ(Sha256("").Hex(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha256("abc").Hex(),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(Sha256("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq").Hex(),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}

TEST(Sha256Stream, YieldsTheSameForEverySplit) {
  Bytes bytes;
  for (int i = 0; i < 200; ++i) bytes.push_back(static_cast<std::uint8_t>(i * 7));
  const Hash whole = Sha256(bytes);
  for (std::size_t split = 0; split <= bytes.size(); ++split) {
    Sha256Stream stream;
    stream.Update(ByteView(bytes).first(split));
    stream.Update(ByteView(bytes).subspan(split));
    EXPECT_EQ(stream.Finish(), whole) << split;
  }
}

TEST(Sha256Stream, DoesNotDisturbOtherStreamsOrOneShots) {
  Sha256Stream a;
  Sha256Stream b;
  a.Update(AsBytes("ab"));
  b.Update(AsBytes("ab"));
  (void)Sha256("something else");
  Sha256Stream moved(std::move(a));
  moved.Update(AsBytes("c"));
  b.Update(AsBytes("c"));
  EXPECT_EQ(moved.Finish(), Sha256("abc"));
  EXPECT_EQ(b.Finish(), Sha256("abc"));
}

TEST(Sha256, IsTheSameOnManyThreadsAtOnce) {
  const Hash expected = Sha256("abc");
  std::vector<int> wrong(4, 0);
  {
    std::vector<std::jthread> threads;
    threads.reserve(wrong.size());
    for (int& count : wrong) {
      threads.emplace_back([&count, &expected] {
        for (int i = 0; i < 1000; ++i) count += Sha256("abc") == expected ? 0 : 1;
      });
    }
  }
  EXPECT_EQ(wrong, std::vector<int>(4, 0));
}

TEST(Sha256Death, ASecondFinishIsABug) {
  Sha256Stream stream;
  (void)stream.Finish();
  EXPECT_DEATH((void)stream.Finish(), "second end");
}

struct HmacCase {
  Bytes key;
  std::string message;
  std::string expected;
};

TEST(HmacSha256, YieldsTheVectorsOfRfc4231) {
  const std::vector<HmacCase> cases = {
      {Bytes(20, 0x0b), "Hi There",
       "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
      {Bytes{'J', 'e', 'f', 'e'}, "what do ya want for nothing?",
       "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
      {Bytes(131, 0xaa), "Test Using Larger Than Block-Size Key - Hash Key First",
       "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
  };
  for (const HmacCase& each : cases) {
    EXPECT_EQ(HmacSha256(each.key, AsBytes(each.message)).Hex(), each.expected);
  }
}

TEST(Hash, ReadsBackWhatItWrites) {
  const Hash hash = Sha256("abc");
  EXPECT_EQ(Hash::FromHex(hash.Hex()).value(), hash);
  EXPECT_EQ(Hash::FromBytes(hash.bytes).value(), hash);
}

TEST(Hash, RefusesOtherSizesAndUpperCase) {
  EXPECT_EQ(Hash::FromBytes(Bytes(31)).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(Hash::FromBytes(Bytes(33)).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_FALSE(Hash::FromHex(std::string(62, 'a')));
  EXPECT_FALSE(Hash::FromHex(std::string(66, 'a')));
  EXPECT_FALSE(Hash::FromHex(std::string(64, 'A')));
  EXPECT_FALSE(Hash::FromHex(std::string(64, 'g')));
}

// RFC 6962, section 2.1, by its definition: split at the largest power of two below the size.
Hash TreeRoot(const std::vector<Bytes>& leaves, std::size_t begin, std::size_t end) {
  if (begin == end) return Sha256("");
  if (end - begin == 1) return LeafHash(leaves[begin]);
  std::size_t half = 1;
  while (half * 2 < end - begin) half *= 2;
  return NodeHash(TreeRoot(leaves, begin, begin + half), TreeRoot(leaves, begin + half, end));
}

TEST(TreeHashes, YieldThePublishedRootsOfRfc6962) {
  std::vector<Bytes> leaves;
  for (const char* hex : {"", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                          "606162636465666768696a6b6c6d6e6f"}) {
    leaves.push_back(HexDecode(hex).value());
  }
  const std::vector<std::string> roots = {
      "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
      "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
      "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
      "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
      "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
      "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
      "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
      "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
      "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  for (std::size_t size = 0; size < roots.size(); ++size) {
    EXPECT_EQ(TreeRoot(leaves, 0, size).Hex(), roots[size]) << size;
  }
}

TEST(NamedDigest, ComputesTheAlgorithmsThatOthersUse) {
  const struct {
    const char* algorithm;
    const char* digest;  // of "abc": RFC 1321, FIPS 180-4
  } known[] = {
      {"md5", "900150983cd24fb0d6963f7d28e17f72"},
      {"sha1", "a9993e364706816aba3e25717850c26c9cd0d89d"},
      {"sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
      {"sha512",
       "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
       "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"},
  };
  for (const auto& entry : known) {
    const Result<Bytes> digest = NamedDigest(entry.algorithm, AsBytes("abc"));
    ASSERT_TRUE(digest) << entry.algorithm << ": " << digest.error().message();
    EXPECT_EQ(HexEncode(*digest), entry.digest) << entry.algorithm;
  }
  EXPECT_EQ(NamedDigest("sha224", {}).error().code(), ErrorCode::kUnimplemented);
}

}  // namespace
}  // namespace proviso::crypto
