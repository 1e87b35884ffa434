#include "cli/session.h"

#include <algorithm>
#include <cerrno>
#include <system_error>
#include <utility>

#include <unistd.h>

namespace tendril {
namespace {

std::string on_one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

}  // namespace

Session::Session(GlobalArguments global, bool bars, std::unique_ptr<Clock> calendar)
    : global_(std::move(global)),
      clock_(system_clock()),
      calendar_(std::move(calendar)),
      limiters_(*clock_),
      screen_(STDERR_FILENO),
      bars_(bars && !json_log() && screen_.is_terminal()),
      // The bars say what the lines of this level would.
      log_(global_.log_level.value_or(bars_ ? LogLevel::Warning : LogLevel::Info),
           global_.log_format, *clock_, redactor_, screen_),
      always_(LogLevel::Warning, global_.log_format, *clock_, redactor_, screen_) {}

Status Session::output(std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = ::write(STDOUT_FILENO, text.data(), text.size());
    if (written < 0 && errno != EINTR) {
      return Error{ErrorCode::System,
                   "standard output can not be written: " + std::generic_category().message(errno)};
    }
    text.remove_prefix(written < 0 ? 0 : static_cast<std::size_t>(written));
  }
  return {};
}

void Session::note(std::string_view text) {
  if (json_log()) {
    always_.warning(text);
  } else {
    screen_.print(redactor_.redact(text));
  }
}

void Session::report(const Error& error, std::string_view hint) {
  const std::string message = on_one_line(error.message);
  if (json_log()) {
    always_.error(
        message,
        {{"code", to_string(error.code)}, {"request_id", error.request_id}, {"hint", hint}});
    return;
  }
  std::string lines = "error: " + message;
  lines += error.request_id.empty() ? "" : " (request id " + error.request_id + ")";
  lines += hint.empty() ? "" : "\nhint: " + std::string(hint);
  screen_.print(redactor_.redact(lines));
}

}  // namespace tendril
