#include "testing/postgres_server.h"

#include <array>
#include <cstdio>

#include <unistd.h>

namespace tendril {

PostgresServer* PostgresServer::shared() {
  static const std::unique_ptr<PostgresServer> server = start();
  return server.get();
}

std::unique_ptr<PostgresServer> PostgresServer::start() {
  std::unique_ptr<PostgresServer> server(new PostgresServer());
  return server->launch() ? std::move(server) : nullptr;
}

PostgresServer::~PostgresServer() {
  if (!uri_.empty()) {
    call("stop");
  }
}

bool PostgresServer::launch() {
  uri_ = call("start --while " + std::to_string(getpid()));
  while (!uri_.empty() && uri_.back() == '\n') {
    uri_.pop_back();
  }
  return !uri_.empty();
}

void PostgresServer::crash() { call("kill"); }

void PostgresServer::restart() { launch(); }

// Returns what the command prints.
std::string PostgresServer::call(std::string_view command) const {
  const std::string line = "python3 '" TENDRIL_SOURCE_DIR "/tools/postgres_server.py' " +
                           std::string(command) + " '" + folder_.path().string() + "'";
  std::FILE* const pipe = popen(line.c_str(), "r");
  std::string printed;
  std::array<char, 256> buffer{};
  while (pipe != nullptr && std::fgets(buffer.data(), buffer.size(), pipe) != nullptr) {
    printed += buffer.data();
  }
  if (pipe != nullptr) {
    pclose(pipe);
  }
  return printed;
}

}  // namespace tendril
