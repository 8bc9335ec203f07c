#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "points/identity_options.h"

namespace proviso::points {

// `part` of the one certificate that Envoy's X-Forwarded-Client-Cert header describes. Absent when
// it has none, or several, or describes several certificates, or is malformed.
std::optional<std::string> PartOfXfcc(std::string_view header, CertificatePart part);

// `part` of a distinguished name as RFC 4514 writes it: "CN=sub-1,O=Example". Absent likewise.
std::optional<std::string> PartOfName(std::string_view name, CertificatePart part);

}  // namespace proviso::points
