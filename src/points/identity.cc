#include "points/identity.h"

#include "points/certificate.h"
#include "points/json_pointer.h"
#include "points/letters.h"
#include "points/words.h"

namespace proviso::points {
namespace {

// The token of `Bearer TOKEN`; of a header that holds nothing else, its value.
std::string_view BearerOf(std::string_view value) {
  constexpr std::string_view kScheme = "Bearer ";
  if (!BeginsIgnoringCase(value, kScheme)) return value;
  value.remove_prefix(kScheme.size());
  while (value.starts_with(' ')) value.remove_prefix(1);
  return value;
}

}  // namespace

Asked IdentityReader::Read(const http_server::Request& request, Time now) {
  Asked asked = AskedInHead(*listener_, request);
  const Channel::Kind kind = listener_->subscription.kind;
  if (kind != Channel::Kind::kCertificate && kind != Channel::Kind::kPayload &&
      kind != Channel::Kind::kToken) {
    return asked;
  }
  asked.subscription = std::nullopt;
  // Two that were joined are not one certificate, and no token.
  asked.may_be_joined = false;
  std::optional<std::string> found = Find(request, now);
  const std::string& prefix = listener_->identity.prefix;
  if (!found || !found->starts_with(prefix)) return asked;
  subscription_ = found->substr(prefix.size());
  asked.subscription = subscription_;
  return asked;
}

std::optional<std::string> IdentityReader::Find(const http_server::Request& request, Time now) {
  const IdentityOptions& options = listener_->identity;
  const http_server::Found header = request.FindHeader(listener_->subscription.name);
  if (!header.once()) return std::nullopt;
  if (listener_->subscription.kind == Channel::Kind::kCertificate) {
    return options.is_xfcc ? PartOfXfcc(header.value, options.part)
                           : PartOfName(header.value, options.part);
  }
  if (listener_->subscription.kind == Channel::Kind::kPayload) {
    return ClaimOf(tokens_.ReadPayload(header.value));
  }
  return ClaimOf(tokens_.Check(BearerOf(header.value), now));
}

std::optional<std::string> IdentityReader::ClaimOf(
    const Result<simdjson::dom::element>& claims) const {
  const std::string& claim = listener_->identity.claim;
  if (!claims) return std::nullopt;
  if (IsJsonPointer(claim)) {
    const http_server::Found found = FindTextAt(*claims, claim);
    if (!found.once()) return std::nullopt;
    return std::string(found.value);
  }
  const std::string_view text = TextOf(*claims, claim);
  if (text.empty()) return std::nullopt;
  return std::string(text);
}

}  // namespace proviso::points
