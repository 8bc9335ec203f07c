#include "http_server/message.h"

#include <algorithm>

namespace proviso::http_server {
namespace {

char Lower(char letter) {
  return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

bool EqualsIgnoringCase(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, {}, Lower, Lower);
}

}  // namespace

Found Request::FindHeader(std::string_view name) const {
  Found found;
  for (const Field& header : headers) {
    if (header.name.size() != name.size() || !EqualsIgnoringCase(header.name, name)) continue;
    if (found.count++ == 0) found.value = header.value;
  }
  return found;
}

Found Request::FindQuery(std::string_view name) const {
  Found found;
  for (const Field& parameter : query) {
    if (parameter.name != name) continue;
    if (found.count++ == 0) found.value = parameter.value;
  }
  return found;
}

}  // namespace proviso::http_server
