// Starting other programs, without a shell: pipes to them, what they inherit, and a process group
// of their own.
#pragma once

#include <array>
#include <string>
#include <utility>
#include <vector>

#include <spawn.h>
#include <sys/types.h>

#include "core/result.h"

namespace tendril {

// Both ends of a pipe, closed unless taken, and not inherited. Both are above the descriptors that
// a plan gives a child.
class ChildPipe {
 public:
  // Where a child may find its ends: 0 to this one.
  static constexpr int kDescriptorMax = 9;

  ChildPipe() = default;
  ~ChildPipe();
  ChildPipe(const ChildPipe&) = delete;
  ChildPipe& operator=(const ChildPipe&) = delete;

  bool open();  // errno says why not.
  int read_end() const { return ends_[0]; }
  int write_end() const { return ends_[1]; }
  int take_read_end() { return std::exchange(ends_[0], -1); }
  int take_write_end() { return std::exchange(ends_[1], -1); }

 private:
  std::array<int, 2> ends_{-1, -1};
};

// How a child is to be started: with nothing on its standard input, as the leader of a process
// group, and with no signal blocked or ignored that would keep it from ending.
class SpawnPlan {
 public:
  SpawnPlan();
  ~SpawnPlan();
  SpawnPlan(const SpawnPlan&) = delete;
  SpawnPlan& operator=(const SpawnPlan&) = delete;

  // The child finds `from` as its descriptor `to`. REQUIRES: to <= ChildPipe::kDescriptorMax.
  void connect(int from, int to);
  void work_in(const std::string& folder);

  // The program is looked up in PATH; it gets this process's environment with `variables` set.
  // Errors: NotFound when there is no such program; System. Both name it.
  Result<pid_t> spawn(std::vector<std::string> command,
                      const std::vector<std::pair<std::string, std::string>>& variables) const;

 private:
  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
};

// Ends the whole group while its leader, dead or alive, still holds the number. Returns the
// leader's status, as waitpid() has it.
int kill_group(pid_t leader);

// Whether a child that nobody waited for has ended.
bool has_child_ended(pid_t child);

}  // namespace tendril
