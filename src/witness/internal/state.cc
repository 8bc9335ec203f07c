#include "witness/internal/state.h"

#include "base/json.h"
#include "io/files/replace_file.h"
#include "witness/add_checkpoint.h"

namespace proviso::witness {
namespace {

constexpr std::string_view kFormat = "proviso-witness-1";
constexpr std::uint64_t kStateBytesMax = std::uint64_t{1} << 30U;

Result<State::Known> ReadKnown(const std::string& origin, const Json& value,
                               const crypto::Cosigner& witness) {
  const auto refuse = [&](const std::string& why) {
    return Fail(ErrorCode::kDataLoss, "log `" + origin + "`: " + why);
  };
  if (value.AsString() == nullptr) return refuse("expected a checkpoint");
  State::Known known{.tree = {}, .note = *value.AsString()};
  const auto cosigned = crypto::FindCosignatures(known.note, {witness});
  if (!cosigned) return refuse(cosigned.error().message());
  if (cosigned->empty()) return refuse("its checkpoint is not cosigned by this witness");
  const auto split = PROVISO_TRY(crypto::TakeNoteApart(known.note));
  const auto head = ReadCheckpointHead(split.text);
  if (!head) return refuse(head.error().message());
  if (head->origin != origin) return refuse("found the checkpoint of `" + head->origin + "`");
  known.tree = head->tree;
  return known;
}

Result<State> Parse(std::string_view text) {
  const Json json = PROVISO_TRY(ParseJson(text, {.bytes_max = kStateBytesMax}));
  const std::string format = PROVISO_TRY(json.StringAt("format"));
  if (format != kFormat) {
    return Fail(ErrorCode::kUnimplemented,
                "expected the format `" + std::string(kFormat) + "`, found `" + format + "`");
  }
  State state;
  state.witness = PROVISO_TRY(crypto::Cosigner::FromText(PROVISO_TRY(json.StringAt("witness"))));
  const Json::Object* logs = PROVISO_TRY(json.ObjectAt("logs"));
  for (const auto& [origin, value] : *logs) {
    state.logs.emplace(origin, PROVISO_TRY(ReadKnown(origin, value, state.witness)));
  }
  return state;
}

}  // namespace

Result<State> State::Read(io::FileSystem& files, const std::filesystem::path& path) {
  const Bytes bytes = PROVISO_TRY(files.ReadFile(path, kStateBytesMax));
  auto state = Parse(AsText(bytes));
  if (state) return state;
  const ErrorCode code = state.error().code() == ErrorCode::kUnimplemented
                             ? ErrorCode::kUnimplemented
                             : ErrorCode::kDataLoss;
  return Fail(code, "`" + path.string() + "`: " + state.error().message() +
                        "; a witness that forgot what it cosigned must not go on under its old "
                        "name: restore the file, or make a new witness");
}

Status State::Write(io::FileSystem& files, const std::filesystem::path& path) const {
  Json known = Json::MakeObject();
  for (const auto& [origin, log] : logs) known[origin] = log.note;
  const Json json =
      Json::Of({{"format", kFormat}, {"logs", std::move(known)}, {"witness", witness.ToText()}});
  return io::ReplaceFileDurably(files, path, AsBytes(json.Pretty() + "\n"), 0600);
}

}  // namespace proviso::witness
