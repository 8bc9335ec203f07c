#include <algorithm>
#include <map>
#include <tuple>

#include "base/bytes.h"
#include "records/register_rows.h"
#include "records/register_store.h"

namespace proviso::records {

namespace {

// As in the language of checks: bare where it can be, else in quotes.
std::string Quoted(std::string_view name) {
  const auto bare = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_./-").find(c) != std::string_view::npos;
  };
  const bool is_bare = !name.empty() && std::ranges::all_of(name, bare) &&
                       std::string_view("_./-").find(name.front()) == std::string_view::npos;
  if (is_bare) return std::string(name);
  std::string text = "\"";
  for (const char c : name) {
    if (c == '"' || c == '\\') text += '\\';
    text += c;
  }
  return text + '"';
}

// What both questions ask: whose records, of what, where.
struct Scope {
  std::string customer;
  std::set<std::string, std::less<>> subscriptions;
  std::string capability_class;
  std::string region;

  std::string ToString() const {
    std::string text = "customer: " + Quoted(customer);
    std::string_view before = ", subscriptions: [";
    for (const std::string& subscription : subscriptions) {
      (text += before) += Quoted(subscription);
      before = ", ";
    }
    if (!subscriptions.empty()) text += "]";
    if (!capability_class.empty()) text += ", class: " + Quoted(capability_class);
    if (!region.empty()) text += ", region: " + Quoted(region);
    return text;
  }
};

Status CheckWord(std::string_view word) {
  const bool control = std::ranges::any_of(
      word, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
  if (word.size() <= RowCheck::kCellBytesMax && !control && IsUtf8(word)) return {};
  return Fail(ErrorCode::kInvalidArgument, "a name in a question about records has at most " +
                                               std::to_string(RowCheck::kCellBytesMax) +
                                               " bytes of UTF-8 and no control character");
}

template <typename Question>
Result<Scope> ScopeOf(const Question& question) {
  if (question.customer.empty()) {
    return Fail(ErrorCode::kInvalidArgument,
                "records are read for one customer; name the customer of the case");
  }
  if (question.subscriptions.size() > RegisterStore::kSubscriptionsMax) {
    return Fail(ErrorCode::kResourceExhausted,
                std::to_string(question.subscriptions.size()) +
                    " subscriptions in one question, at most " +
                    std::to_string(RegisterStore::kSubscriptionsMax) + " are read; ask in parts");
  }
  PROVISO_TRY(CheckWord(question.customer));
  PROVISO_TRY(CheckWord(question.capability_class));
  PROVISO_TRY(CheckWord(question.region));
  for (const std::string& subscription : question.subscriptions) {
    PROVISO_TRY(CheckWord(subscription));
  }
  Scope scope;
  scope.customer = question.customer;
  scope.subscriptions.insert(question.subscriptions.begin(), question.subscriptions.end());
  scope.capability_class = question.capability_class;
  scope.region = question.region;
  return scope;
}

Status CheckFiles(std::span<const RegisterFile> files) {
  if (files.size() > RegisterStore::kFilesMax) {
    return Fail(ErrorCode::kResourceExhausted,
                std::to_string(files.size()) + " registers in one question, at most " +
                    std::to_string(RegisterStore::kFilesMax) + " are read; ask in parts");
  }
  std::set<std::string_view> seen;
  for (const RegisterFile& file : files) {
    if (seen.insert(file.sha256).second) continue;
    return Fail(ErrorCode::kInvalidArgument, "the register `" + file.sha256.substr(0, 64) +
                                                 "` is named twice; name each register once");
  }
  return {};
}

std::vector<std::string> InputsOf(std::span<const RegisterFile> files) {
  std::vector<std::string> inputs;
  for (const RegisterFile& file : files) inputs.push_back(file.kept_sha256);
  std::ranges::sort(inputs);
  return inputs;
}

// Where a line was read.
struct Place {
  const RegisterFile* file = nullptr;
  std::uint64_t line = 0;
};

std::string Named(const Place& place) {
  return "line " + std::to_string(place.line) + " of the register `" + place.file->sha256 + "`";
}

tl::unexpected<Error> InTwoFiles(std::string_view what, const Place& one, const Place& other) {
  return Fail(ErrorCode::kFailedPrecondition, Named(one) + " and " + Named(other) +
                                                  " are of the same " + std::string(what) +
                                                  "; name only the register in force");
}

enum class Match { kNo, kUnplaced, kYes };

// Whether a line of an invoice of the customer belongs to the answer.
Match MatchInvoice(const Scope& scope, const InvoiceLine& line) {
  if (!scope.capability_class.empty() && line.capability_class != scope.capability_class) {
    return Match::kNo;
  }
  const bool elsewhere =
      !scope.region.empty() && !line.region.empty() && line.region != scope.region;
  const bool another = !scope.subscriptions.empty() && !line.subscription.empty() &&
                       !scope.subscriptions.contains(line.subscription);
  if (elsewhere || another) return Match::kNo;
  const bool unplaced = (!scope.region.empty() && line.region.empty()) ||
                        (!scope.subscriptions.empty() && line.subscription.empty());
  return unplaced ? Match::kUnplaced : Match::kYes;
}

bool MatchesEvery(std::string_view asked, std::string_view cell) {
  return asked.empty() || cell == kEvery || cell == asked;
}

bool MatchContract(const Scope& scope, const ContractLine& line) {
  return line.customer == scope.customer &&
         MatchesEvery(scope.capability_class, line.capability_class) &&
         MatchesEvery(scope.region, line.region) &&
         (scope.subscriptions.empty() || line.subscription.empty() ||
          scope.subscriptions.contains(line.subscription));
}

// Adds up the lines of invoices.
class InvoiceSum {
 public:
  InvoiceSum(const Scope& scope, const InvoiceQuestion& question)
      : scope_(scope), from_(question.from), to_(question.to) {}

  Status Add(const Place& place, const InvoiceLine& line) {
    if (line.month < from_ || line.month > to_) return {};
    if (!place.file->months.empty() && !place.file->months.contains(line.month)) return {};
    covered_.insert(line.month);
    if (line.customer != scope_.customer) return {};
    const Place first = invoices_.emplace(std::pair(line.invoice, line.month), place).first->second;
    if (first.file != place.file) return InTwoFiles("invoice and month", first, place);
    const Match match = MatchInvoice(scope_, line);
    if (match == Match::kNo) return {};
    if (match == Match::kUnplaced) {
      ++unplaced_;
      return {};
    }
    ++lines_;
    PROVISO_TRY(AddTo(amounts_[{line.month, line.currency}], line.amount));
    if (line.quantity) {
      PROVISO_TRY(AddTo(quantities_[{line.month, line.unit}], *line.quantity));
    }
    return {};
  }

  InvoiceAnswer Answer() const {
    InvoiceAnswer answer;
    for (const auto& [key, sum] : amounts_) {
      answer.amounts.push_back({key.first, key.second, sum.value, sum.lines});
    }
    for (const auto& [key, sum] : quantities_) {
      answer.quantities.push_back({key.first, key.second, sum.value, sum.lines});
    }
    answer.lines = lines_;
    answer.unplaced_lines = unplaced_;
    answer.covered.assign(covered_.begin(), covered_.end());
    return answer;
  }

 private:
  struct Sum {
    Decimal value;
    std::uint64_t lines = 0;
  };
  static Status AddTo(Sum& sum, Decimal value) {
    sum.value = PROVISO_TRY(sum.value.Plus(value));
    ++sum.lines;
    return {};
  }

  const Scope& scope_;
  Month from_;
  Month to_;
  std::map<std::pair<Month, std::string>, Sum> amounts_;
  std::map<std::pair<Month, std::string>, Sum> quantities_;
  std::set<Month> covered_;
  // Where each invoice of the customer was seen first.
  std::map<std::pair<std::string, Month>, Place> invoices_;
  std::uint64_t lines_ = 0;
  std::uint64_t unplaced_ = 0;
};

// Collects the lines of agreements in force.
class AgreementList {
 public:
  AgreementList(const Scope& scope, Date at) : scope_(scope), at_(at) {}

  Status Add(const Place& place, const ContractLine& line) {
    ++lines_read_;
    if (!MatchContract(scope_, line)) return {};
    const AgreementLine agreement = Shown(line);
    const auto [found, is_new] =
        lines_.emplace(std::tuple(line.agreement, line.subscription, line.capability_class,
                                  line.region, line.from),
                       Seen{agreement, place});
    if (is_new || found->second.line == agreement) return {};
    return InTwoFiles("line of an agreement, and differ", found->second.place, place);
  }

  ContractAnswer Answer() const {
    ContractAnswer answer;
    std::set<std::string, std::less<>> covered;
    for (const auto& [key, seen] : lines_) {
      if (seen.line.from > at_ || (seen.line.until && *seen.line.until <= at_)) continue;
      answer.agreements.push_back(seen.line);
      covered.insert(seen.line.covers.begin(), seen.line.covers.end());
    }
    for (const std::string& subscription : scope_.subscriptions) {
      if (!covered.contains(subscription)) answer.not_covered.push_back(subscription);
    }
    answer.lines_read = lines_read_;
    return answer;
  }

 private:
  struct Seen {
    AgreementLine line;
    Place place;
  };

  AgreementLine Shown(const ContractLine& line) const {
    AgreementLine shown;
    shown.agreement = line.agreement;
    shown.subscription = line.subscription;
    shown.capability_class = line.capability_class;
    shown.region = line.region;
    shown.from = line.from;
    shown.until = line.until;
    shown.quantity = line.quantity;
    shown.unit = line.unit;
    if (line.subscription.empty()) {
      shown.covers.assign(scope_.subscriptions.begin(), scope_.subscriptions.end());
    } else {
      shown.covers = {line.subscription};
    }
    return shown;
  }

  const Scope& scope_;
  Date at_;
  std::map<std::tuple<std::string, std::string, std::string, std::string, Date>, Seen> lines_;
  std::uint64_t lines_read_ = 0;
};

// A line that RowCheck once let through and that cannot be read now.
Status Unreadable(const RegisterFile& file, std::uint64_t line) {
  return Fail(ErrorCode::kDataLoss, Named({&file, line}) + " cannot be read");
}

Status CheckMonths(Month from, Month to) {
  const bool good =
      from.ok() && to.ok() && from <= to && (to - from).count() < RegisterStore::kMonthsMax;
  if (good) return {};
  return Fail(ErrorCode::kInvalidArgument,
              "a question about invoices is about 1 to " +
                  std::to_string(RegisterStore::kMonthsMax) +
                  " months, the first one not after the last; name others");
}

// Places in the kept columns of either class.
constexpr std::size_t kCustomerPlace = 1;
constexpr std::size_t kSubscriptionPlace = 2;
constexpr std::size_t kClassPlace = 3;
constexpr std::size_t kRegionPlace = 4;

bool MatchesRow(const Scope& scope, const std::vector<std::string>& cells) {
  const auto open = [](std::string_view cell) { return cell.empty() || cell == kEvery; };
  const auto fits = [&](std::string_view asked, std::string_view cell) {
    return asked.empty() || open(cell) || cell == asked;
  };
  const std::string& subscription = cells[kSubscriptionPlace];
  return cells[kCustomerPlace] == scope.customer &&
         fits(scope.capability_class, cells[kClassPlace]) &&
         fits(scope.region, cells[kRegionPlace]) &&
         (scope.subscriptions.empty() || open(subscription) ||
          scope.subscriptions.contains(subscription));
}

}  // namespace

Result<InvoiceAnswer> RegisterStore::InvoicesIn(std::span<const RegisterFile> files,
                                                const InvoiceQuestion& question) const {
  const Scope scope = PROVISO_TRY(ScopeOf(question));
  PROVISO_TRY(CheckMonths(question.from, question.to));
  PROVISO_TRY(CheckFiles(files));
  InvoiceSum sum(scope, question);
  for (const RegisterFile& file : files) {
    PROVISO_TRY(
        ForEachRowOf(SourceClass::kBilling, file,
                     [&](std::uint64_t number, const std::vector<std::string>& cells) -> Status {
                       const Result<InvoiceLine> line = ReadInvoiceLine(cells);
                       return line ? sum.Add({&file, number}, *line) : Unreadable(file, number);
                     }));
  }
  InvoiceAnswer answer = sum.Answer();
  answer.query = "invoices(" + scope.ToString() + ") from " + FormatMonth(question.from) + " to " +
                 FormatMonth(question.to);
  answer.inputs = InputsOf(files);
  return answer;
}

Result<ContractAnswer> RegisterStore::ContractsAt(std::span<const RegisterFile> files,
                                                  const ContractQuestion& question) const {
  const Scope scope = PROVISO_TRY(ScopeOf(question));
  PROVISO_TRY(CheckFiles(files));
  AgreementList list(scope, question.at);
  for (const RegisterFile& file : files) {
    PROVISO_TRY(
        ForEachRowOf(SourceClass::kContract, file,
                     [&](std::uint64_t number, const std::vector<std::string>& cells) -> Status {
                       const Result<ContractLine> line = ReadContractLine(cells);
                       return line ? list.Add({&file, number}, *line) : Unreadable(file, number);
                     }));
  }
  ContractAnswer answer = list.Answer();
  answer.query = "contracts(" + scope.ToString() + ") at " + FormatDate(question.at);
  answer.inputs = InputsOf(files);
  return answer;
}

Result<RegisterRows> RegisterStore::Rows(const RegisterFile& file, const RowFilter& filter,
                                         std::uint64_t limit) const {
  const Scope scope = PROVISO_TRY(ScopeOf(filter));
  const Kept kept = PROVISO_TRY(ReadKept(file));
  RegisterRows answer;
  for (const RegisterColumn& column : RegisterColumns(kept.cls)) {
    answer.columns.emplace_back(column.name);
  }
  const std::uint64_t shown_max = std::min(limit, kRowsShownMax);
  PROVISO_TRY(
      ForEachRow(kept, [&](std::uint64_t number, const std::vector<std::string>& cells) -> Status {
        if (!MatchesRow(scope, cells)) return {};
        if (++answer.matching <= shown_max) answer.rows.push_back({number, cells});
        return {};
      }));
  return answer;
}

}  // namespace proviso::records
