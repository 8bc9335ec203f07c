#include <sys/stat.h>

#include "io/files/fault_file_system.h"
#include "records/register_fixture.h"

namespace proviso::records {
namespace {

using delivery::RowCounts;

using io::FaultFileSystem;
using testing::Invoices;
using testing::ReadText;
using testing::WriteText;

const std::string& GoodInvoices() {
  static const std::string text =
      Invoices({"I-1,ba-1,sub-1,object-storage,nl-1,2026-03,10,GB-Hours,1.5,EUR",
                "I-1,ba-1,sub-1,ingress,nl-1,2026-03,10,GB,0,EUR", "bad row",
                "I-2,ba-1,sub-1,ingress,nl-1,2026-04,20,GB,0,EUR"});
  return text;
}

class Store : public testing::RegisterTest {};

TEST_F(Store, FilesARegisterUnderTheHashOfWhatWasDelivered) {
  const auto path = Text(GoodInvoices());
  const auto staged = store_.Stage(path, SourceClass::kBilling, {catalogue_});
  ASSERT_TRUE(staged) << staged.error().message();
  EXPECT_EQ(staged->sha256, crypto::Sha256(GoodInvoices()).Hex());
  EXPECT_EQ(store_.Fingerprint(path).value().Hex(), staged->sha256);
  EXPECT_EQ(staged->kept_sha256, crypto::Sha256(Kept(*staged)).Hex());
  EXPECT_EQ(staged->cls, SourceClass::kBilling);
  EXPECT_EQ(staged->rows, (RowCounts{4, 3, 1, 0}));
  EXPECT_EQ(Names(), (std::vector<std::string>{staged->sha256 + ".csv",
                                               staged->sha256 + ".quarantine.jsonl"}));
  for (const std::string& name : Names()) {
    struct stat state {};
    ASSERT_EQ(::stat((data_ / "records" / name).c_str(), &state), 0);
    EXPECT_EQ(state.st_mode & 0777U, 0600U) << name;
  }
}

TEST_F(Store, TheSameBytesAgainGiveTheSameHashes) {
  const StagedRegister first = Staged(GoodInvoices(), SourceClass::kBilling);
  const StagedRegister again = Staged(GoodInvoices(), SourceClass::kBilling);
  EXPECT_EQ(again.sha256, first.sha256);
  EXPECT_EQ(again.kept_sha256, first.kept_sha256);
  EXPECT_EQ(again.rows, first.rows);
  const auto elsewhere = RegisterStore::Open(folder_ / "other", files_);
  ASSERT_TRUE(elsewhere);
  const auto there = elsewhere->Stage(Text(GoodInvoices()), SourceClass::kBilling, {catalogue_});
  ASSERT_TRUE(there);
  EXPECT_EQ(there->kept_sha256, first.kept_sha256);
}

TEST_F(Store, WhatIsKeptGivesItselfWhenDeliveredAgain) {
  const std::string text =
      Invoices({"I-1,\"ba \"\"x\"\", y\",sub-1,ingress,nl-1,2026-03,10.50,GB,1e1,EUR",
                "I-2,ba-1,,other,,2026-04,,,3,EUR"});
  const StagedRegister staged = Staged(text, SourceClass::kBilling);
  const StagedRegister again = Staged(Kept(staged), SourceClass::kBilling);
  EXPECT_EQ(again.kept_sha256, staged.kept_sha256);
  EXPECT_EQ(again.dropped_columns, std::vector<std::string>{"line"});
}

TEST_F(Store, KeepsWhatFindingsRestOnWhenTheCatalogueChanges) {
  const StagedRegister staged = Staged(GoodInvoices(), SourceClass::kBilling);
  const std::string kept = Kept(staged);
  const auto other = catalogue::Catalogue::FromYaml(R"(
regions:
  - {id: nl-1, name: Netherlands}
classes:
  - {id: object-storage, name: Object storage, kind: level, unit: GB}
services:
  - id: blob-store
    name: Blob Store
    class: object-storage
    regions: [nl-1]
    meters:
      - {service_name: Blob Store, unit: GB-Hours}
)",
                                                    "catalogue.yaml");
  ASSERT_TRUE(other) << other.error().message();
  const auto again = store_.Stage(Text(GoodInvoices()), SourceClass::kBilling, {*other});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code(), ErrorCode::kAlreadyExists);
  EXPECT_EQ(Kept(staged), kept);
  EXPECT_TRUE(store_.Verify(staged.sha256, staged.kept_sha256));
}

