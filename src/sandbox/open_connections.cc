#include "sandbox/open_connections.h"

#include <charconv>
#include <filesystem>
#include <string>

#include <netinet/in.h>
#include <sys/socket.h>

namespace tendril {
namespace {

// Returns -1 for what is no address of the internet.
int port_of(const sockaddr_storage& address) {
  if (address.ss_family == AF_INET) {
    return ntohs(reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
  }
  return address.ss_family == AF_INET6
             ? ntohs(reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port)
             : -1;
}

struct ConnectionPorts {
  int local = -1;
  int peer = -1;
};

ConnectionPorts ports_of(int descriptor) {
  sockaddr_storage own{};
  sockaddr_storage peer{};
  socklen_t own_size = sizeof(own);
  socklen_t peer_size = sizeof(peer);
  if (::getsockname(descriptor, reinterpret_cast<sockaddr*>(&own), &own_size) != 0 ||
      ::getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &peer_size) != 0) {
    return {};
  }
  return {port_of(own), port_of(peer)};
}

template <class Call>
void for_each_connection(int local_port, Call call) {
  std::error_code fault;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd", fault)) {
    const std::string name = entry.path().filename().string();
    int descriptor = -1;
    std::from_chars(name.data(), name.data() + name.size(), descriptor);
    const ConnectionPorts ports = descriptor > 2 ? ports_of(descriptor) : ConnectionPorts();
    if (ports.local == local_port) {
      call(descriptor, ports.peer);
    }
  }
}

}  // namespace

void close_connections_to(int local_port) {
  for_each_connection(local_port, [](int descriptor, int) { ::shutdown(descriptor, SHUT_RDWR); });
}

void reset_connection(int local_port, int peer_port) {
  for_each_connection(local_port, [peer_port](int descriptor, int peer) {
    if (peer == peer_port) {
      const linger at_once{.l_onoff = 1, .l_linger = 0};
      ::setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
      ::shutdown(descriptor, SHUT_RDWR);
    }
  });
}

}  // namespace tendril
