#include "usage/csv_splitter.h"

#include <emmintrin.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <span>

namespace proviso::usage {

using delivery::FaultReason;

namespace {

constexpr std::size_t kBlockBytes = 2 * CsvSplitter::kRecordBytesMax;
constexpr std::size_t kWord = 64;  // characters looked at together
constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";

// One bit for each of 64 characters.
struct Marks {
  std::uint64_t quotes = 0;
  std::uint64_t commas = 0;
  std::uint64_t newlines = 0;
  std::uint64_t returns = 0;
};

std::uint64_t BitsOf(const __m128i (&text)[4], char wanted) {
  const __m128i pattern = _mm_set1_epi8(wanted);
  std::uint64_t bits = 0;
  for (unsigned i = 0; i < 4; ++i) {
    const auto part =
        static_cast<std::uint32_t>(_mm_movemask_epi8(_mm_cmpeq_epi8(text[i], pattern)));
    bits |= static_cast<std::uint64_t>(part) << (16 * i);
  }
  return bits;
}

Marks MarkWord(const char* text) {
  __m128i parts[4];
  for (std::size_t i = 0; i < 4; ++i) std::memcpy(&parts[i], text + 16 * i, sizeof(parts[i]));
  return {BitsOf(parts, '"'), BitsOf(parts, ','), BitsOf(parts, '\n'), BitsOf(parts, '\r')};
}

// Bit i of the result is the parity of bits 0..i.
std::uint64_t PrefixParity(std::uint64_t bits) {
  for (unsigned shift = 1; shift < 64; shift *= 2) bits ^= bits << shift;
  return bits;
}

constexpr std::uint64_t kTopBit = 63;

}  // namespace

Status CsvSplitter::Next(CsvBatch& batch) {
  batch.ends.clear();
  batch.records.clear();
  while (batch.records.empty() && !at_end_) {
    const std::size_t size = PROVISO_TRY(ReadBlock(batch));
    fields_begin_ = 0;
    ScanBlock(batch, size);
    if (line_too_long_) {
      return Fail(ErrorCode::kInvalidArgument,
                  "line " + std::to_string(line_) + " is longer than " +
                      std::to_string(kRecordBytesMax) +
                      " bytes; expected one row a line: export the file again");
    }
    batch.used = record_begin_;
    rest_.assign(batch.text.begin() + static_cast<std::ptrdiff_t>(record_begin_),
                 batch.text.begin() + static_cast<std::ptrdiff_t>(size));
  }
  return {};
}

Result<std::size_t> CsvSplitter::ReadBlock(CsvBatch& batch) {
  batch.text.resize(kBlockBytes + kWord);
  std::size_t size = rest_.size();
  if (size > 0) std::memcpy(batch.text.data(), rest_.data(), size);
  while (size < kBlockBytes) {
    const std::size_t got =
        PROVISO_TRY(file_.Read(std::span(batch.text.data() + size, kBlockBytes - size)));
    at_end_ = got == 0;
    if (at_end_) break;
    size += got;
  }
  return size;
}

void CsvSplitter::ScanBlock(CsvBatch& batch, std::size_t size) {
  record_begin_ = 0;
  newlines_inside_ = 0;  // The record that was carried over is scanned from its start.
  const std::string_view text(batch.text.data(), size);
  if (at_start_ && text.starts_with(kByteOrderMark)) record_begin_ = kByteOrderMark.size();
  at_start_ = false;
  std::size_t from = record_begin_;
  while (record_begin_ < size && !line_too_long_) {
    from = ScanFrom(batch, from, size);
    if (line_too_long_ || from < size || record_begin_ == size) continue;
    if (at_end_ && !inside_quotes_) {
      ended_with_newline_ = false;
      EndRecord(batch, size);
      record_begin_ = size;
    } else if (at_end_ || size - record_begin_ > kRecordBytesMax) {
      from = GiveUpLine(batch, size, FaultReason::kUnterminatedQuote);
    } else {
      break;  // The next block brings the rest.
    }
  }
  batch.ends.resize(fields_begin_);
}

std::size_t CsvSplitter::ScanFrom(CsvBatch& batch, std::size_t from, std::size_t size) {
  std::uint64_t inside = 0;       // all ones while within quotes
  std::uint64_t may_open = 1;     // whether a quote may open at the first character
  std::uint64_t after_close = 0;  // whether the character before closed a quote
  std::uint64_t after_end = 0;    // whether the one before is a CR behind a closing quote
  for (std::size_t base = from; base < size; base += kWord) {
    const Marks marks = MarkWord(batch.text.data() + base);
    const std::size_t left = size - base;
    const std::uint64_t valid = left >= kWord ? ~std::uint64_t{0} : (std::uint64_t{1} << left) - 1;
    const std::uint64_t quotes = marks.quotes & valid;
    const std::uint64_t quoted = PrefixParity(quotes) ^ inside;
    const std::uint64_t opens = quotes & quoted;
    const std::uint64_t closes = quotes & ~quoted;
    // A quote opens after a separator, or after a closing one (two quotes stand for one); after a
    // closing one comes a separator, another quote, or the CR of a line break.
    const std::uint64_t separators = marks.commas | marks.newlines;
    const std::uint64_t behind = (closes << 1U) | after_close;
    const std::uint64_t ends = behind & marks.returns;
    const std::uint64_t stray = valid & ((opens & ~(((separators | closes) << 1U) | may_open)) |
                                         (behind & ~(separators | marks.returns | quotes)) |
                                         (((ends << 1U) | after_end) & ~marks.newlines));
    std::uint64_t events = valid & ((marks.commas & ~quoted) | marks.newlines | stray);
    while (events != 0) {
      const auto bit = static_cast<std::size_t>(std::countr_zero(events));
      const std::uint64_t mask = events & (~events + 1);
      events ^= mask;
      if ((stray & mask) != 0) return GiveUpLine(batch, size, FaultReason::kBadQuoting);
      if ((marks.newlines & mask) == 0) {
        batch.ends.push_back(static_cast<std::uint32_t>(base + bit));
      } else if ((quoted & mask) != 0) {
        ++newlines_inside_;
      } else if (base + bit - record_begin_ > kRecordBytesMax) {
        return GiveUpLine(batch, size, FaultReason::kUnterminatedQuote);
      } else {
        EndRecord(batch, base + bit);
      }
    }
    inside = (quoted >> kTopBit) != 0 ? ~std::uint64_t{0} : 0;
    may_open = (separators | closes) >> kTopBit;
    after_close = closes >> kTopBit;
    after_end = ends >> kTopBit;
  }
  // Behind the end there are no quotes, so the last word's state is that of the end.
  inside_quotes_ = inside != 0;
  return size;
}

void CsvSplitter::EndRecord(CsvBatch& batch, std::size_t end) {
  const bool carriage = end > record_begin_ && batch.text[end - 1] == '\r';
  batch.ends.push_back(static_cast<std::uint32_t>(carriage ? end - 1 : end));
  batch.records.push_back(
      {.line = line_,
       .begin = static_cast<std::uint32_t>(record_begin_),
       .first_field = static_cast<std::uint32_t>(fields_begin_),
       .fields = static_cast<std::uint32_t>(batch.ends.size() - fields_begin_)});
  fields_begin_ = batch.ends.size();
  record_begin_ = end + 1;
  line_ += 1 + newlines_inside_;
  newlines_inside_ = 0;
}

std::size_t CsvSplitter::GiveUpLine(CsvBatch& batch, std::size_t size, FaultReason reason) {
  const char* const begin = batch.text.data() + record_begin_;
  const void* const found = std::memchr(begin, '\n', size - record_begin_);
  const std::size_t length =
      found == nullptr ? size - record_begin_
                       : static_cast<std::size_t>(static_cast<const char*>(found) - begin);
  batch.ends.resize(fields_begin_);
  newlines_inside_ = 0;
  line_too_long_ = length > kRecordBytesMax;
  if (line_too_long_) return size;
  if (found == nullptr && !at_end_) return size;  // Look again when the whole line is there.
  batch.records.push_back({.line = line_,
                           .begin = static_cast<std::uint32_t>(record_begin_),
                           .first_field = static_cast<std::uint32_t>(fields_begin_),
                           .fault = reason});
  if (found == nullptr) ended_with_newline_ = false;
  record_begin_ += length + (found == nullptr ? 0 : 1);
  ++line_;
  return record_begin_;
}

FaultReason ReadField(std::string_view field, std::string& scratch,
                      std::optional<std::string_view>& out) {
  if (field.starts_with('"')) {
    if (field.size() < 2 || field.back() != '"') return FaultReason::kBadQuoting;
    field = field.substr(1, field.size() - 2);
    std::size_t quote = field.find('"');
    if (quote != std::string_view::npos) {
      scratch.clear();
      while (quote != std::string_view::npos) {
        scratch += field.substr(0, quote + 1);
        field.remove_prefix(std::min(quote + 2, field.size()));
        quote = field.find('"');
      }
      scratch += field;
      field = scratch;
    }
  }
  out.reset();
  if (!field.empty() && field != "NULL") out = field;
  return FaultReason::kNone;
}

}  // namespace proviso::usage
