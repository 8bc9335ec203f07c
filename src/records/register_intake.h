#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "catalogue/catalogue.h"
#include "catalogue/customers.h"
#include "delivery/row_counts.h"
#include "delivery/set_aside.h"
#include "records/source.h"

namespace proviso::records {

// A file beyond this is refused; what is kept of it, and the work in memory, grow with it.
inline constexpr std::uint64_t kRegisterBytesMax = std::uint64_t{64} << 20U;
inline constexpr std::uint64_t kRegisterRowsMax = 1'000'000;
// Beyond delivery::kSetAsideTolerated at most one row in kQuarantineShare is set aside, and never
// more than kQuarantinedRowsMax.
inline constexpr std::uint64_t kQuarantineShare = 20;
inline constexpr std::uint64_t kQuarantinedRowsMax = 10'000;

// Called now and then, with 0..1 and "import" or "store".
using Progress = std::function<void(double share, std::string_view phase)>;

// What is kept of a register that was delivered.
struct NormalRegister {
  // Canonical CSV: the column `line` (of the delivered file), then RegisterColumns().
  std::string kept;
  std::vector<delivery::Quarantined> quarantined;
  delivery::RowCounts rows;
  std::vector<std::string> dropped_columns;
  std::map<Month, std::uint64_t> months;  // of invoices: lines for each
  std::vector<std::string> oddities;      // for people
};

// What the cells of a register are checked against.
struct KnownNames {
  const catalogue::Catalogue& catalogue;
  const catalogue::Customers* customers = nullptr;  // nullptr: parties are not checked
};

// Reads a register as it was delivered. kInvalidArgument, with the place and what to do, when the
// file as a whole cannot be taken. No message holds what a cell says, but for the id of a party
// that is not known. Pure.
Result<NormalRegister> NormaliseRegister(std::string_view text, SourceClass cls, KnownNames known,
                                         const Progress& progress = {});

// The first line of what is kept of a register.
std::string KeptHeader(SourceClass cls);

}  // namespace proviso::records
