#include "points/certificate.h"

#include <algorithm>
#include <utility>

#include "points/letters.h"

namespace proviso::points {
namespace {

// What a part is called, in either form; empty where it cannot be.
std::string_view NameOf(CertificatePart part) {
  switch (part) {
    case CertificatePart::kCommonName:
      return "CN";
    case CertificatePart::kOrganisation:
      return "O";
    case CertificatePart::kUnit:
      return "OU";
    case CertificatePart::kUri:
      return "URI";
    case CertificatePart::kDns:
      return "DNS";
  }
  return "";
}

bool IsInName(CertificatePart part) {
  return part != CertificatePart::kUri && part != CertificatePart::kDns;
}

// What a backslash does: it stays, with the letter behind it; it stands before a quote or another
// backslash; or it is as RFC 4514 has it, with hexadecimal digits too.
enum class Escapes { kStay, kOfQuotes, kOfNames };

// Takes text up to the first of `ends` outside quotes and escapes off the front of `rest`, and
// resolves both. False when a quote stays open or an escape is broken.
class Scanner {
 public:
  explicit Scanner(std::string_view rest) : rest_(rest) {}

  bool AtEnd() const { return rest_.empty(); }

  bool Take(std::string_view ends, Escapes escapes, std::string& out) {
    bool quoted = false;
    out.clear();
    while (!rest_.empty()) {
      const char letter = rest_.front();
      if (!quoted && ends.find(letter) != std::string_view::npos) return true;
      rest_.remove_prefix(1);
      if (letter == '"') {
        quoted = !quoted;
      } else if (letter != '\\') {
        out.push_back(letter);
      } else if (!TakeEscape(escapes, out)) {
        return false;
      }
    }
    return !quoted;
  }

  // The letter that ended what was taken; 0 at the end.
  char TakeEnd() {
    if (rest_.empty()) return 0;
    const char letter = rest_.front();
    rest_.remove_prefix(1);
    return letter;
  }

  void SkipSpaces() {
    while (rest_.starts_with(' ')) rest_.remove_prefix(1);
  }

 private:
  bool TakeEscape(Escapes escapes, std::string& out) {
    if (rest_.empty()) return false;
    const char letter = rest_[0];
    const int high = HexDigit(letter);
    if (escapes == Escapes::kOfNames && high >= 0) {
      const int low = rest_.size() > 1 ? HexDigit(rest_[1]) : -1;
      if (low < 0) return false;
      out.push_back(static_cast<char>(high * 16 + low));
      rest_.remove_prefix(2);
      return true;
    }
    const bool is_quoting = letter == '"' || letter == '\\';
    if (escapes == Escapes::kStay || (escapes == Escapes::kOfQuotes && !is_quoting)) {
      out.push_back('\\');
    }
    out.push_back(letter);
    rest_.remove_prefix(1);
    return true;
  }

  std::string_view rest_;
};

// Keeps the one value that was looked for; a second one makes it none.
class OneValue {
 public:
  void Note(std::string value) {
    ++count_;
    value_ = std::move(value);
  }
  std::optional<std::string> Take() {
    if (count_ != 1 || value_.empty()) return std::nullopt;
    return std::move(value_);
  }

 private:
  int count_ = 0;
  std::string value_;
};

}  // namespace

std::optional<std::string> PartOfName(std::string_view name, CertificatePart part) {
  if (!IsInName(part)) return std::nullopt;
  Scanner scanner(name);
  OneValue found;
  std::string key;
  std::string value;
  while (!scanner.AtEnd()) {
    scanner.SkipSpaces();
    if (!scanner.Take("=,+;/", Escapes::kStay, key)) return std::nullopt;
    if (scanner.TakeEnd() != '=') return std::nullopt;
    if (!scanner.Take(",+;", Escapes::kOfNames, value)) return std::nullopt;
    if (EqualsIgnoringCase(key, NameOf(part))) found.Note(value);
    // A value in hexadecimal digits, which nobody writes, would have to be decoded from DER.
    if (EqualsIgnoringCase(key, NameOf(part)) && value.starts_with('#')) return std::nullopt;
    const char end = scanner.TakeEnd();
    if (end == ';' || (end != 0 && scanner.AtEnd())) return std::nullopt;
  }
  return found.Take();
}

std::optional<std::string> PartOfXfcc(std::string_view header, CertificatePart part) {
  const std::string_view wanted = IsInName(part) ? "Subject" : NameOf(part);
  Scanner scanner(header);
  OneValue found;
  std::string key;
  std::string value;
  while (!scanner.AtEnd()) {
    if (!scanner.Take("=;,", Escapes::kStay, key) || scanner.TakeEnd() != '=') return std::nullopt;
    // Envoy puts a name into quotes with the name's own escapes.
    const Escapes escapes =
        EqualsIgnoringCase(key, "Subject") ? Escapes::kStay : Escapes::kOfQuotes;
    if (!scanner.Take(";,", escapes, value)) return std::nullopt;
    if (EqualsIgnoringCase(key, wanted)) found.Note(value);
    // A comma begins another certificate, which may be one that the client told of itself.
    const char end = scanner.TakeEnd();
    if (end == ',' || (end != 0 && scanner.AtEnd())) return std::nullopt;
  }
  std::optional<std::string> text = found.Take();
  if (!text || !IsInName(part)) return text;
  return PartOfName(*text, part);
}

}  // namespace proviso::points
