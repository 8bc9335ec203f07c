#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "intake/report.h"

namespace proviso::intake {

// Evidence that came with a report, for comparing it with its hash and for nothing else.
struct EvidencePayload {
  std::size_t position = 0;  // in `evidence`
  std::string hash;          // "sha256:..." as the report says
  Bytes bytes;
};

struct AbuseReport {
  Report report;
  std::vector<EvidencePayload> payloads;
};

// Reads a report in XARF v4. kInvalidArgument names all faults with their JSON path;
// kUnimplemented for version 3. No payload of evidence gets into the report.
Result<AbuseReport> ReadXarf(std::string_view text);

// What is wrong with the hash of `payload`; nothing when it is right.
std::optional<std::string> HashDefect(const EvidencePayload& payload);

}  // namespace proviso::intake
