#pragma once

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "io/files/file_system.h"
#include "io/files/temporary_folder.h"
#include "records/register_store.h"

namespace proviso::records::testing {

inline std::string ReadText(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  EXPECT_TRUE(file.is_open()) << path;
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

inline std::filesystem::path WriteText(const std::filesystem::path& path, std::string_view text) {
  std::ofstream file(path, std::ios::binary);
  file << text;
  EXPECT_TRUE(file.good()) << path;
  return path;
}

inline catalogue::Catalogue SmallCatalogue() {
  const auto catalogue = catalogue::Catalogue::FromYaml(R"(
regions:
  - {id: nl-1, name: Netherlands}
  - {id: ie-1, name: Ireland}
classes:
  - {id: object-storage, name: Object storage, kind: level, unit: GB}
  - {id: speech-to-text, name: Speech to text, kind: flow, unit: h}
  - {id: ingress, name: Data transfer in, kind: flow, unit: GB}
services:
  - id: blob-store
    name: Blob Store
    class: object-storage
    regions: [nl-1, ie-1]
    meters:
      - {service_name: Blob Store, unit: TB-Hours, factor: 1000}
)",
                                                        "catalogue.yaml");
  EXPECT_TRUE(catalogue) << catalogue.error().message();
  return *catalogue;
}

inline constexpr std::string_view kContractHeader =
    "agreement,customer,subscription,class,region,from,until,quantity,unit\n";
inline constexpr std::string_view kInvoiceHeader =
    "invoice,customer,subscription,class,region,month,quantity,unit,amount,currency\n";

inline std::string Contracts(const std::vector<std::string>& rows) {
  std::string text(kContractHeader);
  for (const std::string& row : rows) text += row + "\n";
  return text;
}

inline std::string Invoices(const std::vector<std::string>& rows) {
  std::string text(kInvoiceHeader);
  for (const std::string& row : rows) text += row + "\n";
  return text;
}

// A store in a folder of its own.
class RegisterTest : public ::testing::Test {
 protected:
  RegisterTest()
      : temporary_(io::TemporaryFolder::Make().value()),
        folder_(temporary_.path()),
        data_(folder_ / "data"),
        store_(RegisterStore::Open(data_, files_).value()),
        catalogue_(SmallCatalogue()) {}

  std::filesystem::path Text(std::string_view text) {
    return WriteText(folder_ / ("file" + std::to_string(next_++) + ".csv"), text);
  }
  Result<StagedRegister> Stage(std::string_view text, SourceClass cls) {
    return store_.Stage(Text(text), cls, {catalogue_});
  }
  // A register that has to be taken.
  StagedRegister Staged(std::string_view text, SourceClass cls) {
    Result<StagedRegister> staged = Stage(text, cls);
    EXPECT_TRUE(staged) << staged.error().message();
    return staged ? *staged : StagedRegister();
  }
  std::string Kept(const StagedRegister& staged) const {
    return ReadText(data_ / "records" / (staged.sha256 + ".csv"));
  }
  std::vector<std::string> Names() { return files_.List(data_ / "records").value(); }
  static RegisterFile FileOf(const StagedRegister& staged) {
    RegisterFile file;
    file.sha256 = staged.sha256;
    file.kept_sha256 = staged.kept_sha256;
    return file;
  }

  io::PosixFileSystem files_;
  io::TemporaryFolder temporary_;
  std::filesystem::path folder_;
  std::filesystem::path data_;
  RegisterStore store_;
  catalogue::Catalogue catalogue_;
  int next_ = 0;
};

}  // namespace proviso::records::testing
