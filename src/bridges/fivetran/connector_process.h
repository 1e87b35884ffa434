// ConnectorProcess: the process that runs a project's connector. Its frames come through a pipe of
// their own; what it prints goes to whoever listens. It ends with this object at the latest, and
// with it all that it started.
#pragma once

#include <atomic>
#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <sys/types.h>

#include "bridges/fivetran/frame_reader.h"
#include "core/result.h"

namespace tendril {

// What frames and orders are: the number that both sides name at first.
inline constexpr int kProjectProtocol = 1;

// How a project's connector is run.
struct ProjectProcess {
  std::filesystem::path project;     // Its folder, in which it works.
  std::vector<std::string> command;  // The program, a path or a name to be found in PATH, and its
                                     // arguments.
  std::string description = {};      // For the log: "python: /usr/bin/python3".
  std::string advice = {};           // What to do when there is no such program.
  std::vector<std::pair<std::string, std::string>> environment = {};  // Beside this process's own.
  std::size_t memory_bytes_max = 0;  // Resident, beyond which it is killed; 0: no limit.
};

enum class ProjectOutput { Out, Error };

// Threads: one at a time; the listener is called on threads of its own.
class ConnectorProcess {
 public:
  using Listener = std::function<void(ProjectOutput output, std::string_view line)>;

  // `order` is the first line of orders, see fivetran_connector_sdk._runner.
  // Errors: InvalidConfig when there is no such program; System when it can not be started.
  static Result<std::unique_ptr<ConnectorProcess>> start(ProjectProcess process,
                                                         std::string_view order, Listener listener);
  ~ConnectorProcess();
  ConnectorProcess(const ConnectorProcess&) = delete;
  ConnectorProcess& operator=(const ConnectorProcess&) = delete;

  // Returns the next frame, whose payload lives until the next call; nullopt when the process has
  // ended or closed its pipe.
  // Errors: Cancelled when a stop is requested; InvalidConfig for a process that is no connector,
  // or
  //   one of another version; BadData; System.
  Result<std::optional<RawFrame>> next_frame(std::stop_token stop);

  // Sends one line. A process that is gone does not read it, which is no error here.
  void order(std::string_view line);

  // Waits for its end, for a moment; then ends it. Returns how it ended, for people:
  // "ended with status 3", "was ended by signal 11 (Segmentation fault)",
  // "was ended for taking more than 4096 MB of memory"; empty when it ended well.
  std::string wait();

  std::size_t memory_peak_bytes() const { return memory_peak_; }

 private:
  struct Pipes;

  ConnectorProcess(ProjectProcess plan, Listener listener, pid_t process, Pipes& pipes);
  Result<std::optional<RawFrame>> next_of_any(const std::stop_token& stop);
  Status meet(const std::stop_token& stop);
  Error is_no_connector(const std::string& what) const;
  Status fill(std::stop_token stop);
  bool has_ended() const;
  void watch_memory(std::stop_token stop);
  void forward(int descriptor, ProjectOutput output, std::stop_token stop) const;
  void kill_and_reap();

  const ProjectProcess plan_;
  const Listener listener_;
  const pid_t process_;  // Leads a group of its own.
  int frames_ = -1;
  int orders_ = -1;
  FrameReader reader_;
  bool frames_ended_ = false;
  bool has_met_ = false;       // It said what it is.
  std::optional<int> status_;  // As waitpid() has it.
  std::atomic<bool> took_too_much_ = false;
  std::atomic<std::size_t> memory_peak_ = 0;
  std::vector<std::jthread> threads_;  // Last: joined before the rest goes.
};

}  // namespace tendril
