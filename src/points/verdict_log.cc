#include "points/verdict_log.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <utility>

#include "crypto/hash.h"

namespace proviso::points {
namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kPseudonymBytes = 16;
// Longer than any name that a table or a listener knows, so that what is cut off changes nothing.
constexpr std::size_t kWordBytesMax = 256;
constexpr std::chrono::hours kAgeMax{24 * 365 * 100};

Result<io::Descriptor> OpenToAppend(const std::filesystem::path& path) {
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-vararg): open has no other form.
  io::Descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600));
  if (!file.IsOpen()) {
    return Fail(ErrorCode::kUnavailable,
                "cannot open the log of verdicts `" + path.string() + "`: " + std::strerror(errno));
  }
  return file;
}

// Whether its last line was cut off, by a full disk or the end of a machine.
bool EndsInALine(const std::filesystem::path& path) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(path, error)) return false;
  std::ifstream file(path, std::ios::binary | std::ios::ate);
  if (!file || file.tellg() <= 0) return false;
  file.seekg(-1, std::ios::end);
  return file.get() != '\n';
}

std::string Cut(std::string_view word) { return std::string(word.substr(0, kWordBytesMax)); }

void AppendQuoted(std::string& text, std::string_view word) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  text += '"';
  for (const char letter : word) {
    const auto byte = static_cast<unsigned char>(letter);
    if (byte < 0x20 || byte > 0x7e) {
      text += "\\u00";
      text += kDigits[byte >> 4U];
      text += kDigits[byte & 15U];
    } else {
      if (letter == '"' || letter == '\\') text += '\\';
      text += letter;
    }
  }
  text += '"';
}

void AppendText(std::string& text, std::string_view key, const std::optional<std::string>& word) {
  text += ",\"";
  text += key;
  text += "\":";
  if (word) {
    AppendQuoted(text, *word);
  } else {
    text += "null";
  }
}

std::optional<std::string> UnlessEmpty(std::string_view word) {
  if (word.empty()) return std::nullopt;
  return std::string(word);
}

}  // namespace

Result<std::unique_ptr<VerdictLog>> VerdictLog::Open(VerdictLogOptions options, Random& random) {
  auto file = std::make_shared<const io::Descriptor>(PROVISO_TRY(OpenToAppend(options.file)));
  Bytes key(kKeyBytes);
  random.Fill(key);
  return std::unique_ptr<VerdictLog>(
      new VerdictLog(std::move(options), std::move(file), std::move(key)));
}

VerdictLog::VerdictLog(VerdictLogOptions options, std::shared_ptr<const io::Descriptor> file,
                       Bytes key)
    : options_(std::move(options)),
      key_(std::move(key)),
      file_(std::move(file)),
      in_a_line_(EndsInALine(options_.file)),
      writing_([this] { WriteUntilClosed(); }) {}

VerdictLog::~VerdictLog() {
  {
    const MutexLock lock(mutex_);
    closing_ = true;
  }
  changed_.NotifyAll();
  writing_.join();
}

Status VerdictLog::Reopen() {
  auto file = std::make_shared<const io::Descriptor>(PROVISO_TRY(OpenToAppend(options_.file)));
  const MutexLock lock(mutex_);
  std::swap(file_, file);
  in_a_line_ = EndsInALine(options_.file);
  return {};
}

void VerdictLog::Saw(const Listener& listener, const Asked& asked, const Sight& sight,
                     const Outcome& outcome) {
  Line line{.at = sight.now,
            .age = sight.age,
            .listener = listener.name,
            .protocol = listener.protocol,
            .subscription = std::nullopt,
            .service = Cut(asked.service),
            .region = Cut(asked.region),
            .operation = asked.operation,
            .allowed = outcome.allowed,
            .code = outcome.code,
            .restriction = outcome.answer.restriction,
            .table = outcome.table};
  if (asked.subscription) line.subscription = Cut(*asked.subscription);
  bool is_first = false;
  {
    const MutexLock lock(mutex_);
    if (waiting_.size() >= options_.queue_max) {
      failure_.store(0, std::memory_order_relaxed);
      dropped_.fetch_add(1, std::memory_order_relaxed);
      return;
    }
    is_first = waiting_.empty();
    waiting_.push_back(std::move(line));
  }
  if (is_first) changed_.NotifyOne();
}

void VerdictLog::WriteUntilClosed() {
  std::vector<Line> lines;
  std::string text;
  while (true) {
    lines.clear();
    // Kept while it is written to, so that nobody waits for the disk to open another.
    std::shared_ptr<const io::Descriptor> file;
    bool in_a_line = false;
    {
      const MutexLock lock(mutex_);
      while (waiting_.empty() && !closing_) changed_.Wait(mutex_);
      if (waiting_.empty()) return;
      std::swap(lines, waiting_);
      file = file_;
      in_a_line = in_a_line_;
    }
    for (const Line& line : lines) {
      text = in_a_line ? "\n" : "";
      text += InText(line);
      // One call a line: what reads the file while it grows sees whole lines.
      const ssize_t wrote = ::write(file->number(), text.data(), text.size());
      const bool done = wrote == static_cast<ssize_t>(text.size());
      // A part of a line was written where there was room for no more. The next begins anew.
      if (wrote > 0) in_a_line = !done;
      if (!done) failure_.store(wrote < 0 ? errno : ENOSPC, std::memory_order_relaxed);
      (done ? written_ : dropped_).fetch_add(1, std::memory_order_relaxed);
    }
    const MutexLock lock(mutex_);
    if (file == file_) in_a_line_ = in_a_line;
  }
}

std::string VerdictLog::WhyDropped() const {
  const int failure = failure_.load(std::memory_order_relaxed);
  if (failure == 0) return "more verdicts than can be written to `" + options_.file.string() + "`";
  return "cannot write to `" + options_.file.string() + "`: " + std::strerror(failure);
}

std::string VerdictLog::InText(const Line& line) const {
  std::string text = "{\"time\":\"" + FormatTime(line.at) + "\"";
  AppendText(text, "listener", line.listener);
  AppendText(text, "protocol", std::string(ProtocolName(line.protocol)));
  if (options_.clear || !line.subscription) {
    AppendText(text, "subscription", line.subscription);
  } else {
    const crypto::Hash hash = crypto::HmacSha256(key_, AsBytes(*line.subscription));
    AppendText(text, "subscription", "h-" + HexEncode(ByteView(hash.bytes).first(kPseudonymBytes)));
  }
  AppendText(text, "service", line.service);
  AppendText(text, "region", line.region);
  AppendText(
      text, "operation",
      line.operation ? std::optional<std::string>(OperationName(*line.operation)) : std::nullopt);
  AppendText(text, "verdict", line.allowed ? "allow" : "deny");
  AppendText(text, "code", UnlessEmpty(ReasonCodeName(line.code)));
  AppendText(text, "restriction", UnlessEmpty(line.restriction));
  text += ",\"table\":" + (line.table ? std::to_string(*line.table) : std::string("null"));
  text += ",\"confirmed_ms\":" +
          (line.age < kAgeMax ? std::to_string(line.age.count()) : std::string("null"));
  text += "}\n";
  return text;
}

}  // namespace proviso::points
