// Targets of requests: what is taken apart and put together again, fully escaped, is the same.
#include <string>
#include <vector>

#include "fuzz/fuzzing.h"
#include "http_server/internal/target.h"

namespace proviso::http_server {
namespace {

void AppendEscaped(std::string_view text, std::string& out) {
  constexpr std::string_view kDigits = "0123456789ABCDEF";
  for (const char letter : text) {
    const auto byte = static_cast<unsigned char>(letter);
    ((out += '%') += kDigits[byte >> 4U]) += kDigits[byte & 15U];
  }
}

std::string Escaped(const Target& target) {
  std::string out = "/";
  AppendEscaped(target.path.substr(1), out);
  char separator = '?';
  for (const Field& field : target.query) {
    out += separator;
    separator = '&';
    AppendEscaped(field.name, out);
    out += '=';
    AppendEscaped(field.value, out);
  }
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = proviso::fuzz::Input(data, size).rest();
  Target target;
  if (!ParseTarget(text, target)) return 0;
  PROVISO_CHECK(target.path.starts_with('/'), target.path);
  PROVISO_CHECK(target.path.find('\0') == std::string_view::npos, target.path);
  const std::string escaped = Escaped(target);
  Target again;
  PROVISO_CHECK(ParseTarget(escaped, again), escaped);
  PROVISO_CHECK(again.path == target.path, escaped);
  PROVISO_CHECK(again.query.size() == target.query.size(), escaped);
  for (std::size_t i = 0; i < target.query.size(); ++i) {
    PROVISO_CHECK(again.query[i].name == target.query[i].name &&
                      again.query[i].value == target.query[i].value,
                  escaped);
  }
  return 0;
}

}  // namespace proviso::http_server
