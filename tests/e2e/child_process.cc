#include "child_process.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/check.h"
#include "testing/temporary_folder.h"

namespace tendril {
namespace {

int occurrences(std::string_view text, std::string_view part) {
  int count = 0;
  for (std::size_t at = text.find(part); at != std::string_view::npos;
       at = text.find(part, at + part.size())) {
    ++count;
  }
  return count;
}

std::vector<std::string> environment_with(
    const std::vector<std::pair<std::string, std::string>>& additions) {
  std::vector<std::string> variables;  // Of one name, the first counts.
  for (const auto& [name, value] : additions) {
    variables.push_back(name + "=" + value);
  }
  // Runs are recorded apart from those of whoever runs the tests.
  static const TemporaryFolder home;
  variables.push_back("TENDRIL_HOME=" + home.path().string());
  for (char** variable = environ; *variable != nullptr; ++variable) {
    variables.emplace_back(*variable);
  }
  return variables;
}

std::vector<char*> pointers_to(std::vector<std::string>& texts) {
  std::vector<char*> pointers;
  for (std::string& text : texts) {
    pointers.push_back(text.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

}  // namespace

std::vector<std::string> Ended::errors() const {
  std::vector<std::string> found;
  std::string_view rest = messages;
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    if (line.starts_with("error: ")) {
      found.emplace_back(line);
    }
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
  }
  return found;
}

ChildProcess::ChildProcess(std::vector<std::string> arguments, LaunchOptions options) {
  std::array<int, 2> output = {};
  std::array<int, 2> messages = {};
  CHECK(::pipe2(output.data(), O_CLOEXEC) == 0 && ::pipe2(messages.data(), O_CLOEXEC) == 0);
  arguments.insert(arguments.begin(), options.program);
  std::vector<char*> argument_pointers = pointers_to(arguments);
  std::vector<std::string> variables = environment_with(options.environment);
  std::vector<char*> variable_pointers = pointers_to(variables);
  const rlim_t file_bytes = options.file_bytes_max.value_or(RLIM_INFINITY);

  process_ = ::fork();
  CHECK(process_ >= 0);
  if (process_ == 0) {  // Only async-signal-safe calls from here to exec.
    const rlimit limit = {file_bytes, file_bytes};
    if (options.file_bytes_max) {
      ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ::dup2(output[1], STDOUT_FILENO);
    ::dup2(messages[1], STDERR_FILENO);
    if (::chdir(options.folder.c_str()) == 0) {
      ::execvpe(options.program.c_str(), argument_pointers.data(), variable_pointers.data());
    }
    ::_exit(127);
  }
  ::close(output[1]);
  ::close(messages[1]);
  output_.descriptor = output[0];
  messages_.descriptor = messages[0];
  output_.reader = std::thread([this] { collect(output_); });
  messages_.reader = std::thread([this] { collect(messages_); });
}

ChildProcess::~ChildProcess() {
  if (!reaped_) {
    ::kill(process_, SIGKILL);
    wait();
  }
}

void ChildProcess::collect(Stream& stream) {
  std::array<char, 65'536> bytes = {};
  while (true) {
    const ssize_t count = ::read(stream.descriptor, bytes.data(), bytes.size());
    if (count < 0 && errno == EINTR) {
      continue;
    }
    const std::lock_guard lock(mutex_);
    stream.ended = count <= 0;
    stream.text.append(bytes.data(), count > 0 ? static_cast<std::size_t>(count) : 0);
    changed_.notify_all();
    if (stream.ended) {
      return;
    }
  }
}

void ChildProcess::signal(int number) const { CHECK(::kill(process_, number) == 0); }

std::string ChildProcess::output() const {
  const std::lock_guard lock(mutex_);
  return output_.text;
}

bool ChildProcess::wait_for(const Stream& stream, std::string_view text, int times) {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [&] { return stream.ended || occurrences(stream.text, text) >= times; });
  return occurrences(stream.text, text) >= times;
}

Ended ChildProcess::wait() {
  int status = 0;
  while (::waitpid(process_, &status, 0) < 0) {
    CHECK(errno == EINTR);
  }
  reaped_ = true;
  for (Stream* stream : {&output_, &messages_}) {
    stream->reader.join();
    ::close(stream->descriptor);
  }
  Ended ended;
  ended.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  ended.signal = WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  ended.output = output_.text;
  ended.messages = messages_.text;
  return ended;
}

Ended run_tendril(std::vector<std::string> arguments, LaunchOptions options) {
  return ChildProcess(std::move(arguments), std::move(options)).wait();
}

}  // namespace tendril
