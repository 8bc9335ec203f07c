#include "cli/terminal.h"

#include <fcntl.h>
#include <termios.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>

namespace proviso::cli {
namespace {

// How wide `text` stands on a terminal: its code points, without colour sequences.
std::size_t WidthOf(std::string_view text) {
  std::size_t width = 0;
  bool escape = false;
  for (const char c : text) {
    if (c == '\x1b') escape = true;
    const bool continues = (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
    if (!escape && !continues) ++width;
    if (escape && c == 'm') escape = false;
  }
  return width;
}

std::string Coloured(std::string_view text, std::string_view code) {
  if (!MayColour()) return std::string(text);
  return "\x1b[" + std::string(code) + "m" + std::string(text) + "\x1b[0m";
}

void AppendRow(const std::vector<std::string>& cells, const std::vector<std::size_t>& widths,
               std::string& out) {
  for (std::size_t i = 0; i < cells.size(); ++i) {
    out += cells[i];
    if (i + 1 == cells.size()) break;
    out.append(widths[i] - WidthOf(cells[i]) + 2, ' ');
  }
  while (!out.empty() && out.back() == ' ') out.pop_back();
  out += '\n';
}

}  // namespace

std::string FormatTable(const std::vector<std::string>& head,
                        const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  widths.reserve(head.size());
  for (const std::string& cell : head) widths.push_back(WidthOf(cell));
  for (const auto& row : rows) {
    for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], WidthOf(row[i]));
    }
  }
  std::string out;
  std::string titles;
  AppendRow(head, widths, titles);
  titles.pop_back();
  out += Dim(titles) + "\n";
  for (const auto& row : rows) AppendRow(row, widths, out);
  return out;
}

std::string Called(const Json& answer, const std::string& pseudonym) {
  for (const char* key : {"names", "people"}) {
    const Json* names = answer.Find(key);
    const std::string name = names == nullptr ? "" : names->StringOr(pseudonym, "");
    if (!name.empty()) return name + " (" + pseudonym + ")";
  }
  return pseudonym;
}

std::string Joined(const Json* list) {
  std::string text;
  if (list == nullptr || list->AsArray() == nullptr) return text;
  for (const Json& item : *list->AsArray()) {
    if (item.AsString() != nullptr) text += (text.empty() ? "" : ", ") + *item.AsString();
  }
  return text;
}

std::string WithThousands(std::string_view digits) {
  const std::size_t start = !digits.empty() && digits[0] == '-' ? 1 : 0;
  const std::size_t end = std::min(digits.find('.'), digits.size());
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > start && i < end && (end - i) % 3 == 0) out += ',';
    out += digits[i];
  }
  return out;
}

std::string Sparkline(const std::vector<double>& values, std::size_t width) {
  static constexpr std::array kBlocks = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
  if (values.empty() || width == 0) return "";
  const std::size_t columns = std::min(width, values.size());
  std::vector<double> means(columns, 0.0);
  for (std::size_t column = 0; column < columns; ++column) {
    const std::size_t begin = column * values.size() / columns;
    const std::size_t end = (column + 1) * values.size() / columns;
    for (std::size_t i = begin; i < end; ++i) means[column] += values[i];
    means[column] /= static_cast<double>(end - begin);
  }
  const double largest = *std::max_element(means.begin(), means.end());
  std::string out;
  for (const double mean : means) {
    const double share = largest > 0 ? mean / largest : 0;
    const auto level = static_cast<std::size_t>(std::clamp(share * 8.0, 0.0, 7.0));
    out += mean <= 0 ? "·" : kBlocks[level];
  }
  return out;
}

bool MayColour() { return ::isatty(STDOUT_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr; }

std::string Bold(std::string_view text) { return Coloured(text, "1"); }
std::string Green(std::string_view text) { return Coloured(text, "32"); }
std::string Red(std::string_view text) { return Coloured(text, "31"); }
std::string Dim(std::string_view text) { return Coloured(text, "2"); }

service::Progress TerminalProgress() {
  if (::isatty(STDERR_FILENO) != 1) return {};
  return [](const Json& report) {
    if (report.Find("acting_as") != nullptr || report.Find("warning") != nullptr) return;
    constexpr int kWidth = 30;
    const auto thousandths = static_cast<int>(report.IntegerOr("share", 0));
    const int filled = thousandths * kWidth / 1000;
    std::string bar;
    for (int i = 0; i < kWidth; ++i) bar += i < filled ? "█" : "░";
    std::string label = report.StringOr("file", "");
    if (!label.empty()) label += ": ";
    label += report.StringOr("phase", "");
    std::fprintf(stderr, "\r\x1b[K%s %3d%% %s%s", bar.c_str(), thousandths / 10, label.c_str(),
                 thousandths >= 1000 ? "\r\x1b[K" : "");
    std::fflush(stderr);
  };
}

Result<std::string> AskSecret(std::string_view prompt) {
  const int terminal = ::open("/dev/tty", O_RDWR | O_CLOEXEC);
  if (terminal < 0) {
    return Fail(ErrorCode::kUnavailable,
                "a passphrase is needed and there is no terminal to ask on; set "
                "PROVISO_PASSPHRASE or give --passphrase-fd");
  }
  termios before{};
  ::tcgetattr(terminal, &before);
  termios silent = before;
  silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  ::tcsetattr(terminal, TCSAFLUSH, &silent);
  std::string secret;
  bool ended = ::write(terminal, prompt.data(), prompt.size()) < 0;
  char character = 0;
  while (!ended && ::read(terminal, &character, 1) == 1 && character != '\n') {
    secret += character;
    ended = secret.size() >= 1024;
  }
  ::tcsetattr(terminal, TCSAFLUSH, &before);
  [[maybe_unused]] const auto written = ::write(terminal, "\n", 1);
  ::close(terminal);
  return secret;
}

}  // namespace proviso::cli
