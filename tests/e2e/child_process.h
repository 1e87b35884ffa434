// ChildProcess: runs the real program, or another, beside the test: its output, its end, and
// signals to it.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <sys/types.h>

namespace tendril {

struct LaunchOptions {
  std::vector<std::pair<std::string, std::string>> environment = {};  // Beside the test's own.
  std::filesystem::path program = TENDRIL_PROGRAM;  // Or a name to be found in PATH.
  std::filesystem::path folder = ".";               // Where it works.
  // The largest file that the process may write; stands for a full disk.
  std::optional<std::uint64_t> file_bytes_max = std::nullopt;
};

struct Ended {
  int status = -1;       // Of exit(), or -1 when a signal ended the process.
  int signal = 0;        // That ended it, or 0.
  std::string output;    // stdout
  std::string messages;  // stderr

  // The lines of stderr that start with "error: ".
  std::vector<std::string> errors() const;
};

class ChildProcess {
 public:
  // Runs the program with `arguments`.
  explicit ChildProcess(std::vector<std::string> arguments, LaunchOptions options = {});

  // Kills what still runs.
  ~ChildProcess();

  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  void signal(int number) const;

  // Waits until the text has come `times` times; false when the process ended before.
  bool wait_for_output(std::string_view text, int times = 1) {
    return wait_for(output_, text, times);
  }
  bool wait_for_message(std::string_view text, int times = 1) {
    return wait_for(messages_, text, times);
  }

  // What has come on stdout so far.
  std::string output() const;

  // Waits for the end.
  Ended wait();

 private:
  struct Stream {
    int descriptor = -1;
    std::string text;    // Guarded by mutex_.
    bool ended = false;  // Guarded by mutex_.
    std::thread reader;
  };

  bool wait_for(const Stream& stream, std::string_view text, int times);
  void collect(Stream& stream);

  pid_t process_ = -1;
  bool reaped_ = false;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  Stream output_;
  Stream messages_;
};

// Runs the program to its end.
Ended run_tendril(std::vector<std::string> arguments, LaunchOptions options = {});

}  // namespace tendril
