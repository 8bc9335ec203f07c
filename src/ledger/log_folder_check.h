#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "crypto/hash.h"
#include "crypto/note.h"

namespace proviso::ledger {

// For tests: a log as its public files alone show it, read and checked in the plainest way.
struct LogFolder {
  std::vector<std::string> entries;
  std::vector<crypto::Hash> leaves;
  std::string checkpoint;
};

// Reads log/ under `directory`: the checkpoint must carry the verifier's signature and the root of
// the entries in the bundles; every tile must be there, with the hashes that the entries have; and
// there must be no other file. kDataLoss that says what differs.
Result<LogFolder> ReadLogFolder(const std::filesystem::path& directory,
                                const crypto::NoteVerifier& verifier);

// The same for files given by path (relative to log/) and bytes.
Result<LogFolder> CheckLogFiles(std::map<std::string, std::string> files,
                                const crypto::NoteVerifier& verifier);

// All files under log/ by path, with their bytes.
std::map<std::string, std::string> ReadTree(const std::filesystem::path& directory);

}  // namespace proviso::ledger
