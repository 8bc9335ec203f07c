#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"
#include "catalogue/catalogue.h"
#include "enforcement/restriction.h"

namespace proviso::enforcement {

// What the hot path reads of a question. Service and region are interned by the caller.
struct FastQuestion {
  std::string_view subscription;
  std::uint16_t service = 0;  // DecisionTable::ServiceNumber
  std::uint16_t region = 0;   // DecisionTable::RegionNumber
  Operation operation = Operation::kRead;
  std::int64_t at = 0;  // milliseconds since 1970
};

struct Verdict {
  bool allowed = true;
  std::uint32_t restriction = 0;  // 1 + index into the restrictions of the table; 0 when allowed
};

// What changed since a table was compiled.
struct TableChange {
  std::vector<std::string> removed;       // ids
  std::vector<const Restriction*> added;  // behind all that stay, in this order
};

// The compiled form of all restrictions in force (docs/formats/decision-table.md): one checksummed
// run of bytes, immutable, read in place. Thread-compatible; Decide() takes no lock, allocates
// nothing, and never fails.
class DecisionTable {
 public:
  static constexpr std::uint16_t kUnknown = 0xFFFF;

  // The bytes of a table. kFailedPrecondition when a restriction would touch a service of a class
  // in `keep_on_classes`: the last check before a restriction takes effect.
  static Result<Bytes> Compile(std::uint64_t number, const std::vector<Restriction>& restrictions,
                               const catalogue::Catalogue& catalogue,
                               const std::vector<std::string>& keep_on_classes);

  // The very bytes that Compile() gives for the restrictions of `before`, changed as `change` says,
  // in a small part of its time. `catalogue` and `keep_on_classes` are those that `before` was
  // compiled with. Nothing when the names or the seed of the table would be others, or
  // two restrictions have one id: compile anew.
  // The errors of Compile(); kNotFound when `before` does not have what is to be removed.
  static Result<std::optional<Bytes>> CompileFrom(const DecisionTable& before, std::uint64_t number,
                                                  const TableChange& change,
                                                  const catalogue::Catalogue& catalogue,
                                                  const std::vector<std::string>& keep_on_classes);

  // What leads from the restrictions of this table to `in_force`, in that order. A restriction with
  // the same id and the same terms is taken to have the same targets: nobody changes them.
  TableChange ChangeTo(std::span<const Restriction* const> in_force) const;

  // `bytes` must outlive the table. kDataLoss when length or checksum is wrong,
  // kUnimplemented for another version.
  static Result<DecisionTable> Open(std::span<const std::uint8_t> bytes);
  // Whether what begins with `beginning` and has `size` bytes may be one: the errors of Open for
  // what the header says, which is 128 bytes long.
  static Status CheckBeginning(std::span<const std::uint8_t> beginning, std::uint64_t size);

  std::uint64_t number() const;  // index of the log entry that made it; 0: nothing adopted yet

  // kUnknown when the table does not know the name.
  std::uint16_t ServiceNumber(std::string_view service) const;
  std::uint16_t RegionNumber(std::string_view region) const;
  // All names that the table knows, in order.
  std::vector<std::string_view> ServiceNames() const;
  std::vector<std::string_view> RegionNames() const;

  // Whether some restriction denies `subscription` something, at some time.
  bool Knows(std::string_view subscription) const noexcept;

  Verdict Decide(const FastQuestion& question) const noexcept;

  // The full answer, for people and protocols; interns, decides, and describes. A service or region
  // that the table does not know is allowed or denied as `unknown_allowed` says, with the reason
  // "unknown service" or "unknown region".
  Answer Describe(const Question& question, bool unknown_allowed) const;

 private:
  DecisionTable() = default;
  std::string_view NameAt(const std::uint8_t* names, std::uint32_t index) const;
  std::uint16_t NumberOf(const std::uint8_t* names, std::uint32_t count,
                         std::string_view name) const;
  // The slot of the subscription, or nullptr.
  const std::uint8_t* Find(std::string_view subscription) const;
  static Verdict DecideInline(const std::uint8_t* slot, std::uint32_t cell,
                              const FastQuestion& question);
  Verdict DecideSpilled(const std::uint8_t* slot, std::uint32_t cell,
                        const FastQuestion& question) const;

  std::span<const std::uint8_t> bytes_;
  // Where the parts begin: all inside the bytes.
  const std::uint8_t* filter_ = nullptr;
  const std::uint8_t* slots_ = nullptr;
  const std::uint8_t* spilled_ = nullptr;
  const std::uint8_t* restrictions_ = nullptr;
  const std::uint8_t* service_names_ = nullptr;
  const std::uint8_t* region_names_ = nullptr;
  std::string_view text_;
  std::uint64_t number_ = 0;
  std::uint64_t seed_ = 0;
  std::uint64_t filter_words_ = 0;
  std::uint64_t homes_ = 0;
  std::uint32_t service_count_ = 0;
  std::uint32_t region_count_ = 0;
};

}  // namespace proviso::enforcement
