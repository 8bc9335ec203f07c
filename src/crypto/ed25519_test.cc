#include "crypto/ed25519.h"

#include <algorithm>

namespace proviso::crypto {
namespace {

PrivateKey KeyOf(std::string_view seed_hex) {
  const Bytes seed = HexDecode(seed_hex).value();
  std::array<std::uint8_t, 32> array{};
  std::copy(seed.begin(), seed.end(), array.begin());
  return PrivateKey::FromSeed(array);
}

struct Vector {
  std::string seed;
  std::string key;
  std::string message;
  std::string signature;
};

// RFC 8032, section 7.1, tests 1 to 3.
const std::vector<Vector>& Vectors() {
  static const std::vector<Vector> vectors = {
      {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
       "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
       "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf"
       "9b46bd25bf5f0595bbe24655141438e7a100b"},
      {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
       "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
       "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f"
       "11d8c387b2eaeb4302aeeb00d291612bb0c00"},
      {"c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
       "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
       "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984"
       "dc6594a7c15e9716ed28dc027beceea1ec40a"},
  };
  return vectors;
}

TEST(Ed25519, YieldsTheVectorsOfRfc8032) {
  for (const Vector& each : Vectors()) {
    const PrivateKey key = KeyOf(each.seed);
    const Bytes message = HexDecode(each.message).value();
    const Signature signature = key.Sign(message);
    EXPECT_EQ(HexEncode(key.Public().bytes), each.key);
    EXPECT_EQ(HexEncode(signature.bytes), each.signature);
    EXPECT_TRUE(Verify(key.Public(), message, signature));
  }
}

TEST(Ed25519, RefusesEveryChangedBitOfTheSignature) {
  const PrivateKey key = KeyOf(Vectors()[2].seed);
  const Bytes message = HexDecode(Vectors()[2].message).value();
  const Signature signature = key.Sign(message);
  for (std::size_t bit = 0; bit < 512; ++bit) {
    Signature changed = signature;
    changed.bytes[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    EXPECT_FALSE(Verify(key.Public(), message, changed)) << bit;
  }
}

TEST(Ed25519, RefusesAnotherMessageAndAnotherKey) {
  SeededRandom random(1);
  const PrivateKey key = PrivateKey::Generate(random);
  const PrivateKey other = PrivateKey::Generate(random);
  ASSERT_NE(key.Public(), other.Public());
  const Signature signature = key.Sign(AsBytes("restrict"));
  EXPECT_TRUE(Verify(key.Public(), AsBytes("restrict"), signature));
  EXPECT_FALSE(Verify(key.Public(), AsBytes("restrict "), signature));
  EXPECT_FALSE(Verify(key.Public(), AsBytes(""), signature));
  EXPECT_FALSE(Verify(other.Public(), AsBytes("restrict"), signature));
}

TEST(Ed25519, NeverVerifiesUnderAKeyThatIsNoPointOfTheCurve) {
  SeededRandom random(2);
  const Signature signature = PrivateKey::Generate(random).Sign(AsBytes("x"));
  PublicKey bad;
  bad.bytes.fill(0xFF);
  EXPECT_FALSE(Verify(bad, AsBytes("x"), signature));
}

TEST(PublicKey, ReadsBackItsText) {
  const PublicKey key = KeyOf(Vectors()[0].seed).Public();
  EXPECT_EQ(key.ToText(), "ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=");
  EXPECT_EQ(PublicKey::FromText(key.ToText()).value(), key);
}

TEST(PublicKey, RefusesOtherTexts) {
  for (const char* text : {"", "ed25519:", "11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
                           "ED25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
                           "ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURp=",
                           "ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n",
                           "ed25519:11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHUQ=="}) {
    const auto key = PublicKey::FromText(text);
    ASSERT_FALSE(key) << text;
    EXPECT_EQ(key.error().code(), ErrorCode::kInvalidArgument);
  }
}

TEST(Signature, RefusesOtherSizesThan64Bytes) {
  EXPECT_TRUE(Signature::FromBytes(Bytes(64)));
  EXPECT_EQ(Signature::FromBytes(Bytes(63)).error().code(), ErrorCode::kInvalidArgument);
  EXPECT_EQ(Signature::FromBytes(Bytes(65)).error().code(), ErrorCode::kInvalidArgument);
}

TEST(PrivateKey, LeavesNothingBehindWhenMoved) {
  PrivateKey from = KeyOf(Vectors()[0].seed);
  PrivateKey to(std::move(from));
  EXPECT_EQ(HexEncode(to.Public().bytes), Vectors()[0].key);
  const Bytes zeros(32);
  EXPECT_TRUE(std::ranges::equal(from.seed(), zeros));  // NOLINT(bugprone-use-after-move)
  PrivateKey assigned = KeyOf(Vectors()[1].seed);
  assigned = std::move(to);
  EXPECT_EQ(HexEncode(assigned.Public().bytes), Vectors()[0].key);
  EXPECT_TRUE(std::ranges::equal(to.seed(), zeros));  // NOLINT(bugprone-use-after-move)
}

}  // namespace
}  // namespace proviso::crypto
