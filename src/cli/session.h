// Session: what a command works with: the process's clock, log, screen and output. One is made for
// each run of the program and handed down.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "cli/command_line.h"
#include "cli/screen.h"
#include "core/clock.h"
#include "core/error.h"
#include "core/limiter_pool.h"
#include "core/log.h"
#include "core/result.h"
#include "core/secret.h"

namespace tendril {

class Session {
 public:
  // `bars`: the command would like to draw progress bars, which take the place of quiet log lines
  // on a terminal.
  // `calendar` is what calendar() will be.
  Session(GlobalArguments global, bool bars, std::unique_ptr<Clock> calendar = system_clock());

  const GlobalArguments& global() const { return global_; }
  Clock& clock() { return *clock_; }
  // What templates, windows and tokens of sources see; may stand still, see process_calendar().
  Clock& calendar() { return *calendar_; }
  Redactor& redactor() { return redactor_; }
  // Of all that this process talks to.
  LimiterPool& limiters() { return limiters_; }
  Screen& screen() { return screen_; }
  Log& log() { return log_; }

  // Draw them.
  bool bars() const { return bars_; }

  bool json_log() const { return global_.log_format == LogFormat::Json; }

  // Writes to stdout. Errors: System when nobody takes it.
  Status output(std::string_view text);

  // Writes one line on stderr, as it is or as one JSON object, whatever --log-level says.
  void note(std::string_view text);

  // Writes one line "error: …" on stderr, or one JSON object, without secrets. An empty `hint`
  // is left out.
  void report(const Error& error, std::string_view hint = {});

 private:
  const GlobalArguments global_;
  const std::unique_ptr<Clock> clock_;
  const std::unique_ptr<Clock> calendar_;
  LimiterPool limiters_;
  Redactor redactor_;
  Screen screen_;
  const bool bars_;
  Log log_;
  Log always_;  // Not silenced by --log-level.
};

}  // namespace tendril