TEST_F(Store, WritesAQuarantineThatIsMissing) {
  const StagedRegister staged = Staged(GoodInvoices(), SourceClass::kBilling);
  const std::string text = ReadText(staged.quarantine);
  std::filesystem::remove(staged.quarantine);
  EXPECT_EQ(ReadText(Staged(GoodInvoices(), SourceClass::kBilling).quarantine), text);
}

TEST_F(Store, KeepsOneFileAsOneClass) {
  const std::string text =
      "agreement,invoice,customer,subscription,class,region,from,until,month,quantity,unit,amount,"
      "currency\nA-1,I-1,ba-1,,ingress,nl-1,2026-01-01,,2026-03,1,GB,1,EUR\n";
  const StagedRegister staged = Staged(text, SourceClass::kContract);
  const auto other = Stage(text, SourceClass::kBilling);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code(), ErrorCode::kAlreadyExists);
  EXPECT_TRUE(store_.Verify(staged.sha256, staged.kept_sha256));
}

TEST_F(Store, VerifyTellsADamagedOrMissingRegister) {
  const StagedRegister staged = Staged(GoodInvoices(), SourceClass::kBilling);
  EXPECT_TRUE(store_.Verify(staged.sha256, staged.kept_sha256));
  const auto path = data_ / "records" / (staged.sha256 + ".csv");
  WriteText(path, Kept(staged) + "5,I-3,ba-1,sub-1,ingress,nl-1,2026-04,20,GB,7,EUR\n");
  const Status damaged = store_.Verify(staged.sha256, staged.kept_sha256);
  ASSERT_FALSE(damaged);
  EXPECT_EQ(damaged.error().code(), ErrorCode::kDataLoss);
  std::filesystem::remove(path);
  EXPECT_EQ(store_.Verify(staged.sha256, staged.kept_sha256).error().code(), ErrorCode::kNotFound);
  for (const std::string& name : {std::string("../keys/x"), std::string(), std::string(64, 'g')}) {
    EXPECT_EQ(store_.Verify(name, staged.kept_sha256).error().code(), ErrorCode::kInvalidArgument);
    EXPECT_EQ(store_.Verify(staged.sha256, name).error().code(), ErrorCode::kInvalidArgument);
  }
}

TEST_F(Store, ReportsProgress) {
  std::string text(testing::kInvoiceHeader);
  for (int i = 0; i < 10'000; ++i) {
    text += "I-" + std::to_string(i) + ",ba-1,,ingress,nl-1,2026-03,1,GB,1,EUR\n";
  }
  std::vector<std::string> phases;
  double last = 0;
  const auto staged = store_.Stage(Text(text), SourceClass::kBilling, {catalogue_},
                                   [&](double share, std::string_view phase) {
                                     EXPECT_GE(share, last);
                                     EXPECT_LE(share, 1.0);
                                     last = share;
                                     phases.emplace_back(phase);
                                   });
  ASSERT_TRUE(staged);
  EXPECT_EQ(phases, (std::vector<std::string>{"import", "import", "store"}));
  EXPECT_EQ(last, 1.0);
}

TEST_F(Store, OpeningRemovesWhatADeadImportLeft) {
  const StagedRegister staged = Staged(GoodInvoices(), SourceClass::kBilling);
  const auto folder = data_ / "records";
  const std::string dead(64, 'a');
  WriteText(folder / ".tmp-abc123", "half");
  WriteText(folder / (dead + ".quarantine.jsonl"), "{}\n");
  WriteText(folder / "notes.txt", "a stranger's");
  ASSERT_TRUE(RegisterStore::Open(data_, files_));
  EXPECT_EQ(Names(), (std::vector<std::string>{staged.sha256 + ".csv",
                                               staged.sha256 + ".quarantine.jsonl", "notes.txt"}));
}

