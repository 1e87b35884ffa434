#include "destinations/duckdb/session.h"

#include <utility>

#include <duckdb.h>
#include <fmt/format.h>

#include "destinations/duckdb/library_error.h"

namespace tendril {
namespace {

// A statement on its way, and its result.
class Execution {
 public:
  Execution() = default;
  ~Execution() {
    duckdb_destroy_result(&result_);
    duckdb_destroy_prepare(&statement_);
  }
  Execution(const Execution&) = delete;
  Execution& operator=(const Execution&) = delete;

  Status run(void* connection, const std::string& sql, std::span<const std::string> parameters) {
    if (duckdb_prepare(static_cast<duckdb_connection>(connection), sql.c_str(), &statement_) !=
        DuckDBSuccess) {
      // The text of a statement that was not prepared begins with the kind of the error.
      return prepare_error(duckdb_prepare_error(statement_));
    }
    for (idx_t index = 0; index < parameters.size(); ++index) {
      const std::string& text = parameters[index];
      if (duckdb_bind_varchar_length(statement_, index + 1, text.data(), text.size()) !=
          DuckDBSuccess) {
        return Error{ErrorCode::BadData,
                     fmt::format("duckdb: parameter {} of a statement is refused", index + 1)};
      }
    }
    if (duckdb_execute_prepared(statement_, &result_) != DuckDBSuccess) {
      const char* const message = duckdb_result_error(&result_);
      return library_error(duckdb_result_error_type(&result_),
                           message == nullptr ? "statement failed" : message);
    }
    return {};
  }

  duckdb_result& result() { return result_; }

 private:
  static Error prepare_error(const char* message) {
    const std::string_view text = message == nullptr ? "statement is refused" : message;
    const auto says = [&](std::string_view kind) { return text.substr(0, kind.size()) == kind; };
    if (says("IO Error")) {
      return library_error(DUCKDB_ERROR_IO, text);
    }
    if (says("FATAL Error")) {
      return library_error(DUCKDB_ERROR_FATAL, text);
    }
    if (says("TransactionContext Error")) {
      return library_error(DUCKDB_ERROR_TRANSACTION, text);
    }
    return library_error(DUCKDB_ERROR_INTERNAL, text);
  }

  duckdb_prepared_statement statement_ = nullptr;
  duckdb_result result_ = {};
};

class Chunk {
 public:
  explicit Chunk(duckdb_data_chunk chunk) : chunk_(chunk) {}
  ~Chunk() { duckdb_destroy_data_chunk(&chunk_); }
  Chunk(const Chunk&) = delete;
  Chunk& operator=(const Chunk&) = delete;

  explicit operator bool() const { return chunk_ != nullptr; }
  idx_t size() const { return duckdb_data_chunk_get_size(chunk_); }

  std::optional<std::string> text_at(idx_t row, idx_t column, duckdb_type type) const {
    duckdb_vector const vector = duckdb_data_chunk_get_vector(chunk_, column);
    std::uint64_t* const validity = duckdb_vector_get_validity(vector);
    if (validity != nullptr && !duckdb_validity_row_is_valid(validity, row)) {
      return std::nullopt;
    }
    void* const data = duckdb_vector_get_data(vector);
    if (type == DUCKDB_TYPE_BIGINT) {
      return std::to_string(static_cast<const std::int64_t*>(data)[row]);
    }
    auto* const text = static_cast<duckdb_string_t*>(data) + row;
    return std::string(duckdb_string_t_data(text), duckdb_string_t_length(*text));
  }

 private:
  duckdb_data_chunk chunk_;
};

}  // namespace

Result<std::unique_ptr<DuckdbSession>> DuckdbSession::open(std::shared_ptr<DuckdbFile> file) {
  duckdb_connection connection = nullptr;
  if (duckdb_connect(static_cast<duckdb_database>(file->native()), &connection) != DuckDBSuccess) {
    return Error{ErrorCode::System, "duckdb refuses a connection to " + file->path().string()};
  }
  std::unique_ptr<DuckdbSession> session(new DuckdbSession(std::move(file)));
  session->connection_ = connection;
  return session;
}

DuckdbSession::DuckdbSession(std::shared_ptr<DuckdbFile> file) : file_(std::move(file)) {}

DuckdbSession::~DuckdbSession() {
  roll_back();
  auto connection = static_cast<duckdb_connection>(connection_);
  duckdb_disconnect(&connection);
}

Status DuckdbSession::run(const std::string& sql, std::span<const std::string> parameters) {
  Execution execution;
  return execution.run(connection_, sql, parameters);
}

Result<std::int64_t> DuckdbSession::change(const std::string& sql,
                                           std::span<const std::string> parameters) {
  Execution execution;
  TRY(execution.run(connection_, sql, parameters));
  return static_cast<std::int64_t>(duckdb_rows_changed(&execution.result()));
}

Result<SqlRows> DuckdbSession::rows(const std::string& sql,
                                    std::span<const std::string> parameters) {
  Execution execution;
  TRY(execution.run(connection_, sql, parameters));
  duckdb_result& result = execution.result();
  const idx_t columns = duckdb_column_count(&result);
  for (idx_t column = 0; column < columns; ++column) {
    const duckdb_type type = duckdb_column_type(&result, column);
    CHECK(type == DUCKDB_TYPE_VARCHAR || type == DUCKDB_TYPE_BIGINT);
  }
  SqlRows rows;
  while (const Chunk chunk{duckdb_fetch_chunk(result)}) {
    for (idx_t row = 0; row < chunk.size(); ++row) {
      auto& cells = rows.emplace_back();
      for (idx_t column = 0; column < columns; ++column) {
        cells.push_back(chunk.text_at(row, column, duckdb_column_type(&result, column)));
      }
    }
  }
  return rows;
}

Status DuckdbSession::begin() {
  if (!in_transaction_) {
    TRY(run("BEGIN TRANSACTION"));
    in_transaction_ = true;
  }
  return {};
}

Status DuckdbSession::commit() {
  CHECK(in_transaction_);
  in_transaction_ = false;  // DuckDB ends a transaction that it can not commit.
  return run("COMMIT");
}

void DuckdbSession::roll_back() {
  if (std::exchange(in_transaction_, false)) {
    const Status ignored = run("ROLLBACK");
    static_cast<void>(ignored);
  }
}

}  // namespace tendril
