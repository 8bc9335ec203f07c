#include "http_server/internal/why_refused.h"

#include <algorithm>
#include <array>
#include <utility>

#include "http_server/internal/status.h"

namespace proviso::http_server {
namespace {

constexpr auto kInWords = std::to_array<std::pair<std::string_view, std::string_view>>({
    {refusal::kBadLineEnd, "a line does not end in CR LF"},
    {refusal::kBadRequestLine, "the first line is no method, target and version"},
    {refusal::kBadTarget,
     "the path holds an escape that cannot be read, or of zero, or the target is no path"},
    {refusal::kBadHeader, "a header has no name, or a control character in its value"},
    {refusal::kBadFraming,
     "Host, Content-Length or Transfer-Encoding are missing, there twice, or cannot be read"},
    {refusal::kBadChunk, "the body is not made of chunks as it says"},
    {refusal::kBadVersion, "the version is not HTTP/1"},
    {refusal::kBadExpectation, "an Expect that is not 100-continue"},
    {refusal::kTargetTooLong, "path and query are longer than is read"},
    {refusal::kHeadTooLarge, "more headers, or longer ones, than are read"},
    {refusal::kBodyTooLarge, "the body is longer than is read"},
    {refusal::kBadBody, "the body is not what the protocol reads"},
});

// Whether the first line of `text` ends as one of HTTP/1 does.
bool EndsInVersion(std::string_view text) {
  const std::string_view line = text.substr(0, text.find("\r\n"));
  const std::size_t space = line.rfind(' ');
  return space != std::string_view::npos && line.substr(space + 1).starts_with("HTTP/1.") &&
         line.size() - space - 1 == std::string_view("HTTP/1.1").size();
}

std::string_view WhyBad(std::string_view text, const Head& head) {
  if (head.method.empty() || !EndsInVersion(text)) return refusal::kBadRequestLine;
  if (head.target.path.empty()) return refusal::kBadTarget;
  // The first line and the empty one are no headers.
  const auto lines = static_cast<std::size_t>(std::ranges::count(text, '\n')) - 2;
  return head.headers.size() < lines ? refusal::kBadHeader : refusal::kBadFraming;
}

}  // namespace

std::string_view RefusalInWords(std::string_view code) {
  const auto* const found =
      std::ranges::find(kInWords, code, &decltype(kInWords)::value_type::first);
  return found == kInWords.end() ? std::string_view() : found->second;
}

std::string_view WhyRefused(int status, std::string_view text, const Head& head) {
  switch (status) {
    case kBodyTooLarge:
      return refusal::kBodyTooLarge;
    case kTargetTooLong:
      return refusal::kTargetTooLong;
    case kHeadTooLarge:
      return refusal::kHeadTooLarge;
    case kExpectationFailed:
      return refusal::kBadExpectation;
    case kVersionNotSupported:
      return refusal::kBadVersion;
    default:
      return WhyBad(text, head);
  }
}

std::string_view WhyBodyRefused(int status) {
  if (status == kBodyTooLarge) return refusal::kBodyTooLarge;
  return status == kHeadTooLarge ? refusal::kHeadTooLarge : refusal::kBadChunk;
}

}  // namespace proviso::http_server
