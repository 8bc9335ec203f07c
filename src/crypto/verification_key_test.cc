#include "crypto/verification_key.h"

#include "crypto/ed25519.h"

namespace proviso::crypto {
namespace {

// Keys made for this test, and what they signed: "a message".
constexpr std::string_view kMessage = "a message";
constexpr std::string_view kX = "471c3e758c4904285bba7e53118ed0f524adeb0757d25bd2f8e7b0d76dfa714c";
constexpr std::string_view kY = "dd520f7aca8a8b917acc37f51de8f0c9bbe3ad858382e702dc25a12d09f7a858";
constexpr std::string_view kPair =
    "2b2300b383dcadf0c464682ed5fbe45b60eedd76aed6cdd1a518cb85e9dc0c8c179e43a305b60a28411d"
    "d05142e81d745a98e86e86dcaf81f2ccae3b2e1f364d";
constexpr std::string_view kModulus =
    "d17ee8394bdf32007413bc970e19196abf94278eec1625b8fc3b5451c30dfe2355538a12626dadea4acf"
    "a1a2db3b929fc821a86c13eb807830f6a8d2e267392e1bf86faee7017fdafdecc1db2efab900ce07ef7a"
    "00a275b3d12d65d0d135d9fc6a4c22803edae14b96d2708c4707b2be1142cb9c9e891f6ba13a6334a4cd"
    "4dc61c24314fbe70a81e4cb94b8785e95bdc6752a16dd7f751a23f56e02b1a535745ef69eb6a27264ce8"
    "bdce6446f7527f0f207342386b0cccb1975fa3afe52ef5abae5b196c6ffe74a2884d51139281c899c827"
    "ff4e92819a50b14d07d5509ca3ad9181b583c068a8c4503e648a9fed3ae1c431bd7330c26c317b4eab46"
    "be6e3c45";
constexpr std::string_view kWeakModulus =
    "a59519eb83308002e26b311ef6b7d6848c8b45a7a70c667d062317fe40cbf57a748504a8da6ad07ad358"
    "da450018801928d92848e165a82ed7587492c1acfb13ec53c3baefba4479888c123a069103833d444e38"
    "ca81460bc368feedcde69ca89a5d7d067c47ca9075821f37eb5980dc3074e3129afbbe15825041eb5849"
    "4627";
constexpr std::string_view kRsaSignature =
    "0ec4f1b4bce1bb595c9096d5687b6f402ce7c6dcc1ba1de2f616b8fd3b5fb561bf456881ae359fe0f8ae"
    "3ba3d4557c4fdd5ec0fdd53b5423176f30099b5e9e534fd54654f0eaf7c42880678cf821c2715ba0d2db"
    "f86a5728dd7d3d6d0a146eeb7ec0d4c09c103099aa6cc0e1b655de12f26a59e23f1e4d28a6b411ad6d91"
    "28a749567f49edb589af2c830f0a0d0dd7ce6503ec44e09a2187f134d82eb244ebcf46c0b029acd3ec8e"
    "30149ef3d9130c21b75bb703c9721701bd2670c7a9b45b472e55832c1157a68230c68ec5b014e1d71ecd"
    "480019d91f61087fad234b4f0299e432ece5a955326b7c6217511be9b640f120a94d6b4699650f78e0d6"
    "383107ed";

Bytes Hex(std::string_view text) { return HexDecode(text).value(); }

// One bit of what was signed, or of the signature, is another: neither holds any more.
void ExpectHoldsForThatAlone(const VerificationKey& key, const Bytes& signature) {
  EXPECT_TRUE(key.Verify(AsBytes(kMessage), signature));
  EXPECT_FALSE(key.Verify(AsBytes("a messagf"), signature));
  EXPECT_FALSE(key.Verify(AsBytes(kMessage), {}));
  for (std::size_t i = 0; i < signature.size(); i += 7) {
    Bytes other = signature;
    other[i] ^= 1U;
    EXPECT_FALSE(key.Verify(AsBytes(kMessage), other)) << i;
  }
  Bytes longer = signature;
  longer.push_back(0);
  EXPECT_FALSE(key.Verify(AsBytes(kMessage), longer));
  EXPECT_FALSE(key.Verify(AsBytes(kMessage), ByteView(signature).first(signature.size() - 1)));
}

TEST(VerificationKey, ChecksWhatEd25519Signs) {
  const PrivateKey signer = PrivateKey::FromSeed({1, 2, 3});
  const Signature signature = signer.Sign(AsBytes(kMessage));
  ExpectHoldsForThatAlone(VerificationKey::Ed25519(signer.Public().bytes).value(),
                          Bytes(signature.bytes.begin(), signature.bytes.end()));
}

TEST(VerificationKey, ChecksWhatP256Signs) {
  ExpectHoldsForThatAlone(VerificationKey::P256(Hex(kX), Hex(kY)).value(), Hex(kPair));
}

TEST(VerificationKey, ChecksWhatRsaSigns) {
  ExpectHoldsForThatAlone(VerificationKey::Rsa(Hex(kModulus), Hex("010001")).value(),
                          Hex(kRsaSignature));
}

TEST(VerificationKey, RefusesASignatureOfNothing) {
  const VerificationKey key = VerificationKey::P256(Hex(kX), Hex(kY)).value();
  EXPECT_FALSE(key.Verify(AsBytes(kMessage), Bytes(64, 0)));
}

TEST(VerificationKey, RefusesKeysThatAreNone) {
  Bytes off_curve = Hex(kY);
  off_curve[31] ^= 1U;
  EXPECT_FALSE(VerificationKey::P256(Hex(kX), off_curve));
  EXPECT_FALSE(VerificationKey::P256(Bytes(32, 0), Bytes(32, 0)));
  EXPECT_FALSE(VerificationKey::P256(Hex(kX), {}));
  EXPECT_FALSE(VerificationKey::Ed25519(Bytes(31, 1)));
  EXPECT_FALSE(VerificationKey::Ed25519({}));
  EXPECT_FALSE(VerificationKey::Rsa(Hex(kWeakModulus), Hex("010001")));
  EXPECT_FALSE(VerificationKey::Rsa(Hex(kModulus), {}));
  // Padded with zeros to look longer.
  Bytes padded(128, 0);
  const Bytes weak = Hex(kWeakModulus);
  padded.insert(padded.end(), weak.begin(), weak.end());
  EXPECT_FALSE(VerificationKey::Rsa(padded, Hex("010001")));
}

}  // namespace
}  // namespace proviso::crypto
