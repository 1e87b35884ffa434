#include "bridges/fivetran/connector_process.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstring>
#include <fstream>
#include <mutex>
#include <system_error>

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/child_spawn.h"
#include "data/json.h"
#include "data/value.h"

namespace tendril {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr milliseconds kStopCheck{100};
constexpr milliseconds kMemoryCheck{200};
constexpr milliseconds kReapCheck{2};
constexpr milliseconds kEndPatience{5'000};
constexpr std::size_t kLineBytesMax = std::size_t{64} * 1024;
constexpr int kPipeBytes = 1 << 20;
// Where the child finds its ends; behind the three that every process has.
constexpr int kFramesDescriptor = 3;
constexpr int kOrdersDescriptor = 4;

Error system_error(const std::string& what, int number) {
  return {.code = ErrorCode::System,
          .message = what + ": " + std::generic_category().message(number)};
}

using Variables = std::vector<std::pair<std::string, std::string>>;

Variables variables_of(const ProjectProcess& plan) {
  Variables variables = plan.environment;
  variables.emplace_back("TENDRIL_FRAMES_FD", std::to_string(kFramesDescriptor));
  variables.emplace_back("TENDRIL_ORDERS_FD", std::to_string(kOrdersDescriptor));
  return variables;
}

// The resident memory of a process; 0 when it is gone.
std::size_t resident_bytes(pid_t process) {
  std::ifstream file(fmt::format("/proc/{}/statm", process));
  std::size_t total = 0;
  std::size_t resident = 0;
  file >> total >> resident;
  return file ? resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) : 0;
}

}  // namespace

struct ConnectorProcess::Pipes {
  ChildPipe frames;
  ChildPipe orders;
  ChildPipe out;
  ChildPipe error;

  bool open() { return frames.open() && orders.open() && out.open() && error.open(); }
};

Result<std::unique_ptr<ConnectorProcess>> ConnectorProcess::start(ProjectProcess process,
                                                                  std::string_view order,
                                                                  Listener listener) {
  Pipes pipes;
  if (!pipes.open()) {
    return system_error("starting " + process.command.front(), errno);
  }
  // A larger pipe than usual, where the system allows for it: fewer waits of the connector.
  ::fcntl(pipes.frames.write_end(), F_SETPIPE_SZ, kPipeBytes);
  SpawnPlan plan;
  plan.connect(pipes.out.write_end(), STDOUT_FILENO);
  plan.connect(pipes.error.write_end(), STDERR_FILENO);
  plan.connect(pipes.frames.write_end(), kFramesDescriptor);
  plan.connect(pipes.orders.read_end(), kOrdersDescriptor);
  plan.work_in(process.project.string());
  const Result<pid_t> started = plan.spawn(process.command, variables_of(process));
  if (!started.ok() && started.error().code == ErrorCode::NotFound) {
    return Error{.code = ErrorCode::InvalidConfig,
                 .message = "program does not exist" +
                            (process.advice.empty() ? "" : ", " + process.advice) + ": " +
                            process.command.front()};
  }
  if (!started.ok()) {
    return started.error();
  }
  std::unique_ptr<ConnectorProcess> host(
      new ConnectorProcess(std::move(process), std::move(listener), *started, pipes));
  host->order(order);
  return host;
}

ConnectorProcess::ConnectorProcess(ProjectProcess plan, Listener listener, pid_t process,
                                   Pipes& pipes)
    : plan_(std::move(plan)),
      listener_(std::move(listener)),
      process_(process),
      frames_(pipes.frames.take_read_end()),
      orders_(pipes.orders.take_write_end()) {
  const int out = pipes.out.take_read_end();
  const int error = pipes.error.take_read_end();
  threads_.emplace_back(
      [this, out](std::stop_token stop) { forward(out, ProjectOutput::Out, std::move(stop)); });
  threads_.emplace_back([this, error](std::stop_token stop) {
    forward(error, ProjectOutput::Error, std::move(stop));
  });
  threads_.emplace_back([this](const std::stop_token& stop) { watch_memory(stop); });
}

ConnectorProcess::~ConnectorProcess() {
  ::close(frames_);
  if (orders_ >= 0) {
    ::close(orders_);
  }
  kill_and_reap();
}

void ConnectorProcess::order(std::string_view line) {
  const std::string text = std::string(line) + "\n";
  std::string_view rest = text;
  while (!rest.empty()) {
    const ssize_t written = ::write(orders_, rest.data(), rest.size());
    if (written < 0 && errno != EINTR) {
      return;
    }
    rest.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
  }
}

Result<std::optional<RawFrame>> ConnectorProcess::next_frame(std::stop_token stop) {
  if (!has_met_) {
    TRY(meet(stop));
    has_met_ = true;
  }
  return next_of_any(stop);
}

Error ConnectorProcess::is_no_connector(const std::string& what) const {
  return {.code = ErrorCode::InvalidConfig,
          .message = plan_.command.front() + " is no connector of Tendril: " + what};
}

