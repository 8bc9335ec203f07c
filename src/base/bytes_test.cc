#include "base/bytes.h"

namespace proviso {
namespace {

TEST(Base64, RoundTripsEveryLength) {
  Bytes bytes;
  for (int i = 0; i < 70; ++i) {
    EXPECT_EQ(Base64Decode(Base64Encode(bytes)).value(), bytes);
    bytes.push_back(static_cast<std::uint8_t>(i * 37));
  }
}

TEST(Base64, RefusesWhatItWouldNotWrite) {
  for (const char* text : {"QQ=", "QQ", "QR==", "Q===", "QQ==\n", "QQ=A", "Q Q=", "====", "QUJ="}) {
    EXPECT_FALSE(Base64Decode(text)) << text;
  }
}

TEST(Hex, RoundTripsAndRefusesUpperCase) {
  EXPECT_EQ(HexEncode(Bytes{0, 0xAB, 0xFF}), "00abff");
  EXPECT_EQ(HexDecode("00abff").value(), (Bytes{0, 0xAB, 0xFF}));
  EXPECT_FALSE(HexDecode("00ABFF"));
  EXPECT_FALSE(HexDecode("0"));
}

TEST(Utf8, TellsWellFormedFromIllFormed) {
  EXPECT_TRUE(IsUtf8("plain, \xC3\xA9, \xE2\x82\xAC, \xF0\x9F\x98\x80"));
  for (const char* text :
       {"\xC0\x80", "\xE0\x80\x80", "\xED\xA0\x80", "\xF4\x90\x80\x80", "\x80", "\xC3", "\xFF"}) {
    EXPECT_FALSE(IsUtf8(text));
  }
}

}  // namespace
}  // namespace proviso
