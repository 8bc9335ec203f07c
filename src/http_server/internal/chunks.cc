#include "http_server/internal/chunks.h"

#include <algorithm>
#include <charconv>

#include "http_server/internal/octets.h"
#include "http_server/internal/status.h"

namespace proviso::http_server {
namespace {

constexpr std::size_t kSizeDigitsMax = 16;

}  // namespace

void ChunkReader::Begin(std::uint64_t body_bytes_max, std::size_t line_bytes_max) {
  step_ = Step::kSize;
  refusal_ = 0;
  left_ = 0;
  body_left_ = body_bytes_max;
  lines_left_ = line_bytes_max;
  line_.clear();
}

void ChunkReader::Refuse(int status) {
  refusal_ = status;
  step_ = Step::kRefused;
}

std::size_t ChunkReader::Take(std::string_view text, BodyBuffer& body) {
  std::size_t taken = 0;
  while (taken < text.size() && step_ != Step::kDone && step_ != Step::kRefused) {
    const std::string_view rest = text.substr(taken);
    if (step_ == Step::kData) {
      const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(left_, rest.size()));
      body.Append(rest.substr(0, part));
      left_ -= part;
      taken += part;
      if (left_ == 0) step_ = Step::kDataEnd;
    } else {
      taken += TakeLine(rest);
    }
  }
  return taken;
}

// Takes up to the end of the line, and does what the line says when it is whole.
std::size_t ChunkReader::TakeLine(std::string_view text) {
  const std::size_t end = text.find('\n');
  const std::size_t part = end == std::string_view::npos ? text.size() : end + 1;
  if (part > lines_left_) {
    Refuse(kHeadTooLarge);
    return 0;
  }
  // The line ends of data are no words of a client's.
  if (step_ != Step::kDataEnd) lines_left_ -= part;
  line_.append(text.substr(0, part));
  if (step_ == Step::kDataEnd && line_.size() > 2) {
    Refuse(kBadRequest);
    return part;
  }
  if (end == std::string_view::npos) return part;
  if (!line_.ends_with("\r\n")) {
    Refuse(kBadRequest);
    return part;
  }
  line_.resize(line_.size() - 2);
  switch (step_) {
    case Step::kSize:
      EndSizeLine();
      break;
    case Step::kDataEnd:
      if (line_.empty()) {
        step_ = Step::kSize;
      } else {
        Refuse(kBadRequest);
      }
      break;
    case Step::kTrailer:
      EndTrailer();
      break;
    case Step::kData:
    case Step::kDone:
    case Step::kRefused:
      break;
  }
  line_.clear();
  return part;
}

void ChunkReader::EndSizeLine() {
  const std::size_t digits =
      std::min(line_.find_first_not_of("0123456789abcdefABCDEF"), line_.size());
  const std::string_view extension = std::string_view(line_).substr(digits);
  if (digits == 0 || (!extension.empty() && extension[0] != ';') || !IsFieldValue(extension)) {
    return Refuse(kBadRequest);
  }
  if (digits > kSizeDigitsMax) return Refuse(kBodyTooLarge);
  std::from_chars(line_.data(), line_.data() + digits, left_, 16);
  if (left_ > body_left_) return Refuse(kBodyTooLarge);
  body_left_ -= left_;
  step_ = left_ == 0 ? Step::kTrailer : Step::kData;
}

void ChunkReader::EndTrailer() {
  if (line_.empty()) {
    step_ = Step::kDone;
    return;
  }
  const std::size_t colon = line_.find(':');
  if (colon == std::string::npos || !IsToken(std::string_view(line_).substr(0, colon)) ||
      !IsFieldValue(std::string_view(line_).substr(colon + 1))) {
    Refuse(kBadRequest);
  }
}

}  // namespace proviso::http_server
