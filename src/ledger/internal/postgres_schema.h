#pragma once

#include <string>

#include "io/sql/postgres.h"

namespace proviso::ledger {

// A session as the log needs it: the server keeps what it acknowledges (kFailedPrecondition when it
// was told not to), nothing ends a statement early, and a peer that vanished is noticed.
Result<io::PostgresConnection> OpenSession(const std::string& place);

// Makes the tables of the log when they are absent; kUnimplemented for those of a later version.
Status MakeTables(io::PostgresConnection& session);

}  // namespace proviso::ledger
