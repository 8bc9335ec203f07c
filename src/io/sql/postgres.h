#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.h"

struct pg_conn;
struct pg_result;

namespace proviso::io {

// A parameter of a PostgreSQL statement; `$1` counts from 1. It owns its bytes.
class PostgresValue {
 public:
  PostgresValue(std::int64_t value);      // NOLINT(google-explicit-constructor): reads as a value
  PostgresValue(std::string_view text);   // NOLINT(google-explicit-constructor)
  PostgresValue(const std::string& text)  // NOLINT(google-explicit-constructor)
      : PostgresValue(std::string_view(text)) {}
  PostgresValue(const char* text)  // NOLINT(google-explicit-constructor)
      : PostgresValue(std::string_view(text)) {}
  PostgresValue(ByteView blob);  // NOLINT(google-explicit-constructor)

  // bigint[], text[] and bytea[], for one statement that inserts many rows (`unnest`).
  static PostgresValue IntegerArray(std::span<const std::int64_t> values);
  static PostgresValue TextArray(std::span<const std::string> texts);
  static PostgresValue BlobArray(std::span<const ByteView> blobs);

 private:
  friend class PostgresConnection;
  enum class Element { kInteger, kText, kBlob };
  PostgresValue(std::uint32_t type, Bytes bytes) : type_(type), bytes_(std::move(bytes)) {}
  static PostgresValue Array(Element element, std::span<const ByteView> values);
  std::uint32_t type_;
  Bytes bytes_;
};

// The rows that a statement yielded. Columns count from 0; integers must be bigint in the
// statement.
class PostgresRows {
 public:
  std::size_t size() const;
  std::int64_t Integer(std::size_t row, int column) const;
  std::string_view Text(std::size_t row, int column) const;
  ByteView Blob(std::size_t row, int column) const;  // empty when it is null
  bool Bool(std::size_t row, int column) const;
  bool IsNull(std::size_t row, int column) const;
  // Rows that an INSERT, UPDATE or DELETE touched.
  std::int64_t changes() const;
  // What was done: "COMMIT", "ROLLBACK", ...
  std::string_view tag() const;

 private:
  friend class PostgresConnection;
  struct Clear {
    void operator()(pg_result* result) const noexcept;
  };
  explicit PostgresRows(pg_result* result) : result_(result) {}
  std::unique_ptr<pg_result, Clear> result_;
};

// One session with a PostgreSQL server. It is never opened again by itself: what hung on the
// session (a lock, a transaction) is gone with it, and who uses it must know. Belongs to one thread
// at a time. Movable only.
//
// Errors: kUnavailable when the session or the server is gone or busy, kResourceExhausted when the
// disk or the memory is full, kDataLoss when the database is damaged, kAlreadyExists when a unique
// key stands already, kPermissionDenied, kNotFound when there is no such database, kInternal. Their
// messages have the server's short message alone: details would repeat the values.
class PostgresConnection {
 public:
  // `place` is a connection URI or string as libpq reads it; passwords are best left to a password
  // file (`passfile=`, PGPASSFILE) or a service (`service=`, PGSERVICEFILE). kInvalidArgument when
  // it cannot be read.
  static Result<PostgresConnection> Open(const std::string& place);

  // Runs one or several statements that take no parameters; rows are dropped.
  Status Execute(const std::string& sql);
  Result<PostgresRows> Query(const std::string& sql, std::span<const PostgresValue> values = {});
  Result<PostgresRows> Query(const std::string& sql, std::initializer_list<PostgresValue> values) {
    return Query(sql, std::span(values.begin(), values.size()));
  }

  // Sends a statement that may take long; Receive() gives its rows once WaitForAnswer() is true.
  Status Send(const std::string& sql, std::span<const PostgresValue> values = {});
  // True when the answer to Send() is there; false when `patience` is over. kUnavailable when the
  // session is gone.
  Result<bool> WaitForAnswer(std::chrono::milliseconds patience);
  Result<PostgresRows> Receive();

  // True when a NOTIFY for a LISTEN of this session came, now or within `patience`.
  Result<bool> WaitForNotice(std::chrono::milliseconds patience);

  // False once the session is known to be gone.
  bool is_alive() const;
  bool in_transaction() const;
  // The server process of this session.
  std::int64_t backend() const;
  // "host:port/database", without user, password or other parameters.
  const std::string& place() const { return place_; }

 private:
  struct Finish {
    void operator()(pg_conn* connection) const noexcept;
  };
  PostgresConnection(std::unique_ptr<pg_conn, Finish> connection, std::string place)
      : connection_(std::move(connection)), place_(std::move(place)) {}
  tl::unexpected<Error> Failed(const pg_result* result) const;
  Result<PostgresRows> Checked(pg_result* result) const;
  Result<bool> WaitForBytes(std::chrono::milliseconds patience);

  std::unique_ptr<pg_conn, Finish> connection_;
  std::string place_;
};

// What a connection string names, as it may be shown: "host:port/database". kInvalidArgument when
// libpq cannot read it.
Result<std::string> PostgresPlace(const std::string& place);
// True when the connection string itself has a password.
Result<bool> HasPassword(const std::string& place);

}  // namespace proviso::io
