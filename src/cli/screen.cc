#include "cli/screen.h"

#include <cerrno>
#include <cstdlib>
#include <utility>

#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/text_table.h"

namespace tendril {

Screen::~Screen() {
  const std::lock_guard lock(mutex_);
  write_all(erase_live());
}

void Screen::line(LogLevel /*level*/, std::string_view text) { print(text); }

void Screen::print(std::string_view text) {
  const std::lock_guard lock(mutex_);
  std::string bytes = erase_live();
  bytes += text;
  if (!text.ends_with('\n')) {
    bytes += '\n';
  }
  write_all(bytes + draw_live());
}

void Screen::show_live(std::vector<std::string> lines) {
  const std::size_t columns = size().columns;
  for (std::string& each : lines) {
    each.resize(display_prefix(each, columns).size());
  }
  const std::lock_guard lock(mutex_);
  std::string bytes = erase_live();
  live_ = std::move(lines);
  write_all(bytes + draw_live());
}

bool Screen::is_terminal() const {
  if (::isatty(descriptor_) != 1) {
    return false;
  }
  // The environment is read only: nothing in this program changes it.
  const char* term = std::getenv("TERM");  // NOLINT(concurrency-mt-unsafe)
  return term != nullptr && *term != '\0' && std::string_view(term) != "dumb";
}

ScreenSize Screen::size() const {
  winsize found = {};
  ScreenSize size;
  if (::ioctl(descriptor_, TIOCGWINSZ, &found) == 0 && found.ws_col > 0 && found.ws_row > 0) {
    size.columns = found.ws_col;
    size.rows = found.ws_row;
  }
  return size;
}

// One write, so that lines of other writers do not get between; a reader that has gone away is no
// reason to stop a sync.
void Screen::write_all(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written < 0 && errno != EINTR) {
      return;
    }
    bytes.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
  }
}

// Moves to the first live line and clears to the end of the screen.
std::string Screen::erase_live() const {
  if (live_.empty()) {
    return "";
  }
  return "\x1b[" + std::to_string(live_.size()) + "F\x1b[J";
}

std::string Screen::draw_live() const {
  std::string bytes;
  for (const std::string& each : live_) {
    bytes += each + '\n';
  }
  return bytes;
}

}  // namespace tendril
