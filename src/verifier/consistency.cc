#include "verifier/consistency.h"

#include <string>

namespace proviso::verifier {
namespace {

tl::unexpected<Error> Bad(const std::string& what) {
  return Fail(ErrorCode::kDataLoss, "consistency proof: " + what);
}

Status CheckTrivial(const TreeHead& before, const TreeHead& now,
                    const std::vector<crypto::Hash>& path) {
  if (!path.empty()) {
    return Bad("expected no hashes from size " + std::to_string(before.size) + " to " +
               std::to_string(now.size) + ", found " + std::to_string(path.size()));
  }
  const crypto::Hash expected = before.size == 0 ? EmptyRoot() : now.root;
  if (before.root != expected) {
    return Bad("two roots for size " + std::to_string(before.size) + ": " + before.root.Hex() +
               " and " + expected.Hex());
  }
  return {};
}

}  // namespace

crypto::Hash EmptyRoot() { return crypto::Sha256(""); }

Status CheckConsistency(const TreeHead& before, const TreeHead& now,
                        const std::vector<crypto::Hash>& path) {
  if (before.size > now.size) return Bad("expected a tree that grew, found a smaller one");
  if (now.size == 0 && now.root != EmptyRoot()) return Bad("the empty tree has another root");
  if (before.size == 0 || before.size == now.size) return CheckTrivial(before, now, path);
  const auto wrong_length = [&] {
    return Bad("expected the hashes from size " + std::to_string(before.size) + " to " +
               std::to_string(now.size) + ", found " + std::to_string(path.size()));
  };
  // A smaller tree that is perfect is a node of the larger one, and not repeated in the path.
  const bool perfect = (before.size & (before.size - 1)) == 0;
  std::size_t next = 0;
  if (!perfect && path.empty()) return wrong_length();
  std::uint64_t node = before.size - 1;
  std::uint64_t last = now.size - 1;
  while ((node & 1U) != 0) {
    node >>= 1U;
    last >>= 1U;
  }
  crypto::Hash old_root = perfect ? before.root : path[next++];
  crypto::Hash new_root = old_root;
  for (; next < path.size(); ++next) {
    if (last == 0) return wrong_length();
    if ((node & 1U) != 0 || node == last) {
      old_root = crypto::NodeHash(path[next], old_root);
      new_root = crypto::NodeHash(path[next], new_root);
      while ((node & 1U) == 0 && node != 0) {
        node >>= 1U;
        last >>= 1U;
      }
    } else {
      new_root = crypto::NodeHash(new_root, path[next]);
    }
    node >>= 1U;
    last >>= 1U;
  }
  if (last != 0) return wrong_length();
  if (old_root != before.root) {
    return Bad("expected it to lead to the root " + before.root.Hex() + " of size " +
               std::to_string(before.size) + ", found " + old_root.Hex());
  }
  if (new_root != now.root) {
    return Bad("expected it to lead to the root " + now.root.Hex() + " of size " +
               std::to_string(now.size) + ", found " + new_root.Hex());
  }
  return {};
}

}  // namespace proviso::verifier
