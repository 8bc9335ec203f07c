#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/bytes.h"

namespace proviso::intake {

// Turns a file's bytes into UTF-8. Opened first, since the system's tables of characters are files;
// then used where no file can be opened. Movable only.
class Decoder {
 public:
  // Finds out what encoding `bytes` are in: by the mark that they begin with, else by the charset
  // that a `meta` element near the beginning names, else UTF-8. kUnimplemented for a charset that
  // is not known.
  static Result<Decoder> For(ByteView bytes);

  // The text, without mark. kInvalidArgument with line and byte when the bytes are no text.
  Result<std::string> Decode(ByteView bytes) const;
  // What a reader should know of the conversion; empty when there was none.
  const std::vector<std::string>& defects() const { return defects_; }

 private:
  struct CloseTable {
    void operator()(void* table) const;
  };

  Decoder() = default;

  std::size_t mark_bytes_ = 0;
  std::string charset_;                      // as people name it
  std::unique_ptr<void, CloseTable> table_;  // nothing for UTF-8
  std::vector<std::string> defects_;
};

}  // namespace proviso::intake
