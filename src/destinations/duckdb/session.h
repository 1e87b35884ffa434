// DuckdbSession: one connection to an open database file; runs SQL and turns what DuckDB says into
// Results.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/result.h"
#include "destinations/duckdb/file.h"

namespace tendril {

// Rows of a small result. Every value as text; nullopt is NULL.
using SqlRows = std::vector<std::vector<std::optional<std::string>>>;

// Threads: one at a time.
class DuckdbSession {
 public:
  static Result<std::unique_ptr<DuckdbSession>> open(std::shared_ptr<DuckdbFile> file);
  // Rolls back what is not committed.
  ~DuckdbSession();
  DuckdbSession(const DuckdbSession&) = delete;
  DuckdbSession& operator=(const DuckdbSession&) = delete;

  // Each runs one statement; `parameters` stand for its `?` or its `$1`, `$2`, ...
  // Errors: BadData when a value is refused, System for disk, memory and locks, Unavailable when
  //   another session of the file was in the way, Internal for the rest.
  Status run(const std::string& sql, std::span<const std::string> parameters = {});
  // Returns the number of rows inserted, changed or deleted.
  Result<std::int64_t> change(const std::string& sql, std::span<const std::string> parameters = {});
  // REQUIRES: all columns of the result are VARCHAR or BIGINT.
  Result<SqlRows> rows(const std::string& sql, std::span<const std::string> parameters = {});

  // Begins a transaction unless one is open.
  Status begin();
  Status commit();
  // Ends a transaction, if there is one, without a trace. What goes wrong is of no consequence: the
  // transaction was never committed.
  void roll_back();

  DuckdbFile& file() { return *file_; }
  std::shared_ptr<DuckdbFile> shared_file() { return file_; }

  // The library's own handle, a duckdb_connection, for Appender.
  void* native() const { return connection_; }

 private:
  explicit DuckdbSession(std::shared_ptr<DuckdbFile> file);

  std::shared_ptr<DuckdbFile> file_;  // Shared with the other sessions of the file.
  void* connection_ = nullptr;
  bool in_transaction_ = false;
};

}  // namespace tendril
