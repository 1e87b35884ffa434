// Screen: the one writer of stderr. On a terminal it keeps a few live lines (progress bars) at the
// bottom, which are redrawn in place; log lines and reports appear above them.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "core/log.h"

namespace tendril {

// How much a terminal shows.
struct ScreenSize {
  std::size_t columns = 80;
  std::size_t rows = 24;
};

// Threads: safe to share.
class Screen final : public LogSink {
 public:
  // Writes to the open file `descriptor`, which stays the caller's.
  explicit Screen(int descriptor) : descriptor_(descriptor) {}

  // Removes the live lines.
  ~Screen() override;

  Screen(const Screen&) = delete;
  Screen& operator=(const Screen&) = delete;

  // Writes a log line above the live lines.
  void line(LogLevel level, std::string_view text) override;

  // Writes whole lines above the live lines. A missing last line end is added.
  void print(std::string_view text);

  // Replaces the live lines; those that do not fit the width are cut. Without lines, the area is
  // removed. REQUIRES: is_terminal().
  void show_live(std::vector<std::string> lines);

  // The file is a terminal that can move its cursor.
  bool is_terminal() const;

  ScreenSize size() const;

 private:
  void write_all(std::string_view bytes) const;
  std::string erase_live() const;
  std::string draw_live() const;

  const int descriptor_;
  std::mutex mutex_;
  std::vector<std::string> live_;  // Guarded by mutex_.
};

}  // namespace tendril
