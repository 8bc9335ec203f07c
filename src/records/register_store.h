#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/decimal.h"
#include "base/time.h"
#include "catalogue/catalogue.h"
#include "crypto/hash.h"
#include "io/files/file_system.h"
#include "records/register_intake.h"
#include "records/source.h"

namespace proviso::records {

// What an import of a register did.
struct StagedRegister {
  std::string sha256;       // of the file as it was delivered
  std::string kept_sha256;  // of what is kept of it
  SourceClass cls = SourceClass::kBilling;
  delivery::RowCounts rows;
  std::vector<std::string> dropped_columns;  // names of columns that were not read
  std::map<Month, std::uint64_t> months;     // of invoices: kept lines for each
  std::vector<std::string> oddities;         // for people
  std::filesystem::path quarantine;          // empty when no row was quarantined
};

// A register that a question is asked of.
struct RegisterFile {
  std::string sha256;
  std::string kept_sha256;
  // Of invoices: the months for which this file is the one in force. Empty: all that it has.
  std::set<Month> months;
};

struct InvoiceQuestion {
  std::string customer;
  std::vector<std::string> subscriptions;  // empty: every line of the customer
  std::string capability_class;            // empty: every class
  std::string region;                      // empty: every region
  Month from;
  Month to;  // the last month
};

struct InvoiceAmount {
  Month month;
  std::string currency;
  Decimal amount;
  std::uint64_t lines = 0;
  bool operator==(const InvoiceAmount&) const = default;
};

struct InvoiceQuantity {
  Month month;
  std::string unit;
  Decimal quantity;
  std::uint64_t lines = 0;
  bool operator==(const InvoiceQuantity&) const = default;
};

struct InvoiceAnswer {
  std::vector<InvoiceAmount> amounts;       // by month and currency
  std::vector<InvoiceQuantity> quantities;  // by month and unit
  std::uint64_t lines = 0;
  // Lines that might belong to the answer but name no subscription, or no region, where the
  // question does. They are in no sum.
  std::uint64_t unplaced_lines = 0;
  // Months of the question for which the registers have lines of anybody: no amount in one of them
  // means that nothing was charged. In any other month it means that records are missing.
  std::vector<Month> covered;
  std::string query;                // what was asked, in one form
  std::vector<std::string> inputs;  // kept_sha256 of the registers, in order
};

struct ContractQuestion {
  std::string customer;
  std::vector<std::string> subscriptions;  // empty: any of the customer's
  std::string capability_class;            // empty: any class
  std::string region;                      // empty: any region
  Date at;
};

// One line of an agreement that is in force.
struct AgreementLine {
  std::string agreement;
  std::string subscription;  // as in the register; empty: every subscription of the customer
  std::string capability_class;
  std::string region;
  Date from;
  std::optional<Date> until;
  std::optional<Decimal> quantity;
  std::string unit;
  std::vector<std::string> covers;  // subscriptions of the question
  bool operator==(const AgreementLine&) const = default;
};

struct ContractAnswer {
  std::vector<AgreementLine> agreements;  // by agreement, subscription, class, region
  std::vector<std::string> not_covered;   // subscriptions of the question that no line covers
  // Agreements of any customer that the registers hold. With none, records are missing.
  std::uint64_t lines_read = 0;
  std::string query;
  std::vector<std::string> inputs;
};

// Which rows a person reads. The customer must be named: records are read for a case. Empty members
// ask for all; a cell that is empty or `*` matches whatever is asked.
struct RowFilter {
  std::string customer;
  std::vector<std::string> subscriptions;
  std::string capability_class;
  std::string region;
};

struct RegisterRows {
  std::vector<std::string> columns;
  struct Row {
    std::uint64_t line = 0;  // of the delivered file
    std::vector<std::string> cells;
  };
  std::vector<Row> rows;       // in the order of the file
  std::uint64_t matching = 0;  // also those beyond the limit
};

// The registers that were delivered: DATA/records/HASH.csv with the kept columns, named by the hash
// of what was delivered, and HASH.quarantine.jsonl (docs/formats/records.md). Who may ask, and
// which register is in force, is not the store's to know. Every question checks the hash of each
// file it reads. Thread-safe, but two imports of one file must not run at once. `files` must
// outlive it. The caller holds the data directory's lock when it opens the store.
class RegisterStore {
 public:
  static constexpr std::size_t kFilesMax = 1000;            // of one question
  static constexpr std::size_t kSubscriptionsMax = 10'000;  // of one question
  static constexpr int kMonthsMax = 240;                    // of one question
  static constexpr std::uint64_t kRowsShownMax = 10'000;

  // Makes the folder, and removes what an import that died has left.
  static Result<RegisterStore> Open(const std::filesystem::path& data, io::FileSystem& files);

  // The hash that Stage would file this delivery under.
  Result<crypto::Hash> Fingerprint(const std::filesystem::path& file) const;

  // Checks a register and stores its good rows; durable when it returns. On an error nothing is
  // kept, and what an earlier import of the same file kept stays as it is. kAlreadyExists when that
  // differs, as it may under another catalogue: findings may rest on it.
  Result<StagedRegister> Stage(const std::filesystem::path& file, SourceClass cls, KnownNames known,
                               const Progress& progress = {}) const;

  // Removes registers that an import stored and did not live to record. `recorded` are the hashes
  // of all deliveries that the log knows.
  Status RemoveUnrecorded(const std::set<std::string>& recorded) const;

  // kDataLoss unless the stored file is the one whose hash Stage returned.
  Status Verify(const std::string& sha256, const std::string& kept_sha256) const;

  // kFailedPrecondition when two of the files hold lines of one invoice and month (of one agreement
  // that differ): the caller names the one in force.
  Result<InvoiceAnswer> InvoicesIn(std::span<const RegisterFile> files,
                                   const InvoiceQuestion& question) const;
  Result<ContractAnswer> ContractsAt(std::span<const RegisterFile> files,
                                     const ContractQuestion& question) const;

  // Up to `limit` rows (at most kRowsShownMax).
  Result<RegisterRows> Rows(const RegisterFile& file, const RowFilter& filter,
                            std::uint64_t limit) const;

 private:
  // Called with the line of the delivered file and the cells of each row.
  using OnRow = std::function<Status(std::uint64_t line, const std::vector<std::string>& cells)>;

  RegisterStore(std::filesystem::path folder, io::FileSystem& files)
      : folder_(std::move(folder)), files_(&files) {}

  std::filesystem::path KeptPath(const std::string& sha256) const;
  std::filesystem::path QuarantinePath(const std::string& sha256) const;
  Status Store(const std::string& sha256, const NormalRegister& made) const;
  Status Write(const std::string& sha256, const NormalRegister& made) const;
  Status WriteQuarantine(const std::string& sha256, const NormalRegister& made) const;
  struct Kept {
    std::filesystem::path path;
    SourceClass cls = SourceClass::kBilling;
    Bytes bytes;
  };
  // The file as it was stored, or kDataLoss.
  Result<Kept> ReadKept(const RegisterFile& file) const;
  static Status ForEachRow(const Kept& kept, const OnRow& on_row);
  // The same, where the register must be of this class.
  Status ForEachRowOf(SourceClass cls, const RegisterFile& file, const OnRow& on_row) const;

  std::filesystem::path folder_;
  io::FileSystem* files_;
};

}  // namespace proviso::records
