#include "intake/internal/encoding.h"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "intake/internal/words.h"

namespace proviso::intake {
namespace {

// Where a page that follows the rules has named its charset.
constexpr std::size_t kCharsetScanBytes = 4096;
constexpr std::size_t kCharsetNameBytesMax = 40;

struct Mark {
  std::string_view bytes;
  std::string_view charset;
};
constexpr std::array<Mark, 3> kMarks{{
    {"\xEF\xBB\xBF", "UTF-8"},
    {"\xFF\xFE", "UTF-16LE"},
    {"\xFE\xFF", "UTF-16BE"},
}};

struct Charset {
  std::string_view label;
  std::string_view name;  // as iconv knows it
};
// What browsers read for these labels: the wider Windows set for Latin-1, UTF-8 for a `meta` that
// says UTF-16, which it could not say in UTF-16.
constexpr std::array<Charset, 38> kCharsets{{
    {"utf-8", "UTF-8"},
    {"utf8", "UTF-8"},
    {"utf-16", "UTF-8"},
    {"us-ascii", "CP1252"},
    {"ascii", "CP1252"},
    {"iso-8859-1", "CP1252"},
    {"iso8859-1", "CP1252"},
    {"latin1", "CP1252"},
    {"windows-1252", "CP1252"},
    {"cp1252", "CP1252"},
    {"iso-8859-2", "ISO-8859-2"},
    {"iso-8859-3", "ISO-8859-3"},
    {"iso-8859-4", "ISO-8859-4"},
    {"iso-8859-5", "ISO-8859-5"},
    {"iso-8859-6", "ISO-8859-6"},
    {"iso-8859-7", "ISO-8859-7"},
    {"iso-8859-8", "ISO-8859-8"},
    {"iso-8859-9", "CP1254"},
    {"iso-8859-15", "ISO-8859-15"},
    {"windows-1250", "CP1250"},
    {"windows-1251", "CP1251"},
    {"windows-1253", "CP1253"},
    {"windows-1254", "CP1254"},
    {"windows-1255", "CP1255"},
    {"windows-1256", "CP1256"},
    {"windows-1257", "CP1257"},
    {"windows-1258", "CP1258"},
    {"koi8-r", "KOI8-R"},
    {"koi8-u", "KOI8-U"},
    {"gb2312", "GB18030"},
    {"gbk", "GB18030"},
    {"gb18030", "GB18030"},
    {"big5", "BIG5-HKSCS"},
    {"shift_jis", "CP932"},
    {"shift-jis", "CP932"},
    {"euc-jp", "EUC-JP"},
    {"euc-kr", "CP949"},
    {"iso-2022-jp", "ISO-2022-JP"},
}};

// The charset that a `meta` element names, in lower case; empty when none does.
std::string CharsetOfMeta(std::string_view beginning) {
  const std::string text = Lower(beginning);
  for (std::size_t meta = text.find("<meta"); meta != std::string::npos;
       meta = text.find("<meta", meta + 1)) {
    const std::size_t end = std::min(text.find('>', meta), text.size());
    const std::string_view element = std::string_view(text).substr(meta, end - meta);
    const std::size_t key = element.find("charset");
    if (key == std::string_view::npos) continue;
    std::string_view value = Trimmed(element.substr(key + std::string_view("charset").size()));
    if (!value.starts_with('=')) continue;
    value = Trimmed(value.substr(1));
    if (value.starts_with('"') || value.starts_with('\'')) value.remove_prefix(1);
    return std::string(Trimmed(value.substr(0, value.find_first_of("\"'; \t\r\n/"))));
  }
  return {};
}

// "line 3, byte 120": the byte counts from the beginning of the file.
std::string PlaceOf(ByteView bytes, std::size_t at) {
  const auto lines = std::count(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(at),
                                std::uint8_t{'\n'});
  return "line " + std::to_string(lines + 1) + ", byte " + std::to_string(at + 1);
}

// Where `text`, which is not UTF-8, stops being it.
std::size_t FirstFault(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto first = static_cast<unsigned char>(text[at]);
    const std::size_t bytes = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    if (at + bytes > text.size() || !IsUtf8(text.substr(at, bytes))) return at;
    at += bytes;
  }
  return at;
}

}  // namespace

void Decoder::CloseTable::operator()(void* table) const { ::iconv_close(table); }

Result<Decoder> Decoder::For(ByteView bytes) {
  Decoder decoder;
  std::string_view name = "UTF-8";
  const std::string_view text = AsText(bytes);
  const auto* const mark = std::find_if(kMarks.begin(), kMarks.end(), [&](const Mark& known) {
    return text.starts_with(known.bytes);
  });
  if (mark != kMarks.end()) {
    decoder.mark_bytes_ = mark->bytes.size();
    name = mark->charset;
    decoder.charset_ = name;
  } else if (const std::string label = CharsetOfMeta(text.substr(0, kCharsetScanBytes));
             !label.empty()) {
    const auto* const known =
        std::find_if(kCharsets.begin(), kCharsets.end(),
                     [&](const Charset& charset) { return charset.label == label; });
    if (known == kCharsets.end()) {
      return Fail(ErrorCode::kUnimplemented, "the page says that its charset is `" +
                                                 CutTo(label, kCharsetNameBytesMax) +
                                                 "`, which is not known; save it as UTF-8");
    }
    name = known->name;
    decoder.charset_ = label;
  }
  if (name == "UTF-8") {
    decoder.charset_ = name;
    return decoder;
  }
  iconv_t table = ::iconv_open("UTF-8", std::string(name).c_str());
  // iconv says so with an integer in the place of a pointer.
  if (reinterpret_cast<std::intptr_t>(table) == -1) {
    return Fail(ErrorCode::kUnimplemented, "this system has no table for the charset `" +
                                               decoder.charset_ + "`; save the file as UTF-8");
  }
  decoder.table_.reset(table);
  decoder.defects_.push_back("was in `" + decoder.charset_ + "` and is kept here as UTF-8");
  return decoder;
}

Result<std::string> Decoder::Decode(ByteView bytes) const {
  const ByteView body = bytes.subspan(mark_bytes_);
  if (!table_) {
    const std::string_view text = AsText(body);
    if (IsUtf8(text)) return std::string(text);
    return Fail(ErrorCode::kInvalidArgument,
                PlaceOf(bytes, mark_bytes_ + FirstFault(text)) +
                    ": not UTF-8; save the file as UTF-8, or name its charset in a `meta` element");
  }
  std::string from(AsText(body));
  std::string text;
  char* input = from.data();
  std::size_t left = from.size();
  std::array<char, 8192> part{};
  while (true) {
    char* output = part.data();
    std::size_t room = part.size();
    // When all is read, a last call gives what the table still keeps.
    const bool last = left == 0;
    const std::size_t converted =
        ::iconv(table_.get(), last ? nullptr : &input, last ? nullptr : &left, &output, &room);
    const int reason = errno;
    text.append(part.data(), static_cast<std::size_t>(output - part.data()));
    if (converted != static_cast<std::size_t>(-1)) {
      if (last) return text;
      continue;
    }
    if (reason != E2BIG) {
      return Fail(ErrorCode::kInvalidArgument, PlaceOf(bytes, bytes.size() - left) +
                                                   ": not a character of `" + charset_ +
                                                   "`; save the file as UTF-8");
    }
  }
}

}  // namespace proviso::intake
