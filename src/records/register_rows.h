#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/decimal.h"
#include "base/time.h"
#include "catalogue/catalogue.h"
#include "delivery/set_aside.h"
#include "records/register_columns.h"

namespace proviso::records {

// In a contract: every class, every region.
inline constexpr std::string_view kEvery = "*";
// The class of invoice lines for what the catalogue does not have: support, tax.
inline constexpr std::string_view kOtherClass = "other";

// Places in RegisterColumns() of either class.
inline constexpr std::size_t kCustomerPlace = 1;
inline constexpr std::size_t kSubscriptionPlace = 2;

// Whether a text has the form of an agreement's or an invoice's number: no sentence has.
bool IsNumberOfARegister(std::string_view cell);

struct RowFault {
  delivery::FaultReason reason = delivery::FaultReason::kNone;
  std::string_view column;
};

// Checks the kept cells of a row against the rules of docs/formats/records.md, and puts them into
// their one form.
class RowCheck {
 public:
  static constexpr std::size_t kCellBytesMax = 255;
  static constexpr std::size_t kNumberBytesMax = 64;

  RowCheck(SourceClass cls, const catalogue::Catalogue& catalogue);

  // `cells` stand in the order of RegisterColumns(); empty: the file says nothing.
  RowFault Check(std::vector<std::string>& cells) const;
  // What no two rows of a register may share.
  std::string Key(const std::vector<std::string>& cells) const;

 private:
  delivery::FaultReason CheckCell(const RegisterColumn& column, std::string& cell) const;
  RowFault CheckRow(const std::vector<std::string>& cells) const;
  bool KnowsUnit(const std::string& cls, const std::string& unit) const;

  SourceClass cls_;
  std::set<std::string, std::less<>> regions_;
  std::map<std::string, std::set<std::string>, std::less<>> units_;  // by class
  std::set<std::string> all_units_;
};

// A row of a contract register as it is kept.
struct ContractLine {
  std::string agreement;
  std::string customer;
  std::string subscription;  // empty: every subscription of the customer
  std::string capability_class;
  std::string region;
  Date from;
  std::optional<Date> until;  // the first day on which it is no longer in force
  std::optional<Decimal> quantity;
  std::string unit;
};
// A row of an invoice register as it is kept.
struct InvoiceLine {
  std::string invoice;
  std::string customer;
  std::string subscription;  // empty: of no single one
  std::string capability_class;
  std::string region;  // empty: of no single one
  Month month;
  std::optional<Decimal> quantity;
  std::string unit;
  Decimal amount;
  std::string currency;
};

// Read kept cells, in the order of RegisterColumns(). kInvalidArgument for cells that RowCheck
// would not have let through.
Result<ContractLine> ReadContractLine(const std::vector<std::string>& cells);
Result<InvoiceLine> ReadInvoiceLine(const std::vector<std::string>& cells);

}  // namespace proviso::records
