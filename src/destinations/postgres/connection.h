// PostgresConnection: a connection to a server, made the way this program needs it: encrypted
// unless it stays on this machine, with a limit to waiting, and in UTF-8 and UTC.
#pragma once

#include <memory>
#include <string>

#include "core/result.h"
#include "destinations/postgres/target.h"

namespace tendril {

class PostgresConnection {
 public:
  // Errors: Unavailable when nobody answers, Unauthenticated, NotFound (the database),
  //   PermissionDenied when the server insists on plain text. All name host, port and database.
  static Result<std::unique_ptr<PostgresConnection>> open(const PostgresTarget& target);
  ~PostgresConnection();
  PostgresConnection(const PostgresConnection&) = delete;
  PostgresConnection& operator=(const PostgresConnection&) = delete;

  // The library's own handle, a PGconn.
  void* native() const { return handle_; }

 private:
  PostgresConnection() = default;

  void* handle_ = nullptr;
};

}  // namespace tendril
