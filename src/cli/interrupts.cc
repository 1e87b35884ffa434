#include "cli/interrupts.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <utility>

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "core/check.h"

namespace tendril {
namespace {

constexpr int kExitStatusOfSignal = 128;  // Shells report a process ended by signal N as 128 + N.

sigset_t interrupt_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  return signals;
}

}  // namespace

void block_interrupts() {
  const sigset_t signals = interrupt_signals();
  CHECK(::pthread_sigmask(SIG_BLOCK, &signals, nullptr) == 0);
  struct sigaction ignore = {};
  ignore.sa_handler = SIG_IGN;
  // A reader that went away and a file that may not grow are errors of one call, no reason to die.
  CHECK(::sigaction(SIGPIPE, &ignore, nullptr) == 0);
  CHECK(::sigaction(SIGXFSZ, &ignore, nullptr) == 0);
}

Result<std::unique_ptr<Interrupts>> Interrupts::listen(std::function<void()> on_first) {
  const sigset_t signals = interrupt_signals();
  const int signal_descriptor = ::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK);
  const int wake_up = ::eventfd(0, EFD_CLOEXEC);
  if (signal_descriptor < 0 || wake_up < 0) {
    ::close(signal_descriptor);
    ::close(wake_up);
    return Error{ErrorCode::System, "no file descriptor is left for signals"};
  }
  return std::unique_ptr<Interrupts>(
      new Interrupts(signal_descriptor, wake_up, std::move(on_first)));
}

Interrupts::Interrupts(int signals, int wake_up, std::function<void()> on_first)
    : signals_(signals), wake_up_(wake_up), on_first_(std::move(on_first)) {
  thread_ = std::thread([this] { run(); });
}

Interrupts::~Interrupts() {
  const std::uint64_t one = 1;
  CHECK(::write(wake_up_, &one, sizeof one) == sizeof one);
  thread_.join();
  ::close(signals_);
  ::close(wake_up_);
}

void Interrupts::run() {
  std::array<pollfd, 2> watched = {pollfd{signals_, POLLIN, 0}, pollfd{wake_up_, POLLIN, 0}};
  while (true) {
    if (::poll(watched.data(), watched.size(), -1) < 0) {
      CHECK(errno == EINTR);
      continue;
    }
    signalfd_siginfo signal = {};
    if (::read(signals_, &signal, sizeof signal) == sizeof signal) {
      const int number = static_cast<int>(signal.ssi_signo);
      if (signal_number_ != 0) {
        ::_exit(kExitStatusOfSignal + number);
      }
      signal_number_ = number;
      stop_.request_stop();
      on_first_();
    }
    if (watched[1].revents != 0) {
      return;
    }
  }
}

}  // namespace tendril
