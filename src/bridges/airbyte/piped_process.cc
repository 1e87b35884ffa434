#include "bridges/airbyte/piped_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <deque>
#include <mutex>
#include <string_view>
#include <system_error>

#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/child_spawn.h"

namespace tendril {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kStopCheck{100};      // How soon a stop is seen.
constexpr milliseconds kReapCheck{5};        // How often an end is looked for.
constexpr milliseconds kEndPatience{5'000};  // For a program that was asked to end, or should have.
constexpr std::size_t kReadBytes = std::size_t{64} * 1024;
constexpr std::size_t kMessageBytesMax = 4096;  // Of one line; the rest is cut.
constexpr std::size_t kMessagesKept = 5;
constexpr int kSignalStatus = 128;

Error system_error(const std::string& what, int number) {
  return {.code = ErrorCode::System,
          .message = what + ": " + std::generic_category().message(number)};
}

}  // namespace

// The last messages, shared with the thread that forwards them.
struct PipedProcess::Messages {
  mutable std::mutex mutex;
  std::deque<std::string> last;  // Guarded by mutex.
};

Result<std::unique_ptr<PipedProcess>> PipedProcess::start(ProcessOptions options, Log& log) {
  ChildPipe output;
  ChildPipe messages;
  if (!output.open() || !messages.open()) {
    return system_error("starting " + options.command.front(), errno);
  }
  SpawnPlan plan;
  plan.connect(output.write_end(), STDOUT_FILENO);
  plan.connect(messages.write_end(), STDERR_FILENO);
  const pid_t process = TRY(plan.spawn(options.command, options.environment));
  return std::unique_ptr<PipedProcess>(new PipedProcess(
      std::move(options), process, output.take_read_end(), messages.take_read_end(), log));
}

PipedProcess::PipedProcess(ProcessOptions options, pid_t process, int output, int messages,
                           Log& log)
    : options_(std::move(options)),
      process_(process),
      output_(output),
      log_(log),
      messages_(std::make_unique<Messages>()),
      forwarder_([this, messages] { forward_messages(messages); }) {}

PipedProcess::~PipedProcess() {
  ::close(output_);  // Whoever still writes learns that nobody reads.
  if (!exit_status_) {
    ::kill(-process_, SIGTERM);
    if (!reap(kEndPatience)) {
      kill_and_reap();
    }
  }
}

Result<std::optional<std::string>> PipedProcess::next_line(std::stop_token stop) {
  for (;;) {
    const std::size_t end = buffer_.find('\n', searched_);
    if (end != std::string::npos) {
      std::string line = buffer_.substr(start_, end - start_);
      searched_ = start_ = end + 1;
      return std::optional(std::move(line));
    }
    buffer_.erase(0, start_);
    start_ = 0;
    searched_ = buffer_.size();
    if (output_ended_) {
      searched_ = 0;
      return buffer_.empty() ? std::nullopt : std::optional(std::exchange(buffer_, {}));
    }
    if (buffer_.size() > options_.line_bytes_max) {
      return Error{.code = ErrorCode::BadData,
                   .message = "a line of " + options_.command.front() + " is longer than " +
                              std::to_string(options_.line_bytes_max) + " bytes"};
    }
    TRY(fill(stop));
  }
}

// Waits for more output and takes it.
Status PipedProcess::fill(std::stop_token stop) {
  const auto deadline = steady_clock::now() + options_.silence_max;
  pollfd readable{.fd = output_, .events = POLLIN, .revents = 0};
  while (::poll(&readable, 1, static_cast<int>(kStopCheck.count())) <= 0) {
    if (stop.stop_requested()) {
      return Error{.code = ErrorCode::Cancelled,
                   .message = "stopped while waiting for " + options_.command.front()};
    }
    if (steady_clock::now() > deadline) {
      return Error{.code = ErrorCode::Unavailable,
                   .message = options_.command.front() + " has said nothing for " +
                              std::to_string(options_.silence_max.count()) + " ms"};
    }
  }
  const std::size_t filled = buffer_.size();
  buffer_.resize(filled + kReadBytes);
  const ssize_t count = ::read(output_, buffer_.data() + filled, kReadBytes);
  buffer_.resize(filled + static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  if (count < 0 && errno != EINTR) {
    return system_error("reading the output of " + options_.command.front(), errno);
  }
  output_ended_ = count == 0;
  return {};
}

int PipedProcess::wait() {
  if (!exit_status_ && !reap(kEndPatience)) {
    kill_and_reap();
  }
  return *exit_status_;
}

// Returns whether it has ended within `patience`.
bool PipedProcess::reap(milliseconds patience) {
  const auto started = steady_clock::now();
  for (;;) {
    if (has_child_ended(process_)) {
      kill_and_reap();
      return true;
    }
    if (steady_clock::now() - started >= patience) {
      return false;
    }
    std::this_thread::sleep_for(kReapCheck);
  }
}

void PipedProcess::kill_and_reap() {
  const int status = kill_group(process_);
  exit_status_ = WIFSIGNALED(status) ? kSignalStatus + WTERMSIG(status) : WEXITSTATUS(status);
}

std::string PipedProcess::last_messages() const {
  const std::lock_guard lock(messages_->mutex);
  std::string text;
  for (const std::string& line : messages_->last) {
    text += (text.empty() ? "" : " | ") + line;
  }
  return text;
}

void PipedProcess::forward_messages(int descriptor) {
  std::string line;
  std::array<char, 4096> bytes{};
  const auto forward = [&] {
    if (line.empty()) {
      return;
    }
    log_.info("program says", {{"program", options_.command.front()}, {"text", line}});
    const std::lock_guard lock(messages_->mutex);
    messages_->last.push_back(std::exchange(line, {}));
    if (messages_->last.size() > kMessagesKept) {
      messages_->last.pop_front();
    }
  };
  for (;;) {
    const ssize_t count = ::read(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count <= 0) {
      break;
    }
    for (const char c : std::string_view(bytes.data(), static_cast<std::size_t>(count))) {
      if (c == '\n') {
        forward();
      } else if (line.size() < kMessageBytesMax) {
        line += c;
      }
    }
  }
  forward();
  ::close(descriptor);
}

}  // namespace tendril
