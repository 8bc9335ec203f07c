#pragma once

#include <filesystem>
#include <map>
#include <string>

#include "crypto/cosignature.h"
#include "io/files/file_system.h"
#include "verifier/consistency.h"

namespace proviso::witness {

// The newest checkpoint of each log that a witness cosigned, by origin: its note with the log's
// signatures and the witness's own. All that a witness must never forget.
struct State {
  struct Known {
    verifier::TreeHead tree;
    std::string note;
  };
  crypto::Cosigner witness;
  std::map<std::string, Known, std::less<>> logs;

  // kDataLoss for a file that is damaged, which includes notes without the witness's cosignature.
  static Result<State> Read(io::FileSystem& files, const std::filesystem::path& path);
  // Durable when it returns: never half of it, whatever happens meanwhile.
  Status Write(io::FileSystem& files, const std::filesystem::path& path) const;
};

}  // namespace proviso::witness
