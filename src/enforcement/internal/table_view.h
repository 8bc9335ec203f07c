#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/bytes.h"
#include "enforcement/internal/table_layout.h"

namespace proviso::enforcement::internal {

// Where the parts of a table lie in its bytes, which must outlive it.
struct TableView {
  TableHeader header;
  const std::uint8_t* filter;
  const std::uint8_t* slots;
  const std::uint8_t* spilled;
  const std::uint8_t* restrictions;
  const std::uint8_t* service_names;
  const std::uint8_t* region_names;
  std::string_view text;

  Slot SlotAt(std::uint64_t index) const { return Load<Slot>(slots + sizeof(Slot) * index); }
  SpilledRule SpilledAt(std::uint64_t index) const {
    return Load<SpilledRule>(spilled + sizeof(SpilledRule) * index);
  }
  RestrictionRecord RestrictionAt(std::uint64_t index) const {
    return Load<RestrictionRecord>(restrictions + sizeof(RestrictionRecord) * index);
  }
  TextRef ServiceAt(std::uint64_t index) const {
    return Load<TextRef>(service_names + sizeof(TextRef) * index);
  }
  TextRef RegionAt(std::uint64_t index) const {
    return Load<TextRef>(region_names + sizeof(TextRef) * index);
  }
  std::string_view TextAt(TextRef ref) const { return text.substr(ref.offset, ref.length); }
};

// Nothing when the parts do not fill `bytes` exactly. `bytes` are at least a header and a checksum.
std::optional<TableView> Lay(ByteView bytes);

// Why `table` cannot be what a compiler wrote, or nullptr. After that, a reader needs no checks:
// whatever it follows stays inside, each search ends, and finds what is there.
const char* FindFault(const TableView& table);

}  // namespace proviso::enforcement::internal
