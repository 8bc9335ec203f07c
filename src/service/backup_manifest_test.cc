#include "service/internal/backup_manifest.h"

#include <gtest/gtest.h>

namespace proviso::service {
namespace {

BackupManifest Example() {
  const std::string hash(64, 'a');
  return {.origin = "example.org/log",
          .vkey = "example.org/log+5e2cef00+AepKbGPinFIKvvVQexMuxfmVR3auvr57kkIe6mkURtIs",
          .size = 3,
          .checkpoint = "example.org/log\n3\n",
          .made_at = "2026-11-22T09:30:00.125Z",
          .database = "log-3.db",
          .files = {{.path = "log-3.db", .bytes = 10, .sha256 = hash},
                    {.path = "lake/x.parquet", .bytes = 0, .sha256 = hash},
                    {.path = "proviso.json", .bytes = 7, .sha256 = hash}}};
}

TEST(BackupManifest, IsReadAsItWasWritten) {
  const BackupManifest read = BackupManifest::FromText(Example().ToText()).value();
  EXPECT_EQ(read.ToText(), Example().ToText());
  EXPECT_EQ(read.Find("lake/x.parquet")->bytes, 0U);
  EXPECT_EQ(read.Find("lake/y.parquet"), nullptr);
}

TEST(BackupManifest, WithAByteMoreIsDamagedAndSaysWhere) {
  const auto read = BackupManifest::FromText(Example().ToText() + "x");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code(), ErrorCode::kDataLoss);
  const std::string& message = read.error().message();
  EXPECT_TRUE(message.starts_with("the manifest of the backup is damaged: JSON: line 2, column 1"))
      << message;
}

TEST(BackupManifest, NamesNothingThatABackupDoesNotHave) {
  for (const char* path :
       {"", "/etc/passwd", "../proviso.json", "lake/../../x", "lake/.hidden", "lake", "lake/",
        "lake/a/b", "log/checkpoint", "log-3.db/x", "proviso.db", "table/other", "part.keys"}) {
    BackupManifest manifest = Example();
    manifest.files[1].path = path;
    const auto read = BackupManifest::FromText(manifest.ToText());
    ASSERT_FALSE(read) << path;
    EXPECT_EQ(read.error().code(), ErrorCode::kDataLoss) << path;
  }
}

TEST(BackupManifest, LacksNothingThatARestoreNeeds) {
  for (const std::size_t missing : {0U, 2U}) {
    BackupManifest manifest = Example();
    manifest.files.erase(manifest.files.begin() + static_cast<std::ptrdiff_t>(missing));
    EXPECT_FALSE(BackupManifest::FromText(manifest.ToText())) << missing;
  }
  EXPECT_FALSE(BackupManifest::FromText("{}"));
  EXPECT_FALSE(BackupManifest::FromText("{\"format\":\"proviso-backup/v2\"}"));
}

}  // namespace
}  // namespace proviso::service
