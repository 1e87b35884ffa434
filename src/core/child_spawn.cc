#include "core/child_spawn.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <string_view>
#include <system_error>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/check.h"

extern char** environ;

namespace tendril {
namespace {

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) {
    pointers.push_back(text.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

std::vector<std::string> environment_with(
    const std::vector<std::pair<std::string, std::string>>& variables) {
  std::vector<std::string> all;
  for (char** each = environ; *each != nullptr; ++each) {
    const std::string_view text = *each;
    const bool replaced = std::ranges::any_of(
        variables, [&](const auto& variable) { return text.starts_with(variable.first + "="); });
    if (!replaced) {
      all.emplace_back(text);
    }
  }
  for (const auto& [name, value] : variables) {
    all.push_back(name + "=" + value);
  }
  return all;
}

}  // namespace

ChildPipe::~ChildPipe() {
  for (const int end : ends_) {
    if (end >= 0) {
      ::close(end);
    }
  }
}

bool ChildPipe::open() {
  std::array<int, 2> low{-1, -1};
  if (::pipe2(low.data(), O_CLOEXEC) != 0) {
    return false;
  }
  int fault = 0;
  for (std::size_t index = 0; index < low.size(); ++index) {
    ends_[index] = ::fcntl(low[index], F_DUPFD_CLOEXEC, kDescriptorMax + 1);
    fault = ends_[index] < 0 ? errno : fault;
    ::close(low[index]);
  }
  errno = fault;
  return fault == 0;
}

SpawnPlan::SpawnPlan() {
  ::posix_spawn_file_actions_init(&actions_);
  ::posix_spawnattr_init(&attributes_);
  ::posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
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

SpawnPlan::~SpawnPlan() {
  ::posix_spawn_file_actions_destroy(&actions_);
  ::posix_spawnattr_destroy(&attributes_);
}

void SpawnPlan::connect(int from, int to) {
  CHECK(to <= ChildPipe::kDescriptorMax);
  ::posix_spawn_file_actions_adddup2(&actions_, from, to);
}

void SpawnPlan::work_in(const std::string& folder) {
  ::posix_spawn_file_actions_addchdir_np(&actions_, folder.c_str());
}

Result<pid_t> SpawnPlan::spawn(
    std::vector<std::string> command,
    const std::vector<std::pair<std::string, std::string>>& variables) const {
  std::vector<std::string> environment = environment_with(variables);
  pid_t child = -1;
  const int failed = ::posix_spawnp(&child, command.front().c_str(), &actions_, &attributes_,
                                    pointers_to(command).data(), pointers_to(environment).data());
  if (failed == ENOENT) {
    return Error{.code = ErrorCode::NotFound,
                 .message = "program does not exist: " + command.front()};
  }
  if (failed != 0) {
    return Error{
        .code = ErrorCode::System,
        .message = "starting " + command.front() + ": " + std::generic_category().message(failed)};
  }
  return child;
}

int kill_group(pid_t leader) {
  ::kill(-leader, SIGKILL);
  int status = 0;
  while (::waitpid(leader, &status, 0) < 0 && errno == EINTR) {
  }
  return status;
}

bool has_child_ended(pid_t child) {
  siginfo_t ended{};
  const int looked = ::waitid(P_PID, static_cast<id_t>(child), &ended, WEXITED | WNOHANG | WNOWAIT);
  return looked == 0 && ended.si_pid == child;
}

}  // namespace tendril
