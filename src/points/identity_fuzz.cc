// What a head says of who asks. Of a certificate: a value that is written as the formats say is
// read back as it was, and nothing beside it is. Of a token: nobody signs one who has no key.
#include "fuzz/fuzzing.h"
#include "points/certificate.h"
#include "points/token.h"

namespace proviso::points {
namespace {

// In quotes, as Envoy writes what holds a separator.
std::string Quoted(std::string_view value) {
  std::string text = "\"";
  for (const char letter : value) {
    if (letter == '"' || letter == '\\') text += '\\';
    text += letter;
  }
  return text + "\"";
}

// Every special letter behind a backslash, as RFC 4514 has it; others in hexadecimal digits.
std::string Escaped(std::string_view value) {
  std::string text;
  for (const char letter : value) {
    const auto byte = static_cast<std::uint8_t>(letter);
    const bool is_plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z');
    if (is_plain) {
      text += letter;
    } else {
      text += "\\" + HexEncode(ByteView(&byte, 1));
    }
  }
  return text;
}

void CheckRoundTrip(std::string_view value) {
  if (value.empty()) return;
  const std::string header = "Hash=00;URI=" + Quoted(value) + ";DNS=a.example.org";
  PROVISO_CHECK(PartOfXfcc(header, CertificatePart::kUri) == value, header);
  PROVISO_CHECK(PartOfXfcc(header, CertificatePart::kDns) == "a.example.org", header);
  PROVISO_CHECK(PartOfXfcc(header + ",URI=x", CertificatePart::kUri) == std::nullopt, header);
  const std::string name = "O=Example Ministry,CN=" + Escaped(value) + ",C=NL";
  PROVISO_CHECK(PartOfName(name, CertificatePart::kOrganisation) == "Example Ministry", name);
  if (!value.starts_with('#')) {
    PROVISO_CHECK(PartOfName(name, CertificatePart::kCommonName) == value, name);
  }
}

IdentityOptions Options() {
  constexpr std::string_view kKeys = R"({"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a",)"
                                     R"("x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]})";
  return {.keys = ReadTokenKeys(kKeys).value(), .audience = "proviso"};
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const IdentityOptions options = Options();
  fuzz::Input input(data, size);
  const std::size_t what = input.Choose(4);
  const std::string_view text = input.rest();
  if (what == 0) CheckRoundTrip(text);
  if (what == 1) {
    for (const auto part : {CertificatePart::kCommonName, CertificatePart::kUri}) {
      const auto found = PartOfXfcc(text, part);
      PROVISO_CHECK(!found || (!found->empty() && found->size() <= text.size()), "invented");
    }
    const auto found = PartOfName(text, CertificatePart::kCommonName);
    PROVISO_CHECK(!found || (!found->empty() && found->size() <= text.size()), "invented");
  }
  TokenReader reader(options);
  if (what == 2) PROVISO_CHECK(!reader.Check(text, Time()), "believed a forged token");
  if (what == 3) static_cast<void>(reader.ReadPayload(text).has_value());
  return 0;
}

}  // namespace proviso::points
