#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace proviso::records {

// What a source of business records holds. There is no class for customer content.
enum class SourceClass { kBilling, kContract };

// "billing", "contract": the same words as the evidence classes of a review.
std::string_view SourceClassName(SourceClass cls);

// kPermissionDenied for content, which is never read; kUnimplemented for correspondence;
// kInvalidArgument, with the nearest name, for anything else that is no class.
Result<SourceClass> ParseSourceClass(std::string_view text);

// Where business records come from, and what for.
struct Source {
  static constexpr std::size_t kIdBytesMax = 63;
  static constexpr std::size_t kTextBytesMax = 500;

  std::string id;  // "contract-register"
  SourceClass cls = SourceClass::kBilling;
  std::string owner;    // who answers for it: "legal department"
  std::string purpose;  // why it may be read: "which agreements are in force"
};

// kInvalidArgument unless the id is made of `a-z`, `0-9` and `-`, beginning with no `-`, and owner
// and purpose are one line of text each.
Status CheckSource(const Source& source);

}  // namespace proviso::records
