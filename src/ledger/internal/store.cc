#include "ledger/internal/store.h"

#include <utility>

#include "ledger/internal/sqlite_store.h"

namespace proviso::ledger {

Result<std::unique_ptr<Store>> Store::Open(const LedgerOptions& options) {
  return SqliteStore::Open(options.directory / "proviso.db",
                           {.pages_max = options.database_pages_max, .vfs = options.database_vfs});
}

Result<StoreTransaction> StoreTransaction::Begin(Store& store) {
  PROVISO_TRY(store.BeginTransaction());
  return StoreTransaction(store);
}

StoreTransaction::StoreTransaction(StoreTransaction&& other) noexcept
    : store_(std::exchange(other.store_, nullptr)) {}

StoreTransaction::~StoreTransaction() {
  if (store_ != nullptr) store_->RollBack();
}

Status StoreTransaction::Commit() {
  PROVISO_TRY(store_->CommitTransaction());
  store_ = nullptr;
  return {};
}

}  // namespace proviso::ledger
