#include "ledger/internal/postgres_schema.h"

#include <array>
#include <charconv>

namespace proviso::ledger {
namespace {

constexpr std::int64_t kSchemaVersion = 1;
// One process makes the tables at a time. 1886547830 is `prov` in ASCII, as in appender_seat.cc;
// no table has the number 1.
constexpr const char* kLockTables = "SELECT pg_advisory_xact_lock(1886547830, 1)";

// The tables of proviso.db, and what several servers need besides: who appends (one row), the sign
// of life of who does (one row, apart, so that it waits for no transaction), and the requests to
// it.
constexpr const char* kTables = R"sql(
CREATE TABLE log_meta(name text PRIMARY KEY, value text NOT NULL);
CREATE TABLE log_entry(position bigint PRIMARY KEY, leaf bytea NOT NULL, content bytea NOT NULL);
CREATE TABLE log_addendum(position bigint NOT NULL, name text NOT NULL, digest bytea NOT NULL,
  sealed bytea NOT NULL, PRIMARY KEY(position, name));
ALTER TABLE log_addendum ALTER COLUMN sealed SET STORAGE EXTERNAL;
CREATE TABLE log_addendum_key(position bigint NOT NULL, name text NOT NULL, secret bytea NOT NULL,
  PRIMARY KEY(position, name));
CREATE TABLE log_checkpoint(size bigint PRIMARY KEY, note text NOT NULL);
CREATE TABLE log_tile_root(level bigint NOT NULL, position bigint NOT NULL, hash bytea NOT NULL,
  PRIMARY KEY(level, position));
CREATE TABLE log_appender(epoch bigint NOT NULL, backend bigint NOT NULL);
INSERT INTO log_appender VALUES(0, 0);
CREATE TABLE log_beat(count bigint NOT NULL);
INSERT INTO log_beat VALUES(0);
CREATE TABLE log_mail(id text PRIMARY KEY, made timestamptz NOT NULL DEFAULT now(), request bytea,
  taken bigint, answer bytea, ready boolean NOT NULL DEFAULT false);
INSERT INTO log_meta VALUES('schema', '1');
)sql";

struct Setting {
  const char* name;
  const char* wanted;
};
constexpr std::array kSettings = {Setting{"statement_timeout", "0"},
                                  Setting{"lock_timeout", "0"},
                                  Setting{"idle_in_transaction_session_timeout", "0"},
                                  Setting{"idle_session_timeout", "0"},
                                  Setting{"default_transaction_isolation", "read committed"},
                                  Setting{"tcp_keepalives_idle", "5"},
                                  Setting{"tcp_keepalives_interval", "2"},
                                  Setting{"tcp_keepalives_count", "3"},
                                  Setting{"client_connection_check_interval", "1000"}};

Status CheckServer(io::PostgresConnection& session) {
  const auto refuse = [&](const std::string& found, const std::string& remedy) {
    return Fail(ErrorCode::kFailedPrecondition, "PostgreSQL at `" + session.place() + "` has " +
                                                    found + ", and could lose what it has " +
                                                    "acknowledged; " + remedy);
  };
  const io::PostgresRows rows = PROVISO_TRY(
      session.Query("SELECT current_setting('fsync'), current_setting('synchronous_commit'),"
                    " pg_is_in_recovery(), current_setting('server_encoding')"));
  if (rows.Text(0, 0) != "on") return refuse("fsync off", "switch it on in postgresql.conf");
  const std::string_view commit = rows.Text(0, 1);
  if (commit != "on" && commit != "remote_apply") {
    return refuse("synchronous_commit " + std::string(commit),
                  "set it to on, for the server or for this role");
  }
  if (rows.Bool(0, 2)) {
    return Fail(ErrorCode::kUnavailable, "PostgreSQL at `" + session.place() +
                                             "` is a standby, which takes no writes; name the "
                                             "primary, or several hosts with "
                                             "target_session_attrs=read-write");
  }
  if (rows.Text(0, 3) != "UTF8") {
    return Fail(ErrorCode::kFailedPrecondition, "PostgreSQL at `" + session.place() +
                                                    "`: expected a database in UTF8, found " +
                                                    std::string(rows.Text(0, 3)));
  }
  return {};
}

}  // namespace

Result<io::PostgresConnection> OpenSession(const std::string& place) {
  io::PostgresConnection session = PROVISO_TRY(io::PostgresConnection::Open(place));
  PROVISO_TRY(CheckServer(session));
  for (const Setting& setting : kSettings) {
    // An older server does not know all of them.
    PROVISO_TRY(session.Query("SELECT set_config(name, $2, false) FROM pg_settings WHERE name = $1",
                              {setting.name, setting.wanted}));
  }
  return session;
}

Status MakeTables(io::PostgresConnection& session) {
  PROVISO_TRY(session.Execute("BEGIN"));
  PROVISO_TRY(session.Execute(kLockTables));
  const io::PostgresRows found =
      PROVISO_TRY(session.Query("SELECT to_regclass('log_meta') IS NOT NULL"));
  if (!found.Bool(0, 0)) PROVISO_TRY(session.Execute(kTables));
  PROVISO_TRY(session.Execute("COMMIT"));
  const io::PostgresRows version =
      PROVISO_TRY(session.Query("SELECT value::bigint FROM log_meta WHERE name = 'schema'"));
  if (version.size() == 1 && version.Integer(0, 0) == kSchemaVersion) return {};
  const std::string has = version.size() == 1 ? std::to_string(version.Integer(0, 0)) : "none";
  return Fail(ErrorCode::kUnimplemented, "the log in PostgreSQL at `" + session.place() +
                                             "` has version " + has + ", this build reads " +
                                             std::to_string(kSchemaVersion));
}

}  // namespace proviso::ledger
