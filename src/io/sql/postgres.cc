#include "io/sql/postgres.h"

#include <libpq-fe.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <map>
#include <utility>

namespace proviso::io {
namespace {

// Numbers of types, fixed in PostgreSQL's catalogue.
constexpr std::uint32_t kInt8 = 20;
constexpr std::uint32_t kText = 25;
constexpr std::uint32_t kBytea = 17;
constexpr std::uint32_t kInt8Array = 1016;
constexpr std::uint32_t kTextArray = 1009;
constexpr std::uint32_t kByteaArray = 1001;
constexpr int kBinary = 1;

// A server that is not heard of for longer is gone.
constexpr const char* kConnectSeconds = "5";
constexpr const char* kSilenceMilliseconds = "10000";

void AppendBigEndian(std::uint64_t value, std::size_t width, Bytes& bytes) {
  for (std::size_t i = width; i-- > 0;) {
    bytes.push_back(static_cast<std::uint8_t>(value >> (8U * i)));
  }
}

Bytes BigEndian(std::int64_t value) {
  Bytes bytes;
  AppendBigEndian(static_cast<std::uint64_t>(value), sizeof value, bytes);
  return bytes;
}

ErrorCode CodeOf(std::string_view state) {
  if (state == "23505") return ErrorCode::kAlreadyExists;
  if (state == "3D000") return ErrorCode::kNotFound;
  if (state == "42501" || state.starts_with("28")) return ErrorCode::kPermissionDenied;
  if (state == "53300") return ErrorCode::kUnavailable;  // too many connections
  if (state.starts_with("53") || state.starts_with("54")) return ErrorCode::kResourceExhausted;
  if (state.starts_with("XX001") || state.starts_with("XX002")) return ErrorCode::kDataLoss;
  // Gone or going, read only, locked, chosen to give way, cancelled, a broken disk.
  for (const char* passing : {"08", "57", "58", "25006", "55P03", "40"}) {
    if (state.starts_with(passing)) return ErrorCode::kUnavailable;
  }
  return ErrorCode::kInternal;
}

// A message of several lines as one.
std::string Folded(const char* text) {
  std::string folded;
  for (const char c : std::string_view(text == nullptr ? "" : text)) {
    const bool is_space = c == ' ' || c == '\n' || c == '\t' || c == '\r';
    if (!is_space) {
      folded += c;
    } else if (!folded.empty() && folded.back() != ' ') {
      folded += ' ';
    }
  }
  if (!folded.empty() && folded.back() == ' ') folded.pop_back();
  return folded;
}

constexpr const char* kRefusedRemedy =
    "; give this user's password in the connection URI or in a password file of libpq";
constexpr const char* kDownRemedy =
    "; look whether PostgreSQL runs there, and whether the address, the database and the user in "
    "the connection URI are right";

struct FreeOptions {
  void operator()(PQconninfoOption* options) const noexcept { PQconninfoFree(options); }
};

// What the connection string says, by keyword.
Result<std::map<std::string, std::string>> Parsed(const std::string& place) {
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, FreeOptions> options(
      PQconninfoParse(place.c_str(), &message));
  PQfreemem(message);  // it may repeat a password
  if (options == nullptr) {
    return Fail(ErrorCode::kInvalidArgument,
                "expected a connection URI such as `postgresql://user@host:5432/database`, found "
                "one that cannot be read");
  }
  std::map<std::string, std::string> values;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (option->val != nullptr) values[option->keyword] = option->val;
  }
  return values;
}

std::string Named(const std::map<std::string, std::string>& values) {
  const auto value = [&](const char* name) {
    const auto found = values.find(name);
    return found == values.end() ? std::string() : found->second;
  };
  std::string host = value("host").empty() ? value("hostaddr") : value("host");
  if (!value("service").empty()) host = "service " + value("service");
  if (!value("port").empty()) host += ":" + value("port");
  return (host.empty() ? "default server" : host) + "/" + value("dbname");
}

}  // namespace

PostgresValue::PostgresValue(std::int64_t value) : type_(kInt8), bytes_(BigEndian(value)) {}
PostgresValue::PostgresValue(std::string_view text)
    : type_(kText), bytes_(AsBytes(text).begin(), AsBytes(text).end()) {}
PostgresValue::PostgresValue(ByteView blob) : type_(kBytea), bytes_(blob.begin(), blob.end()) {}

