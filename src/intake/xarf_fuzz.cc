// Abuse reports: what is taken is JSON of a version that is known, and no payload gets through.
#include "intake/internal/xarf.h"
#include "intake/report_oracle.h"

namespace {

// The payloads in `evidence`, as the sender wrote them.
std::vector<std::string> Payloads(const proviso::Json& document) {
  std::vector<std::string> payloads;
  const proviso::Json* const evidence = document.Find("evidence");
  if (evidence == nullptr || evidence->AsArray() == nullptr) return payloads;
  for (const proviso::Json& item : *evidence->AsArray()) {
    payloads.push_back(item.StringOr("payload", ""));
  }
  return payloads;
}

}  // namespace

namespace proviso {

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text = fuzz::Input(data, size).rest();
  const auto read = intake::ReadXarf(text);
  if (!read) return 0;
  intake::CheckReport(read->report);
  const auto document = ParseJson(text);
  PROVISO_CHECK(document.has_value(), "what is no JSON was taken");
  PROVISO_CHECK(document->StringOr("xarf_version", "").starts_with("4."), "another version");
  const std::string json = read->report.ToJson().Canonical();
  for (const std::string& payload : Payloads(*document)) {
    // Short ones stand in other words by chance.
    PROVISO_CHECK(payload.size() < 24 || json.find(payload) == std::string::npos, payload);
  }
  for (const auto& payload : read->payloads) static_cast<void>(intake::HashDefect(payload));
  return 0;
}

}  // namespace proviso
