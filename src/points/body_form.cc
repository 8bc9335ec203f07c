#include "points/body_form.h"

#include "points/letters.h"

namespace proviso::points {

using http_server::Found;

bool HasMediaType(const http_server::Request& request, std::string_view type) {
  const Found said = request.FindHeader("Content-Type");
  if (!said.once() || !BeginsIgnoringCase(said.value, type)) return false;
  const std::string_view rest = said.value.substr(type.size());
  return rest.empty() || rest.front() == ';' || rest.front() == ' ';
}

BodyCoding CodingOf(const http_server::Request& request) {
  const Found said = request.FindHeader("Content-Encoding");
  if (said.count == 0) return BodyCoding::kNone;
  if (!said.once()) return BodyCoding::kOther;
  if (EqualsIgnoringCase(said.value, "identity")) return BodyCoding::kNone;
  // RFC 9110, section 8.4.1.3: the two are the same.
  const bool gzip =
      EqualsIgnoringCase(said.value, "gzip") || EqualsIgnoringCase(said.value, "x-gzip");
  return gzip ? BodyCoding::kGzip : BodyCoding::kOther;
}

}  // namespace proviso::points
