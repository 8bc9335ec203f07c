#include "delivery/foreign_format.h"

#include <algorithm>
#include <array>

namespace proviso::delivery {

const ForeignFormat* FindForeignFormat(std::string_view beginning) {
  static constexpr std::array kFormats = {
      ForeignFormat{"\x1f\x8b", "gzip", "unpack it first, for example with gunzip"},
      ForeignFormat{"PK\x03\x04", "a zip archive or a spreadsheet",
                    "unpack it first, or export the sheet as CSV in UTF-8"},
      ForeignFormat{"\xd0\xcf\x11\xe0", "a spreadsheet", "export the sheet as CSV in UTF-8"},
      ForeignFormat{"\x28\xb5\x2f\xfd", "zstd", "unpack it first, for example with unzstd"},
      ForeignFormat{"PARE", "encrypted Parquet", "deliver it unencrypted"},
      ForeignFormat{"%PDF", "a PDF", "export the table as CSV in UTF-8"},
      ForeignFormat{"\xff\xfe", "UTF-16 text", "export it as UTF-8"},
      ForeignFormat{"\xfe\xff", "UTF-16 text", "export it as UTF-8"},
  };
  const auto* found = std::ranges::find_if(
      kFormats, [&](const ForeignFormat& format) { return beginning.starts_with(format.bytes); });
  return found == kFormats.end() ? nullptr : found;
}

}  // namespace proviso::delivery