PostgresValue PostgresValue::Array(Element element, std::span<const ByteView> values) {
  constexpr std::array kElements = {kInt8, kText, kBytea};
  constexpr std::array kArrays = {kInt8Array, kTextArray, kByteaArray};
  const auto kind = static_cast<std::size_t>(element);
  Bytes bytes;
  AppendBigEndian(values.empty() ? 0 : 1, 4, bytes);  // dimensions
  AppendBigEndian(0, 4, bytes);                       // no nulls
  AppendBigEndian(kElements.at(kind), 4, bytes);
  if (!values.empty()) {
    AppendBigEndian(values.size(), 4, bytes);
    AppendBigEndian(1, 4, bytes);  // counted from 1
  }
  for (const ByteView value : values) {
    AppendBigEndian(value.size(), 4, bytes);
    bytes.insert(bytes.end(), value.begin(), value.end());
  }
  return {kArrays.at(kind), std::move(bytes)};
}

PostgresValue PostgresValue::IntegerArray(std::span<const std::int64_t> values) {
  std::vector<Bytes> encoded;
  encoded.reserve(values.size());
  for (const std::int64_t value : values) encoded.push_back(BigEndian(value));
  return Array(Element::kInteger, std::vector<ByteView>(encoded.begin(), encoded.end()));
}

PostgresValue PostgresValue::TextArray(std::span<const std::string> texts) {
  std::vector<ByteView> views;
  views.reserve(texts.size());
  for (const std::string& text : texts) views.push_back(AsBytes(text));
  return Array(Element::kText, views);
}

PostgresValue PostgresValue::BlobArray(std::span<const ByteView> blobs) {
  return Array(Element::kBlob, blobs);
}

void PostgresRows::Clear::operator()(pg_result* result) const noexcept { PQclear(result); }

std::size_t PostgresRows::size() const {
  return static_cast<std::size_t>(PQntuples(result_.get()));
}

ByteView PostgresRows::Blob(std::size_t row, int column) const {
  const int at = static_cast<int>(row);
  const char* data = PQgetvalue(result_.get(), at, column);
  if (data == nullptr) return {};
  return {reinterpret_cast<const std::uint8_t*>(data),
          static_cast<std::size_t>(PQgetlength(result_.get(), at, column))};
}

std::string_view PostgresRows::Text(std::size_t row, int column) const {
  return AsText(Blob(row, column));
}

std::int64_t PostgresRows::Integer(std::size_t row, int column) const {
  std::uint64_t value = 0;
  for (const std::uint8_t byte : Blob(row, column)) value = value << 8U | byte;
  return static_cast<std::int64_t>(value);
}

bool PostgresRows::Bool(std::size_t row, int column) const { return Integer(row, column) != 0; }

bool PostgresRows::IsNull(std::size_t row, int column) const {
  return PQgetisnull(result_.get(), static_cast<int>(row), column) != 0;
}

std::int64_t PostgresRows::changes() const {
  std::int64_t value = 0;
  for (const char c : std::string_view(PQcmdTuples(result_.get()))) value = value * 10 + (c - '0');
  return value;
}

std::string_view PostgresRows::tag() const { return PQcmdStatus(result_.get()); }

void PostgresConnection::Finish::operator()(pg_conn* connection) const noexcept {
  PQfinish(connection);
}

Result<std::string> PostgresPlace(const std::string& place) {
  return Named(PROVISO_TRY(Parsed(place)));
}

Result<bool> HasPassword(const std::string& place) {
  return PROVISO_TRY(Parsed(place)).contains("password");
}

Result<PostgresConnection> PostgresConnection::Open(const std::string& place) {
  std::map<std::string, std::string> values = PROVISO_TRY(Parsed(place));
  const std::string named = Named(values);
  values.insert({{"connect_timeout", kConnectSeconds},
                 {"tcp_user_timeout", kSilenceMilliseconds},
                 {"keepalives_idle", "5"},
                 {"keepalives_interval", "2"},
                 {"keepalives_count", "3"},
                 {"application_name", "proviso " + std::to_string(::getpid())}});
  values["client_encoding"] = "UTF8";
  std::vector<const char*> keywords;
  std::vector<const char*> texts;
  for (const auto& [keyword, text] : values) {
    keywords.push_back(keyword.c_str());
    texts.push_back(text.c_str());
  }
  keywords.push_back(nullptr);
  texts.push_back(nullptr);
  std::unique_ptr<pg_conn, Finish> opened(PQconnectdbParams(keywords.data(), texts.data(), 0));
  if (opened == nullptr) return Fail(ErrorCode::kResourceExhausted, "no memory for a connection");
  if (PQstatus(opened.get()) != CONNECTION_OK) {
    const bool refused =
        PQconnectionNeedsPassword(opened.get()) != 0 || PQconnectionUsedPassword(opened.get()) != 0;
    return Fail(refused ? ErrorCode::kPermissionDenied : ErrorCode::kUnavailable,
                "PostgreSQL at `" + named + "`: " + Folded(PQerrorMessage(opened.get())) +
                    (refused ? kRefusedRemedy : kDownRemedy));
  }
  PQsetErrorVerbosity(opened.get(), PQERRORS_TERSE);
  // Notices of the server are not for whoever reads our standard error.
  PQsetNoticeProcessor(
      opened.get(), [](void*, const char*) {}, nullptr);
  return PostgresConnection(std::move(opened), named);
}