TEST_F(Store, RemovesRegistersThatWereNeverRecorded) {
  const StagedRegister recorded = Staged(GoodInvoices(), SourceClass::kBilling);
  const StagedRegister lost = Staged(GoodInvoices() + "bad\n", SourceClass::kBilling);
  EXPECT_EQ(Names().size(), 4U);
  ASSERT_TRUE(store_.RemoveUnrecorded({recorded.sha256}));
  EXPECT_TRUE(store_.Verify(recorded.sha256, recorded.kept_sha256));
  EXPECT_FALSE(store_.Verify(lost.sha256, lost.kept_sha256));
  EXPECT_EQ(Names().size(), 2U);
}

// Fails the n-th operation, and all that follow when `for_good`.
class Trouble {
 public:
  explicit Trouble(int at, bool for_good) : at_(at), for_good_(for_good) {}
  Status operator()(FaultFileSystem::Operation, const std::filesystem::path&) {
    ++count_;
    if (count_ != at_ && !(for_good_ && count_ > at_)) return {};
    failed_ = true;
    return Fail(ErrorCode::kUnavailable, "the disk does not answer");
  }
  bool failed() const { return failed_; }

 private:
  int at_;
  bool for_good_;
  int count_ = 0;
  bool failed_ = false;
};

// Stage with the n-th operation of the disk failing: either all of it is there, or nothing.
TEST_F(Store, AFailingDiskLeavesNothingHalf) {
  const auto path = Text(GoodInvoices());
  int failures = 0;
  for (int at = 1; at < 40; ++at) {
    std::filesystem::remove_all(data_);
    ASSERT_TRUE(RegisterStore::Open(data_, files_));
    Trouble trouble(at + 2, false);  // Open makes and lists the folder.
    FaultFileSystem faulty(files_, std::ref(trouble));
    const auto store = RegisterStore::Open(data_, faulty);
    ASSERT_TRUE(store);
    const auto staged = store->Stage(path, SourceClass::kBilling, {catalogue_});
    if (!trouble.failed()) {
      EXPECT_TRUE(staged);
      break;
    }
    ++failures;
    ASSERT_FALSE(staged) << at;
    EXPECT_EQ(staged.error().code(), ErrorCode::kUnavailable) << at;
    EXPECT_TRUE(Names().empty()) << at;
  }
  EXPECT_EQ(failures, 8);  // read, look, and write, sync, sync of two files
}

// The process dies at the n-th operation: what Open and RemoveUnrecorded find is nothing or whole.
TEST_F(Store, ADeadImportLeavesNothingHalf) {
  const auto path = Text(GoodInvoices());
  const std::string sha256 = crypto::Sha256(GoodInvoices()).Hex();
  for (int at = 1; at < 10; ++at) {
    std::filesystem::remove_all(data_);
    ASSERT_TRUE(RegisterStore::Open(data_, files_));
    Trouble trouble(at + 2, true);
    FaultFileSystem faulty(files_, std::ref(trouble));
    const auto store = RegisterStore::Open(data_, faulty);
    ASSERT_TRUE(store);
    const auto staged = store->Stage(path, SourceClass::kBilling, {catalogue_});
    EXPECT_EQ(static_cast<bool>(staged), !trouble.failed());
    const auto reopened = RegisterStore::Open(data_, files_);
    ASSERT_TRUE(reopened);
    if (const auto names = Names(); !names.empty()) {
      EXPECT_EQ(names.size(), 2U) << at;
      const auto again = reopened->Stage(path, SourceClass::kBilling, {catalogue_});
      ASSERT_TRUE(again) << at;
      EXPECT_TRUE(reopened->Verify(sha256, again->kept_sha256));
    }
    ASSERT_TRUE(reopened->RemoveUnrecorded({}));
    EXPECT_TRUE(Names().empty());
  }
}

TEST_F(Store, AFailingDiskLeavesAnEarlierImportAsItWas) {
  const StagedRegister before = Staged(GoodInvoices(), SourceClass::kBilling);
  const auto path = Text(GoodInvoices());
  for (int at = 1; at < 10; ++at) {
    Trouble trouble(at + 2, true);
    FaultFileSystem faulty(files_, std::ref(trouble));
    const auto store = RegisterStore::Open(data_, faulty);
    ASSERT_TRUE(store);
    static_cast<void>(store->Stage(path, SourceClass::kBilling, {catalogue_}));
    EXPECT_TRUE(store_.Verify(before.sha256, before.kept_sha256)) << at;
    EXPECT_EQ(Names().size(), 2U) << at;
  }
}

}  // namespace
}  // namespace proviso::records
