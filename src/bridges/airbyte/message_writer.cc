#include "bridges/airbyte/message_writer.h"

#include <cerrno>
#include <cstddef>
#include <string>
#include <system_error>

#include <poll.h>
#include <unistd.h>

namespace tendril {

Status MessageWriter::write(std::string_view lines) {
  const std::lock_guard lock(mutex_);
  if (error_) {
    return *error_;
  }
  Status written = write_all(lines);
  if (!written.ok()) {
    error_ = written.error();
  }
  return written;
}

Status MessageWriter::status() const {
  const std::lock_guard lock(mutex_);
  return error_ ? Status(*error_) : Status();
}

Status MessageWriter::write_all(std::string_view bytes) const {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      // Somebody made it non-blocking: wait as a blocking one would.
      pollfd room{.fd = descriptor_, .events = POLLOUT, .revents = 0};
      (void)::poll(&room, 1, -1);  // Whatever it says, the next write knows.
    } else if (errno != EINTR) {
      return Error{.code = ErrorCode::System,
                   .message = "messages can not be written to standard output: " +
                              std::generic_category().message(errno)};
    }
  }
  return {};
}

}  // namespace tendril