tl::unexpected<Error> PostgresConnection::Failed(const pg_result* result) const {
  const char* state = result == nullptr ? nullptr : PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const std::string where = "PostgreSQL at `" + place_ + "`: ";
  if (state == nullptr || !is_alive()) {
    const std::string message = Folded(PQerrorMessage(connection_.get()));
    return Fail(ErrorCode::kUnavailable,
                where + (message.empty() ? "the session is gone" : message));
  }
  return Fail(CodeOf(state), where + Folded(PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY)) +
                                 " (SQLSTATE " + state + ")");
}

Result<PostgresRows> PostgresConnection::Checked(pg_result* result) const {
  PostgresRows rows(result);
  const ExecStatusType status = PQresultStatus(result);
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) return Failed(result);
  return rows;
}

Status PostgresConnection::Execute(const std::string& sql) {
  PROVISO_TRY(Checked(PQexec(connection_.get(), sql.c_str())));
  return {};
}

Result<PostgresRows> PostgresConnection::Query(const std::string& sql,
                                               std::span<const PostgresValue> values) {
  PROVISO_TRY(Send(sql, values));
  return Receive();
}

Status PostgresConnection::Send(const std::string& sql, std::span<const PostgresValue> values) {
  std::vector<Oid> types;
  std::vector<const char*> data;
  std::vector<int> lengths;
  const std::vector<int> formats(values.size(), kBinary);
  for (const PostgresValue& value : values) {
    types.push_back(value.type_);
    // A pointer that is null would be NULL.
    data.push_back(value.bytes_.empty() ? "" : AsText(value.bytes_).data());
    lengths.push_back(static_cast<int>(value.bytes_.size()));
  }
  if (PQsendQueryParams(connection_.get(), sql.c_str(), static_cast<int>(values.size()),
                        types.data(), data.data(), lengths.data(), formats.data(), kBinary) != 1) {
    return Failed(nullptr);
  }
  return {};
}

Result<PostgresRows> PostgresConnection::Receive() {
  pg_result* first = PQgetResult(connection_.get());
  // There is one statement, hence one result; the rest only says that it is over.
  while (pg_result* more = PQgetResult(connection_.get())) PQclear(more);
  return Checked(first);
}

Result<bool> PostgresConnection::WaitForBytes(std::chrono::milliseconds patience) {
  pollfd waiting{.fd = PQsocket(connection_.get()), .events = POLLIN, .revents = 0};
  if (waiting.fd < 0) return Failed(nullptr);
  const int ready = ::poll(&waiting, 1, static_cast<int>(patience.count()));
  if (ready < 0 && errno != EINTR) return Failed(nullptr);
  if (ready <= 0) return false;
  if (PQconsumeInput(connection_.get()) != 1) return Failed(nullptr);
  return true;
}

Result<bool> PostgresConnection::WaitForAnswer(std::chrono::milliseconds patience) {
  using Clock = std::chrono::steady_clock;
  const auto until = Clock::now() + patience;
  while (PQisBusy(connection_.get()) != 0) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    if (left.count() <= 0) return false;
    PROVISO_TRY(WaitForBytes(left));
  }
  return true;
}

Result<bool> PostgresConnection::WaitForNotice(std::chrono::milliseconds patience) {
  bool heard = false;
  for (int attempt = 0; attempt < 2 && !heard; ++attempt) {
    if (attempt == 1 && !PROVISO_TRY(WaitForBytes(patience))) return false;
    while (PGnotify* notice = PQnotifies(connection_.get())) {
      PQfreemem(notice);
      heard = true;
    }
  }
  return heard;
}

bool PostgresConnection::is_alive() const { return PQstatus(connection_.get()) == CONNECTION_OK; }

bool PostgresConnection::in_transaction() const {
  return PQtransactionStatus(connection_.get()) != PQTRANS_IDLE;
}

std::int64_t PostgresConnection::backend() const { return PQbackendPID(connection_.get()); }

}  // namespace proviso::io
