#include "crypto/sealed_box.h"

#include <algorithm>

namespace proviso::crypto {
namespace {

SymmetricKey KeyFrom(std::uint8_t first) {
  SymmetricKey key{};
  for (std::size_t i = 0; i < key.size(); ++i) key[i] = static_cast<std::uint8_t>(first + i);
  return key;
}

// Yields the bytes it was given.
class FixedRandom final : public Random {
 public:
  explicit FixedRandom(Bytes bytes) : bytes_(std::move(bytes)) {}
  void Fill(std::span<std::uint8_t> bytes) override {
    ASSERT_EQ(bytes.size(), bytes_.size());
    std::ranges::copy(bytes_, bytes.begin());
  }

 private:
  Bytes bytes_;
};

TEST(SealedBox, YieldsTheVectorOfRfc8439) {
  FixedRandom nonce(HexDecode("070000004041424344454647").value());
  const Bytes context = HexDecode("50515253c0c1c2c3c4c5c6c7").value();
  const std::string_view text =
      "Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, "
      "sunscreen would be it.";
  const Bytes sealed = Seal(KeyFrom(0x80), AsBytes(text), context, nonce);
  EXPECT_EQ(HexEncode(sealed),
            "070000004041424344454647"
            "d31a8d34648e60db7b86afbc53ef7ec2a4aded51296e08fea9e2b5a736ee62d6"
            "3dbea45e8ca9671282fafb69da92728b1a71de0a9e060b2905d6a5b67ecd3b36"
            "92ddbd7f2d778b8c9803aee328091b58fab324e4fad675945585808b4831d7bc"
            "3ff4def08e4b7a9de576d26586cec64b6116"
            "1ae10b594f09e26a7e902ecbd0600691");
}

TEST(SealedBox, OpensToWhatWasSealedAtEveryLength) {
  SeededRandom random(3);
  for (std::size_t length = 0; length < 140; ++length) {
    Bytes plaintext(length);
    random.Fill(plaintext);
    const Bytes context(length % 5, 0x11);
    const Bytes sealed = Seal(KeyFrom(1), plaintext, context, random);
    EXPECT_EQ(sealed.size(), length + 28);
    EXPECT_EQ(Unseal(KeyFrom(1), sealed, context).value(), plaintext);
  }
}

TEST(SealedBox, TakesANewNonceEachTime) {
  SystemRandom random;
  const Bytes plaintext(8, 7);
  EXPECT_NE(Seal(KeyFrom(1), plaintext, {}, random), Seal(KeyFrom(1), plaintext, {}, random));
}

TEST(SealedBox, RefusesEveryChangedByteAndEveryCut) {
  SeededRandom random(4);
  const Bytes sealed = Seal(KeyFrom(1), AsBytes("confidential"), AsBytes("addendum"), random);
  for (std::size_t i = 0; i < sealed.size(); ++i) {
    Bytes changed = sealed;
    changed[i] ^= 0x01;
    const auto opened = Unseal(KeyFrom(1), changed, AsBytes("addendum"));
    ASSERT_FALSE(opened) << i;
    EXPECT_EQ(opened.error().code(), ErrorCode::kDataLoss);
    EXPECT_FALSE(Unseal(KeyFrom(1), ByteView(sealed).first(i), AsBytes("addendum"))) << i;
  }
}

TEST(SealedBox, RefusesAnotherKeyAndAnotherContext) {
  SeededRandom random(5);
  const Bytes sealed = Seal(KeyFrom(1), AsBytes("confidential"), AsBytes("addendum"), random);
  EXPECT_FALSE(Unseal(KeyFrom(2), sealed, AsBytes("addendum")));
  EXPECT_FALSE(Unseal(KeyFrom(1), sealed, AsBytes("addenda")));
  EXPECT_FALSE(Unseal(KeyFrom(1), sealed, {}));
}

}  // namespace
}  // namespace proviso::crypto
