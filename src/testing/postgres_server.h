// PostgresServer: a private PostgreSQL server for tests, in a folder of its own, gone with its
// owner.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "testing/temporary_folder.h"

namespace tendril {

class PostgresServer {
 public:
  // The server that all tests of this program share, started when it is first asked for. Returns
  // nullptr where no server is installed.
  static PostgresServer* shared();

  // A server of its own, for tests that stop it. Returns nullptr where none is installed.
  static std::unique_ptr<PostgresServer> start();

  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  // "postgres://tendril@127.0.0.1:PORT/postgres"
  const std::string& uri() const { return uri_; }

  // Ends the server as a crash does, and starts it again on the same port.
  void crash();
  void restart();

 private:
  PostgresServer() = default;

  bool launch();
  std::string call(std::string_view command) const;

  const TemporaryFolder folder_;
  std::string uri_;
};

}  // namespace tendril
