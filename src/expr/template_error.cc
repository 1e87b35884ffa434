#include "expr/template_error.h"

#include <algorithm>

#include <fmt/format.h>

namespace tendril {
namespace {

constexpr std::size_t kShownMax = 160;

}  // namespace

Error template_error(std::string_view source, std::size_t offset, std::string_view message,
                     ErrorCode code) {
  const std::string_view before = source.substr(0, std::min(offset, source.size()));
  const auto line = std::count(before.begin(), before.end(), '\n') + 1;
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is the first line's start.
  std::string shown(source.substr(0, kShownMax));
  std::replace(shown.begin(), shown.end(), '\n', ' ');
  return Error{code, fmt::format("{} at line {}, column {} of the template \"{}{}\"", message, line,
                                 before.size() - line_start + 1, shown,
                                 source.size() > kShownMax ? "…" : "")};
}

}  // namespace tendril
