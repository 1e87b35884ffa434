// PipedProcess: another program, run without a shell, whose output is read line by line and whose
// messages on stderr go to the log. It ends with this object at the latest.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "core/log.h"
#include "core/result.h"

namespace tendril {

struct ProcessOptions {
  std::vector<std::string> command = {};  // The program, looked up in PATH, and its arguments.
  std::vector<std::pair<std::string, std::string>> environment = {};  // Beside this process's own.
  // How long it may say nothing on its output before it counts as stuck.
  std::chrono::milliseconds silence_max{std::chrono::minutes(30)};
  std::size_t line_bytes_max = std::size_t{64} << 20U;
};

// Threads: one at a time.
class PipedProcess {
 public:
  // Its standard input is empty. `log` must outlive the process.
  // Errors: NotFound when there is no such program; System when it can not be started.
  static Result<std::unique_ptr<PipedProcess>> start(ProcessOptions options, Log& log);

  // Asks what still runs of it to end, and kills it when it does not.
  ~PipedProcess();

  PipedProcess(const PipedProcess&) = delete;
  PipedProcess& operator=(const PipedProcess&) = delete;

  // Returns the next line of its output without the line break; nullopt at the end of it.
  // Errors: Cancelled when a stop is requested; Unavailable when it is silent for too long; BadData
  //   for a line that is too long; System.
  Result<std::optional<std::string>> next_line(std::stop_token stop);

  // Waits until it has ended, for a moment; then ends it. Returns its exit status, or 128 and the
  // number of the signal that ended it.
  int wait();

  // The last lines of its messages, for errors.
  std::string last_messages() const;

 private:
  struct Messages;

  PipedProcess(ProcessOptions options, pid_t process, int output, int messages, Log& log);
  Status fill(std::stop_token stop);
  bool reap(std::chrono::milliseconds patience);
  void kill_and_reap();
  void forward_messages(int descriptor);

  const ProcessOptions options_;
  const pid_t process_;  // Leads a group of its own, with whatever it starts.
  const int output_;
  Log& log_;
  std::optional<int> exit_status_;
  std::string buffer_;
  std::size_t start_ = 0;     // Of the next line in the buffer.
  std::size_t searched_ = 0;  // There is no line break from the start up to here.
  bool output_ended_ = false;
  const std::unique_ptr<Messages> messages_;
  std::jthread forwarder_;  // Last: joined before the rest goes.
};

}  // namespace tendril