// The first frame says which kit the connector was built with.
Status ConnectorProcess::meet(const std::stop_token& stop) {
  const Result<std::optional<RawFrame>> first = next_of_any(stop);
  if (!first.ok() && first.error().code == ErrorCode::BadData) {
    return is_no_connector("it sent something that is no frame");
  }
  const std::optional<RawFrame> frame = TRY(first);
  if (!frame) {
    const std::string ending = wait();
    return is_no_connector((ending.empty() ? "it ended with status 0" : "it " + ending) +
                           " and sent nothing");
  }
  const Result<Value> hello =
      frame->kind == FrameKind::Hello ? parse_json(frame->payload) : Result<Value>(Value());
  const Value* const protocol = hello.ok() ? hello->find("protocol") : nullptr;
  const Value* const kit = hello.ok() ? hello->find("kit") : nullptr;
  if (protocol == nullptr || protocol->as_int() == nullptr || kit == nullptr || !kit->is_string()) {
    return is_no_connector("it did not say what it is");
  }
  if (*protocol->as_int() != kProjectProtocol) {
    return Error{.code = ErrorCode::InvalidConfig,
                 .message = fmt::format("the connector speaks protocol {} (kit {}), and this "
                                        "program protocol {}: build it with the kit of this "
                                        "program: {}",
                                        *protocol->as_int(), *kit->as_string(), kProjectProtocol,
                                        plan_.command.back())};
  }
  return {};
}

Result<std::optional<RawFrame>> ConnectorProcess::next_of_any(const std::stop_token& stop) {
  for (;;) {
    const std::optional<RawFrame> frame = TRY(reader_.next());
    if (frame || frames_ended_) {
      return frame;
    }
    TRY(fill(stop));
  }
}

// Waits for more bytes. A process that has ended sends none, though those that it forked may still
// hold its pipe.
Status ConnectorProcess::fill(std::stop_token stop) {
  pollfd readable{.fd = frames_, .events = POLLIN, .revents = 0};
  while (::poll(&readable, 1, static_cast<int>(kStopCheck.count())) <= 0) {
    if (stop.stop_requested()) {
      return Error{.code = ErrorCode::Cancelled, .message = "stopped while the connector ran"};
    }
    if (has_ended() && ::poll(&readable, 1, 0) <= 0) {
      frames_ended_ = true;
      return {};
    }
  }
  const std::span<char> room = reader_.room();
  const ssize_t count = ::read(frames_, room.data(), room.size());
  if (count < 0 && errno != EINTR) {
    return system_error("reading what the connector sends", errno);
  }
  reader_.take(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  frames_ended_ = count == 0;
  return {};
}

bool ConnectorProcess::has_ended() const {
  return status_.has_value() || has_child_ended(process_);
}

void ConnectorProcess::watch_memory(std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_lock lock(mutex);
  while (!changed.wait_for(lock, stop, kMemoryCheck, [] { return false; }) &&
         !stop.stop_requested()) {
    const std::size_t bytes = resident_bytes(process_);
    memory_peak_ = std::max(memory_peak_.load(), bytes);
    if (plan_.memory_bytes_max > 0 && bytes > plan_.memory_bytes_max) {
      took_too_much_ = true;
      ::kill(-process_, SIGKILL);
      return;
    }
  }
}

std::string ConnectorProcess::wait() {
  const auto started = steady_clock::now();
  while (!has_ended() && steady_clock::now() - started < kEndPatience) {
    std::this_thread::sleep_for(kReapCheck);
  }
  kill_and_reap();
  if (took_too_much_) {
    return fmt::format("was ended for taking more than {} MB of memory",
                       plan_.memory_bytes_max / 1'000'000);
  }
  if (WIFSIGNALED(*status_)) {
    const int number = WTERMSIG(*status_);
    return fmt::format("was ended by signal {} ({})", number,
                       ::strsignal(number));  // NOLINT(concurrency-mt-unsafe)
  }
  const int status = WEXITSTATUS(*status_);
  return status == 0 ? "" : fmt::format("ended with status {}", status);
}

// Ends all that it started, and with it those who hold its pipes.
void ConnectorProcess::kill_and_reap() {
  if (!status_) {
    threads_.back().request_stop();
    threads_.back().join();
    status_ = kill_group(process_);
    threads_.clear();  // What it printed is all told.
  }
}

// A program that left the group may hold the pipe for ever: after the stop only what is there
// counts.
void ConnectorProcess::forward(int descriptor, ProjectOutput output, std::stop_token stop) const {
  std::string line;
  std::array<char, 4096> bytes{};
  for (;;) {
    pollfd readable{.fd = descriptor, .events = POLLIN, .revents = 0};
    const bool last = stop.stop_requested();
    if (::poll(&readable, 1, last ? 0 : static_cast<int>(kStopCheck.count())) <= 0) {
      if (last) {
        break;
      }
      continue;
    }
    const ssize_t count = ::read(descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count <= 0) {
      break;
    }
    for (const char c : std::string_view(bytes.data(), static_cast<std::size_t>(count))) {
      if (c == '\n') {
        listener_(output, line);
        line.clear();
      } else if (line.size() < kLineBytesMax) {
        line += c;
      }
    }
  }
  if (!line.empty()) {
    listener_(output, line);
  }
  ::close(descriptor);
}

}  // namespace tendril
