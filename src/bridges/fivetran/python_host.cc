#include "bridges/fivetran/python_host.h"

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
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char** environ;

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

// Both ends of a pipe, closed unless taken. The ends are above those that the child gets.
class HostPipe {
 public:
  ~HostPipe() {
    for (const int end : ends_) {
      if (end >= 0) {
        ::close(end);
      }
    }
  }
  bool open() {
    std::array<int, 2> low{-1, -1};
    if (::pipe2(low.data(), O_CLOEXEC) != 0) {
      return false;
    }
    for (std::size_t index = 0; index < low.size(); ++index) {
      ends_[index] = ::fcntl(low[index], F_DUPFD_CLOEXEC, kOrdersDescriptor + 1);
      ::close(low[index]);
    }
    return ends_[0] >= 0 && ends_[1] >= 0;
  }
  int read_end() const { return ends_[0]; }
  int write_end() const { return ends_[1]; }
  int take_read_end() { return std::exchange(ends_[0], -1); }
  int take_write_end() { return std::exchange(ends_[1], -1); }

 private:
  std::array<int, 2> ends_{-1, -1};
};

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) {
    pointers.push_back(text.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

using Variables = std::vector<std::pair<std::string, std::string>>;

std::vector<std::string> environment_with(const Variables& variables) {
  std::vector<std::string> all;
  for (char** each = environ; *each != nullptr; ++each) {
    const std::string_view text = *each;
    const bool replaced =
        std::any_of(variables.begin(), variables.end(),
                    [&](const auto& each_set) { return text.starts_with(each_set.first + "="); });
    if (!replaced) {
      all.emplace_back(text);
    }
  }
  for (const auto& [name, value] : variables) {
    all.push_back(name + "=" + value);
  }
  return all;
}

Variables variables_of(const PythonHostOptions& options) {
  Variables variables = options.environment;
  const char* const paths = std::getenv("PYTHONPATH");  // NOLINT(concurrency-mt-unsafe)
  variables.emplace_back("PYTHONPATH", paths == nullptr || *paths == '\0'
                                           ? options.package.string()
                                           : options.package.string() + ":" + paths);
  variables.emplace_back("PYTHONUNBUFFERED", "1");
  variables.emplace_back("TENDRIL_FRAMES_FD", std::to_string(kFramesDescriptor));
  variables.emplace_back("TENDRIL_ORDERS_FD", std::to_string(kOrdersDescriptor));
  return variables;
}

// What posix_spawn is told, freed at the end.
class HostPlan {
 public:
  HostPlan() {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
    sigset_t signals;
    sigemptyset(&signals);
    ::posix_spawnattr_setsigmask(&attributes_, &signals);
    for (const int number : {SIGPIPE, SIGXFSZ, SIGINT, SIGTERM}) {
      sigaddset(&signals, number);
    }
    ::posix_spawnattr_setsigdefault(&attributes_, &signals);
    ::posix_spawnattr_setpgroup(&attributes_, 0);
    ::posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~HostPlan() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }
  HostPlan(const HostPlan&) = delete;
  HostPlan& operator=(const HostPlan&) = delete;

  void connect(int from, int to) { ::posix_spawn_file_actions_adddup2(&actions_, from, to); }
  void no_input() {
    ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  }
  void work_in(const std::string& folder) {
    ::posix_spawn_file_actions_addchdir_np(&actions_, folder.c_str());
  }

  const posix_spawn_file_actions_t* actions() const { return &actions_; }
  const posix_spawnattr_t* attributes() const { return &attributes_; }

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

// The resident memory of a process; 0 when it is gone.
std::size_t resident_bytes(pid_t process) {
  std::ifstream file(fmt::format("/proc/{}/statm", process));
  std::size_t total = 0;
  std::size_t resident = 0;
  file >> total >> resident;
  return file ? resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)) : 0;
}

}  // namespace

struct PythonHost::Pipes {
  HostPipe frames;
  HostPipe orders;
  HostPipe out;
  HostPipe error;

  bool open() { return frames.open() && orders.open() && out.open() && error.open(); }
};

