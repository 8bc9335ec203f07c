#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "io/files/temporary_folder.h"
#include "ledger/ledger.h"

namespace proviso::ledger {

inline constexpr const char* kOrigin = "log.example.org/test";

inline crypto::PrivateKey LogKey(std::uint8_t fill = 7) {
  std::array<std::uint8_t, 32> seed{};
  seed.fill(fill);
  return crypto::PrivateKey::FromSeed(seed);
}

// An event that tells its number, with a sealed part.
inline Draft NumberedDraft(int number, std::size_t padding = 0) {
  Draft draft;
  draft.time = ParseTime("2026-11-22T09:30:00Z").value();
  draft.case_id = "case-1";
  draft.actor = "operator";
  draft.event.type = "claim.added";
  draft.event.open = Json::Of({{"number", number}, {"padding", std::string(padding, 'x')}});
  draft.event.sealed["details"] = Json::Of({{"secret", number}});
  return draft;
}

inline std::vector<Draft> NumberedDrafts(int first, int count) {
  std::vector<Draft> drafts;
  for (int i = 0; i < count; ++i) drafts.push_back(NumberedDraft(first + i));
  return drafts;
}

// A data directory of its own, with a log that can be opened again and again.
class LedgerTest : public testing::Test {
 protected:
  Ledger::Options Options() {
    return {.directory = folder_.path() / "data",
            .origin = kOrigin,
            .files = &files_,
            .random = &random_};
  }
  Result<std::unique_ptr<Ledger>> TryOpen() { return Ledger::Open(Options(), LogKey()); }
  void Open() {
    ledger_.reset();
    auto opened = TryOpen();
    ASSERT_TRUE(opened) << opened.error().message();
    ledger_ = std::move(*opened);
  }
  void Close() {
    const Status closed = ledger_->Close();
    ASSERT_TRUE(closed) << closed.error().message();
    ledger_.reset();
  }
  // Appends drafts until the log has `size` entries, the last two one by one.
  void GrowTo(std::uint64_t size) {
    while (ledger_->latest().size < size) {
      const std::uint64_t have = ledger_->latest().size;
      const std::uint64_t count = size - have > 2 ? size - have - 2 : 1;
      const auto index =
          ledger_->Append(NumberedDrafts(static_cast<int>(have), static_cast<int>(count)));
      ASSERT_TRUE(index) << index.error().message();
    }
  }
  std::filesystem::path Data() const { return folder_.path() / "data"; }
  std::filesystem::path Log(const std::string& path) const { return Data() / "log" / path; }
  crypto::NoteVerifier Verifier() const { return {.name = kOrigin, .key = LogKey().Public()}; }

  io::TemporaryFolder folder_ = io::TemporaryFolder::Make(testing::TempDir()).value();
  io::PosixFileSystem files_;
  SystemRandom random_;
  std::unique_ptr<Ledger> ledger_;
};

}  // namespace proviso::ledger
