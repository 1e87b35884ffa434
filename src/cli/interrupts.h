// Interrupts: turns ctrl-C and SIGTERM into a request to stop. The first asks the running command
// to end at its next safe point; the second ends the process at once.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <stop_token>
#include <thread>

#include "core/result.h"

namespace tendril {

// Call before any thread is started: keeps SIGINT and SIGTERM from being delivered to threads, so
// that only Interrupts sees them, and SIGPIPE and SIGXFSZ from ending the process.
void block_interrupts();

// Threads: make and drop it in main's thread; token() and signal_number() are safe to share.
class Interrupts {
 public:
  // Starts to listen; `on_first` is called once, on a thread of its own, after the stop was
  // requested. REQUIRES: block_interrupts() was called.
  // Errors: System when the process has no file descriptors left.
  static Result<std::unique_ptr<Interrupts>> listen(std::function<void()> on_first);

  ~Interrupts();
  Interrupts(const Interrupts&) = delete;
  Interrupts& operator=(const Interrupts&) = delete;

  std::stop_token token() const { return stop_.get_token(); }

  // The first signal that came, or 0.
  int signal_number() const { return signal_number_; }

 private:
  Interrupts(int signals, int wake_up, std::function<void()> on_first);
  void run();

  const int signals_;  // Readable when a signal has come.
  const int wake_up_;  // Readable when this object goes.
  const std::function<void()> on_first_;
  std::stop_source stop_;
  std::atomic<int> signal_number_{0};
  std::thread thread_;
};

}  // namespace tendril
