// PostgresSession: one connection to a server; runs SQL and COPY, and turns what libpq says into
// Results.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "destinations/postgres/connection.h"
#include "destinations/postgres/target.h"

namespace tendril {

// Rows of a small result. Every value as text; nullopt is NULL.
using PostgresRows = std::vector<std::vector<std::optional<std::string>>>;

// A COPY ... FROM STDIN in the binary format goes on over several calls of copy(), and ends when
// anything else is asked for.
// Threads: one at a time.
class PostgresSession {
 public:
  // Errors: as PostgresConnection::open().
  static Result<std::unique_ptr<PostgresSession>> open(const PostgresTarget& target);
  // Rolls back what is not committed.
  ~PostgresSession();
  PostgresSession(const PostgresSession&) = delete;
  PostgresSession& operator=(const PostgresSession&) = delete;

  // Each runs one statement; `parameters` stand for its $1, $2, ..., which are texts.
  // Errors: see postgres_error(); BadData when a parameter holds NUL.
  Status run(const std::string& sql, std::span<const std::string> parameters = {});
  // Returns the number of rows inserted, changed or deleted.
  Result<std::int64_t> change(const std::string& sql, std::span<const std::string> parameters = {});
  Result<PostgresRows> rows(const std::string& sql, std::span<const std::string> parameters = {});

  // Sends whole rows, encoded as the binary format wants, to "COPY ... FROM STDIN ...".
  Status copy(const std::string& sql, std::string_view encoded, std::int64_t rows);
  // Ends the COPY that goes on, if there is one. Errors: Internal when the server took another
  // number of rows than it was sent.
  Status end_copy();

  // Begins a transaction unless one is open.
  Status begin();
  Status commit();
  // Ends a transaction, if there is one, without a trace. What goes wrong is of no consequence: the
  // transaction was never committed.
  void roll_back();

  int server_version() const;  // 150018 for 15.18.
  const PostgresTarget& target() const { return target_; }
  // The SQLSTATE of the last error, "" when the server did not say a word.
  const std::string& last_state() const { return last_state_; }

 private:
  struct Answer;

  PostgresSession(PostgresTarget target, std::unique_ptr<PostgresConnection> connection);

  Result<Answer> execute(const std::string& sql, std::span<const std::string> parameters);
  Error failure(const Answer& answer);
  Error lost();
  Status start_copy(const std::string& sql);

  const PostgresTarget target_;
  const std::unique_ptr<PostgresConnection> connection_;
  bool in_transaction_ = false;
  std::string copy_;            // The statement of the COPY that goes on, or "".
  std::int64_t copy_rows_ = 0;  // Sent to it.
  std::string last_state_;
};

}  // namespace tendril