Result<std::unique_ptr<PythonHost>> PythonHost::start(PythonHostOptions options,
                                                      Listener listener) {
  Pipes pipes;
  if (!pipes.open()) {
    return system_error("starting " + options.python, errno);
  }
  // A larger pipe than usual, where the system allows for it: fewer waits of the connector.
  ::fcntl(pipes.frames.write_end(), F_SETPIPE_SZ, kPipeBytes);
  HostPlan plan;
  plan.no_input();
  plan.connect(pipes.out.write_end(), STDOUT_FILENO);
  plan.connect(pipes.error.write_end(), STDERR_FILENO);
  plan.connect(pipes.frames.write_end(), kFramesDescriptor);
  plan.connect(pipes.orders.read_end(), kOrdersDescriptor);
  plan.work_in(options.project.string());
  std::vector<std::string> command{options.python, "-m", "fivetran_connector_sdk._runner"};
  std::vector<std::string> environment = environment_with(variables_of(options));
  pid_t process = -1;
  const int failed =
      ::posix_spawnp(&process, options.python.c_str(), plan.actions(), plan.attributes(),
                     pointers_to(command).data(), pointers_to(environment).data());
  if (failed == ENOENT) {
    return Error{.code = ErrorCode::InvalidConfig,
                 .message = "python does not exist, install it or name another by --python: " +
                            options.python};
  }
  if (failed != 0) {
    return system_error("starting " + options.python, failed);
  }
  std::unique_ptr<PythonHost> host(
      new PythonHost(std::move(options), std::move(listener), process, pipes));
  host->order(host->options_.order);
  return host;
}

PythonHost::PythonHost(PythonHostOptions options, Listener listener, pid_t process, Pipes& pipes)
    : options_(std::move(options)),
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

PythonHost::~PythonHost() {
  ::close(frames_);
  if (orders_ >= 0) {
    ::close(orders_);
  }
  kill_and_reap();
}

void PythonHost::order(std::string_view line) {
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

Result<std::optional<RawFrame>> PythonHost::next_frame(std::stop_token stop) {
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
Status PythonHost::fill(std::stop_token stop) {
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

bool PythonHost::has_ended() const {
  siginfo_t ended{};
  return status_.has_value() ||
         (::waitid(P_PID, static_cast<id_t>(process_), &ended, WEXITED | WNOHANG | WNOWAIT) == 0 &&
          ended.si_pid == process_);
}

void PythonHost::watch_memory(std::stop_token stop) {
  std::mutex mutex;
  std::condition_variable_any changed;
  std::unique_lock lock(mutex);
  while (!changed.wait_for(lock, stop, kMemoryCheck, [] { return false; }) &&
         !stop.stop_requested()) {
    const std::size_t bytes = resident_bytes(process_);
    memory_peak_ = std::max(memory_peak_.load(), bytes);
    if (options_.memory_bytes_max > 0 && bytes > options_.memory_bytes_max) {
      took_too_much_ = true;
      ::kill(-process_, SIGKILL);
      return;
    }
  }
}

std::string PythonHost::wait() {
  const auto started = steady_clock::now();
  while (!has_ended() && steady_clock::now() - started < kEndPatience) {
    std::this_thread::sleep_for(kReapCheck);
  }
  kill_and_reap();
  if (took_too_much_) {
    return fmt::format("was ended for taking more than {} MB of memory",
                       options_.memory_bytes_max / 1'000'000);
  }
  if (WIFSIGNALED(*status_)) {
    const int number = WTERMSIG(*status_);
    return fmt::format("was ended by signal {} ({})", number,
                       ::strsignal(number));  // NOLINT(concurrency-mt-unsafe)
  }
  const int status = WEXITSTATUS(*status_);
  return status == 0 ? "" : fmt::format("ended with status {}", status);
}

// Ends the whole group while its leader, dead or alive, still holds the number; and with it those
// who hold its pipes.
void PythonHost::kill_and_reap() {
  if (!status_) {
    threads_.back().request_stop();
    threads_.back().join();
    ::kill(-process_, SIGKILL);
    int status = 0;
    while (::waitpid(process_, &status, 0) < 0 && errno == EINTR) {
    }
    status_ = status;
    threads_.clear();  // What it printed is all told.
  }
}

// A program that left the group may hold the pipe for ever: after the stop only what is there
// counts.
void PythonHost::forward(int descriptor, ProjectOutput output, std::stop_token stop) const {
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
