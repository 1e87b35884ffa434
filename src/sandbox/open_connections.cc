#include "sandbox/open_connections.h"

#include <charconv>
#include <filesystem>
#include <string>

#include <netinet/in.h>
#include <sys/socket.h>

namespace tendril {
namespace {

bool is_connection_on(int descriptor, int local_port) {
  sockaddr_storage own{};
  sockaddr_storage peer{};
  socklen_t own_size = sizeof(own);
  socklen_t peer_size = sizeof(peer);
  auto* own_address = reinterpret_cast<sockaddr*>(&own);
  if (::getsockname(descriptor, own_address, &own_size) != 0 ||
      ::getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &peer_size) != 0) {
    return false;
  }
  if (own.ss_family == AF_INET) {
    return ntohs(reinterpret_cast<const sockaddr_in*>(&own)->sin_port) == local_port;
  }
  return own.ss_family == AF_INET6 &&
         ntohs(reinterpret_cast<const sockaddr_in6*>(&own)->sin6_port) == local_port;
}

}  // namespace

void close_connections_to(int local_port) {
  std::error_code fault;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", fault)) {
    const std::string name = entry.path().filename().string();
    int descriptor = -1;
    std::from_chars(name.data(), name.data() + name.size(), descriptor);
    if (descriptor > 2 && is_connection_on(descriptor, local_port)) {
      ::shutdown(descriptor, SHUT_RDWR);
    }
  }
}

}  // namespace tendril
