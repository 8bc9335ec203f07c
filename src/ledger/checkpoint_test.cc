#include "ledger/checkpoint.h"

namespace proviso::ledger {
namespace {

crypto::PrivateKey Key() {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(7);
  return crypto::PrivateKey::FromSeed(seed);
}

const std::string kOrigin = "log.example.org/one";

TEST(Checkpoint, ReadsWhatItWrites) {
  const crypto::PrivateKey key = Key();
  const Checkpoint written = SignCheckpoint(kOrigin, 70'000, crypto::Sha256("root"), key);
  const Checkpoint read =
      OpenCheckpoint(written.note, {.name = kOrigin, .key = key.Public()}).value();
  EXPECT_EQ(read.origin, kOrigin);
  EXPECT_EQ(read.size, 70'000U);
  EXPECT_EQ(read.root, crypto::Sha256("root"));
  EXPECT_EQ(read.note, written.note);
}

TEST(Checkpoint, RefusesAnotherKeyAndAnotherOrigin) {
  const crypto::PrivateKey key = Key();
  const Checkpoint written = SignCheckpoint(kOrigin, 1, crypto::Sha256("root"), key);
  std::array<std::uint8_t, 32> other{};
  EXPECT_FALSE(OpenCheckpoint(
      written.note, {.name = kOrigin, .key = crypto::PrivateKey::FromSeed(other).Public()}));
  EXPECT_FALSE(OpenCheckpoint(written.note, {.name = "log.example.org/two", .key = key.Public()}));
  // Signed by our name, but about another log.
  const std::string text = CheckpointText("log.example.org/two", 1, crypto::Sha256("root"));
  const auto foreign =
      OpenCheckpoint(crypto::SignNote(text, kOrigin, key), {.name = kOrigin, .key = key.Public()});
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().code(), ErrorCode::kDataLoss);
}

TEST(Checkpoint, RefusesEveryFormButTheCanonicalOne) {
  const crypto::PrivateKey key = Key();
  const std::string root = Base64Encode(crypto::Sha256("root").bytes);
  // The last digit carries two bits that belong to no byte.
  const std::string digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string loose = root;
  loose[42] = digits[digits.find(loose[42]) + 1];
  const std::vector<std::string> texts = {
      kOrigin + "\n01\n" + root + "\n",            // leading zero
      kOrigin + "\n1\n" + root + "\nextension\n",  // extension line
      kOrigin + "\n+1\n" + root + "\n",
      kOrigin + "\n-1\n" + root + "\n",
      kOrigin + "\n1 \n" + root + "\n",
      kOrigin + "\n1\n" + root.substr(0, 43) + "\n",
      kOrigin + "\n1\n" + loose + "\n",  // bits set beyond the last byte
      kOrigin + "\n18446744073709551616\n" + root + "\n",
      kOrigin + "\n1\n",
      kOrigin + "\n",
      "\n1\n" + root + "\n",
  };
  for (const std::string& text : texts) {
    const auto opened = OpenCheckpoint(crypto::SignNote(text, kOrigin, key),
                                       {.name = kOrigin, .key = key.Public()});
    EXPECT_FALSE(opened) << text;
  }
}

TEST(Checkpoint, ReproducesACheckpointOfAnotherImplementationByteForByte) {
  // The test log of transparency-dev/tessera at size 15; Ed25519 signatures are deterministic.
  const Bytes seed = Base64Decode("AeymY/SZAX0jZcJ8enZ5FY1Dz+wTML2yWSkK+9DSF3eg").value();
  ASSERT_EQ(seed.size(), 33U);
  std::array<std::uint8_t, 32> bytes{};
  std::copy(seed.begin() + 1, seed.end(), bytes.begin());
  const crypto::Hash root =
      crypto::Hash::FromBytes(Base64Decode("rKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=").value())
          .value();
  const Checkpoint checkpoint =
      SignCheckpoint("example.com/log/testdata", 15, root, crypto::PrivateKey::FromSeed(bytes));
  EXPECT_EQ(checkpoint.note,
            "example.com/log/testdata\n15\nrKbDipCvhuX1GZ7g5BBe8sA6BbJ7ja/1nk427v383cs=\n\n"
            "\xE2\x80\x94 example.com/log/testdata "
            "M9e0luh4jTG+UMBqOUo9/q+yAEvx1ilBEniMvjf1zfcBOhg+CKubMt53MvIt/"
            "uEWP6zdkdIQzd/fmwlM/dlPWF74ewI=\n");
}

}  // namespace
}  // namespace proviso::ledger
