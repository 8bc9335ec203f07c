// What this directory knows of its witnesses, as a file.
#include <array>

#include "io/files/replace_file.h"
#include "service/internal/cosigner.h"
#include "witness/add_checkpoint.h"

namespace proviso::service {
namespace {

constexpr std::string_view kFormat = "proviso-cosigning-1";
constexpr std::uint64_t kBytesMax = std::uint64_t{8} << 20U;
constexpr std::array kKinds = {witness::Outcome::Kind::kCosigned,
                               witness::Outcome::Kind::kUnreachable,
                               witness::Outcome::Kind::kNotServed, witness::Outcome::Kind::kAhead,
                               witness::Outcome::Kind::kSplit};

Result<CosigningState::Known> ReadKnown(const Json& json) {
  CosigningState::Known known;
  known.size = PROVISO_TRY(witness::ReadTreeSize(PROVISO_TRY(json.StringAt("size"))));
  const std::string kind = PROVISO_TRY(json.StringAt("kind"));
  for (const witness::Outcome::Kind each : kKinds) {
    if (kind == witness::KindName(each)) known.kind = each;
  }
  known.message = PROVISO_TRY(json.StringAt("message"));
  known.time = PROVISO_TRY(json.StringAt("time"));
  return known;
}

Result<CosigningState> Parse(std::string_view text) {
  const Json json = PROVISO_TRY(ParseJson(text, {.bytes_max = kBytesMax}));
  const std::string format = PROVISO_TRY(json.StringAt("format"));
  if (format != kFormat) {
    return Fail(ErrorCode::kUnimplemented,
                "expected `" + std::string(kFormat) + "`, found `" + format + "`");
  }
  CosigningState state;
  state.newest = PROVISO_TRY(json.StringAt("newest"));
  state.quorum = PROVISO_TRY(json.StringAt("quorum"));
  state.evidence = PROVISO_TRY(json.StringAt("evidence"));
  const Json::Object* witnesses = PROVISO_TRY(json.ObjectAt("witnesses"));
  for (const auto& [key, known] : *witnesses) {
    state.witnesses.emplace(key, PROVISO_TRY(ReadKnown(known)));
  }
  return state;
}

}  // namespace

Result<CosigningState> CosigningState::Read(io::FileSystem& files,
                                            const std::filesystem::path& path) {
  const auto bytes = files.ReadFile(path, kBytesMax);
  if (!bytes && bytes.error().code() == ErrorCode::kNotFound) return CosigningState();
  if (!bytes) return tl::unexpected<Error>(bytes.error());
  auto state = Parse(AsText(*bytes));
  if (state) return state;
  return Fail(ErrorCode::kDataLoss,
              "`" + path.string() + "`: " + state.error().message() +
                  "; it says which checkpoints others hold. Compare the log with them, `proviso "
                  "log cosign`, after taking the file away");
}

Status CosigningState::Write(io::FileSystem& files, const std::filesystem::path& path) const {
  Json listed = Json::MakeObject();
  for (const auto& [key, known] : witnesses) {
    listed[key] = Json::Of({{"kind", witness::KindName(known.kind)},
                            {"message", known.message},
                            {"size", std::to_string(known.size)},
                            {"time", known.time}});
  }
  const Json json = Json::Of({{"evidence", evidence},
                              {"format", kFormat},
                              {"newest", newest},
                              {"quorum", quorum},
                              {"witnesses", std::move(listed)}});
  PROVISO_TRY(files.CreateDirectories(path.parent_path()));
  // A torn one would keep the log from being opened.
  return io::ReplaceFileDurably(files, path, AsBytes(json.Pretty() + "\n"), 0600);
}

}  // namespace proviso::service
