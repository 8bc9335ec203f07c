#include "intake/internal/encoding.h"

#include <gtest/gtest.h>

namespace proviso::intake {
namespace {

using namespace std::string_view_literals;

TEST(Decoder, TurnsWhatIsMarkedOrDeclaredIntoUtf8) {
  const struct {
    std::string_view bytes;
    std::string_view text;
    const char* charset;  // that is told; none for UTF-8
  } cases[] = {
      {"caf\xC3\xA9"sv, "caf\xC3\xA9"sv, nullptr},
      {"\xEF\xBB\xBF"
       "caf\xC3\xA9"sv,
       "caf\xC3\xA9"sv, nullptr},
      {"\xFF\xFE"
       "c\0\xE9\0"sv,
       "c\xC3\xA9"sv, "UTF-16LE"},
      {"\xFE\xFF\0c\0\xE9"sv, "c\xC3\xA9"sv, "UTF-16BE"},
      {"<meta charset=\"ISO-8859-1\">caf\xE9 \x93q\x94"sv,
       "<meta charset=\"ISO-8859-1\">caf\xC3\xA9 \xE2\x80\x9Cq\xE2\x80\x9D"sv, "iso-8859-1"},
      {"<META http-equiv=x content='text/html; charset=windows-1252'>\xE9"sv,
       "<META http-equiv=x content='text/html; charset=windows-1252'>\xC3\xA9"sv, "windows-1252"},
      {"<meta charset=utf-8>\xC3\xA9"sv, "<meta charset=utf-8>\xC3\xA9"sv, nullptr},
      {"<meta charset=shift_jis>\x83\x65"sv, "<meta charset=shift_jis>\xE3\x83\x86"sv, "shift_jis"},
  };
  for (const auto& entry : cases) {
    const Result<Decoder> decoder = Decoder::For(AsBytes(entry.bytes));
    ASSERT_TRUE(decoder) << entry.bytes;
    const Result<std::string> text = decoder->Decode(AsBytes(entry.bytes));
    ASSERT_TRUE(text) << entry.bytes << text.error().message();
    EXPECT_EQ(*text, entry.text);
    std::vector<std::string> defects;
    if (entry.charset != nullptr) {
      defects.push_back("was in `" + std::string(entry.charset) + "` and is kept here as UTF-8");
    }
    EXPECT_EQ(decoder->defects(), defects);
  }
}

TEST(Decoder, SaysWhereBytesAreNotOfTheCharset) {
  const struct {
    std::string_view bytes;
    const char* message;
  } cases[] = {
      {"one\ntwo caf\xE9 three"sv,
       "line 2, byte 12: not UTF-8; save the file as UTF-8, or name its charset in a `meta` "
       "element"},
      {"cut \xC3"sv,
       "line 1, byte 5: not UTF-8; save the file as UTF-8, or name its charset in a `meta` "
       "element"},
      {"<meta charset=latin1>\n\x81"sv,
       "line 2, byte 23: not a character of `latin1`; save the file as UTF-8"},
      {"\xFF\xFE"
       "a\0b"sv,
       "line 1, byte 5: not a character of `UTF-16LE`; save the file as UTF-8"},
  };
  for (const auto& entry : cases) {
    const Result<Decoder> decoder = Decoder::For(AsBytes(entry.bytes));
    ASSERT_TRUE(decoder);
    const Result<std::string> text = decoder->Decode(AsBytes(entry.bytes));
    ASSERT_FALSE(text) << entry.message;
    EXPECT_EQ(text.error().message(), entry.message);
  }
}

TEST(Decoder, RefusesACharsetThatIsNotKnown) {
  const Result<Decoder> decoder = Decoder::For(AsBytes("<meta charset='x-made-up'>"));
  ASSERT_FALSE(decoder);
  EXPECT_EQ(decoder.error().code(), ErrorCode::kUnimplemented);
  EXPECT_EQ(decoder.error().message(),
            "the page says that its charset is `x-made-up`, which is not known; save it as UTF-8");
}

}  // namespace
}  // namespace proviso::intake
