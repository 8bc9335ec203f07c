// The file of keys that lies apart from a backup (docs/formats/backup.md).
#include <charconv>

#include "io/sql/sqlite.h"
#include "ledger/backup.h"

namespace proviso::ledger {
namespace {

constexpr std::string_view kHead = "proviso-part-keys/v1";
constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kNameBytesMax = 255;

tl::unexpected<Error> Damaged(const std::string& what) {
  return Fail(ErrorCode::kDataLoss, "the file of keys is damaged: expected " + what);
}

void AppendText(Bytes& bytes, std::string_view text) {
  bytes.insert(bytes.end(), text.begin(), text.end());
}

// Takes pieces off the front.
class Reader {
 public:
  explicit Reader(ByteView bytes) : rest_(bytes) {}
  bool empty() const { return rest_.empty(); }

  Result<ByteView> Take(std::size_t size) {
    if (rest_.size() < size) return Damaged("more bytes");
    const ByteView taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }
  Result<std::string> Line() {
    const std::string_view text = AsText(rest_);
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return Damaged("a line");
    std::string line(text.substr(0, end));
    rest_ = rest_.subspan(end + 1);
    return line;
  }
  Result<std::uint64_t> Number() {
    const std::string line = PROVISO_TRY(Line());
    std::uint64_t value = 0;
    const char* end = line.data() + line.size();
    const auto [at, error] = std::from_chars(line.data(), end, value);
    if (error != std::errc() || at != end || std::to_string(value) != line) {
      return Damaged("a number, found `" + line + "`");
    }
    return value;
  }
  Result<PartKey> Key() {
    PartKey key;
    for (const std::uint8_t byte : PROVISO_TRY(Take(8))) key.position = key.position << 8U | byte;
    const std::size_t length = PROVISO_TRY(Take(1))[0];
    key.name = std::string(AsText(PROVISO_TRY(Take(length))));
    const ByteView secret = PROVISO_TRY(Take(kSecretBytes));
    key.secret.assign(secret.begin(), secret.end());
    return key;
  }

 private:
  ByteView rest_;
};

}  // namespace

Result<PartKeys> ReadPartKeys(const LedgerOptions& options, std::uint64_t size) {
  PartKeys keys;
  keys.origin = options.origin;
  keys.size = size;
  io::Database database =
      PROVISO_TRY(io::Database::Open(options.directory / "proviso.db", {.create = false}));
  io::Statement select = PROVISO_TRY(
      database.Prepare("SELECT position, name, secret FROM log_addendum_key WHERE position < ?"
                       " ORDER BY position, name"));
  PROVISO_TRY(select.Bind(1, static_cast<std::int64_t>(size)));
  while (PROVISO_TRY(select.Step())) {
    const ByteView secret = select.Blob(2);
    const std::string_view name = select.Text(1);
    if (secret.size() != kSecretBytes || name.size() > kNameBytesMax) continue;
    keys.keys.push_back({.position = static_cast<std::uint64_t>(select.Integer(0)),
                         .name = std::string(name),
                         .secret = Bytes(secret.begin(), secret.end())});
  }
  return keys;
}

Bytes FormatPartKeys(const PartKeys& keys) {
  Bytes bytes;
  AppendText(bytes, std::string(kHead) + "\n" + keys.origin + "\n" + std::to_string(keys.size) +
                        "\n" + std::to_string(keys.keys.size()) + "\n");
  for (const PartKey& key : keys.keys) {
    for (int shift = 56; shift >= 0; shift -= 8) {
      bytes.push_back(static_cast<std::uint8_t>(key.position >> static_cast<unsigned>(shift)));
    }
    bytes.push_back(static_cast<std::uint8_t>(key.name.size()));
    AppendText(bytes, key.name);
    bytes.insert(bytes.end(), key.secret.begin(), key.secret.end());
  }
  const crypto::Hash digest = crypto::Sha256(bytes);
  bytes.insert(bytes.end(), digest.bytes.begin(), digest.bytes.end());
  return bytes;
}

Result<PartKeys> ParsePartKeys(ByteView file) {
  if (file.size() < crypto::Hash::kSize) return Damaged("more bytes");
  const ByteView body = file.first(file.size() - crypto::Hash::kSize);
  const auto digest = PROVISO_TRY(crypto::Hash::FromBytes(file.subspan(body.size())));
  if (crypto::Sha256(body) != digest) return Damaged("the SHA-256 at its end");
  Reader reader(body);
  const std::string head = PROVISO_TRY(reader.Line());
  if (head != kHead) return Damaged("`" + std::string(kHead) + "`, found `" + head + "`");
  PartKeys keys;
  keys.origin = PROVISO_TRY(reader.Line());
  keys.size = PROVISO_TRY(reader.Number());
  const std::uint64_t count = PROVISO_TRY(reader.Number());
  while (!reader.empty()) keys.keys.push_back(PROVISO_TRY(reader.Key()));
  if (keys.keys.size() != count) return Damaged(std::to_string(count) + " keys");
  return keys;
}

}  // namespace proviso::ledger
