#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "base/bytes.h"
#include "base/result.h"
#include "io/files/file_system.h"

namespace proviso::verifier {

// Where the files of a log come from. Paths are those of C2SP tlog-tiles, below the log's prefix:
// "checkpoint", "tile/0/x001/234". Used by one thread.
class LogSource {
 public:
  LogSource() = default;
  LogSource(const LogSource&) = delete;
  LogSource& operator=(const LogSource&) = delete;
  virtual ~LogSource() = default;

  // kNotFound when there is no such file; kResourceExhausted above `bytes_max`.
  virtual Result<Bytes> Read(const std::string& path, std::uint64_t bytes_max) = 0;

  // Whether List tells what is there. Where it does not, only what the checkpoint implies can be
  // asked for, and files that do not belong to the log stay unseen.
  virtual bool CanList() const = 0;
  // Names in a folder ("" is the log's own), sorted; kNotFound when there is none.
  virtual Result<std::vector<std::string>> List(const std::string& folder) = 0;

  // That these files will be read soon, in this order: a source far away may begin to fetch them.
  virtual void Expect(const std::string& path, std::uint64_t bytes_max) = 0;
};

// A folder, such as DATA/log or a copy of it. `files` must outlive this.
class FolderSource final : public LogSource {
 public:
  FolderSource(io::FileSystem& files, std::filesystem::path folder)
      : files_(files), folder_(std::move(folder)) {}

  Result<Bytes> Read(const std::string& path, std::uint64_t bytes_max) override;
  bool CanList() const override { return true; }
  Result<std::vector<std::string>> List(const std::string& folder) override;
  void Expect(const std::string&, std::uint64_t) override {}

 private:
  io::FileSystem& files_;
  const std::filesystem::path folder_;
};

}  // namespace proviso::verifier
