#include "destinations/postgres/session.h"

#include <algorithm>
#include <charconv>
#include <utility>

#include <fmt/format.h>
#include <libpq-fe.h>

#include "core/check.h"
#include "destinations/postgres/server_error.h"

namespace tendril {
namespace {

// What comes before the rows and after them.
// Source: PostgreSQL manual, COPY, "Binary Format".
constexpr std::string_view kCopyHeader("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
constexpr std::string_view kCopyTrailer("\377\377", 2);

// libpq's buffer grows to what it is given at once.
constexpr std::size_t kCopyPieceBytes = std::size_t{64} * 1024;

PGconn* native(const PostgresConnection& connection) {
  return static_cast<PGconn*>(connection.native());
}

std::int64_t rows_changed(PGresult* result) {
  const std::string_view text = PQcmdTuples(result);
  std::int64_t rows = 0;
  std::from_chars(text.data(), text.data() + text.size(), rows);
  return rows;
}

}  // namespace

struct PostgresSession::Answer {
  std::unique_ptr<PGresult, decltype(&PQclear)> result{nullptr, &PQclear};

  ExecStatusType status() const { return PQresultStatus(result.get()); }
  std::string field(int code) const {
    const char* const text = PQresultErrorField(result.get(), code);
    return text == nullptr ? "" : text;
  }
};

Result<std::unique_ptr<PostgresSession>> PostgresSession::open(const PostgresTarget& target) {
  auto connection = TRY(PostgresConnection::open(target));
  return std::unique_ptr<PostgresSession>(new PostgresSession(target, std::move(connection)));
}

PostgresSession::PostgresSession(PostgresTarget target,
                                 std::unique_ptr<PostgresConnection> connection)
    : target_(std::move(target)), connection_(std::move(connection)) {}

// The server rolls back what a connection leaves behind.
PostgresSession::~PostgresSession() = default;

int PostgresSession::server_version() const { return PQserverVersion(native(*connection_)); }

Error PostgresSession::failure(const Answer& answer) {
  last_state_ = answer.field(PG_DIAG_SQLSTATE);
  std::string message = answer.field(PG_DIAG_MESSAGE_PRIMARY);
  if (last_state_.empty() && message.empty()) {
    return lost();
  }
  return postgres_error(
      {last_state_, std::move(message), answer.field(PG_DIAG_MESSAGE_DETAIL), target_.place});
}

Error PostgresSession::lost() {
  last_state_.clear();
  return postgres_error({"", PQerrorMessage(native(*connection_)), "", target_.place});
}

Result<PostgresSession::Answer> PostgresSession::execute(const std::string& sql,
                                                         std::span<const std::string> parameters) {
  TRY(end_copy());
  std::vector<const char*> values;
  for (const std::string& parameter : parameters) {
    if (parameter.find('\0') != std::string::npos) {
      return Error{ErrorCode::BadData, "postgres stores no NUL in a text"};
    }
    values.push_back(parameter.c_str());
  }
  PGconn* const connection = native(*connection_);
  Answer answer;
  answer.result.reset(values.empty()
                          ? PQexec(connection, sql.c_str())
                          : PQexecParams(connection, sql.c_str(), static_cast<int>(values.size()),
                                         nullptr, values.data(), nullptr, nullptr, 0));
  if (answer.status() != PGRES_COMMAND_OK && answer.status() != PGRES_TUPLES_OK) {
    return failure(answer);
  }
  return answer;
}

Status PostgresSession::run(const std::string& sql, std::span<const std::string> parameters) {
  TRY(execute(sql, parameters));
  return {};
}

Result<std::int64_t> PostgresSession::change(const std::string& sql,
                                             std::span<const std::string> parameters) {
  const Answer answer = TRY(execute(sql, parameters));
  return rows_changed(answer.result.get());
}

Result<PostgresRows> PostgresSession::rows(const std::string& sql,
                                           std::span<const std::string> parameters) {
  const Answer answer = TRY(execute(sql, parameters));
  PGresult* const result = answer.result.get();
  PostgresRows rows(static_cast<std::size_t>(PQntuples(result)));
  const int columns = PQnfields(result);
  for (int row = 0; row < PQntuples(result); ++row) {
    auto& cells = rows[static_cast<std::size_t>(row)];
    for (int column = 0; column < columns; ++column) {
      if (PQgetisnull(result, row, column) != 0) {
        cells.emplace_back();
      } else {
        cells.emplace_back(std::string(PQgetvalue(result, row, column),
                                       static_cast<std::size_t>(PQgetlength(result, row, column))));
      }
    }
  }
  return rows;
}

Status PostgresSession::start_copy(const std::string& sql) {
  PGconn* const connection = native(*connection_);
  Answer answer;
  answer.result.reset(PQexec(connection, sql.c_str()));
  if (answer.status() != PGRES_COPY_IN) {
    return failure(answer);
  }
  copy_ = sql;
  copy_rows_ = 0;
  if (PQputCopyData(connection, kCopyHeader.data(), static_cast<int>(kCopyHeader.size())) != 1) {
    return lost();
  }
  return {};
}

Status PostgresSession::copy(const std::string& sql, std::string_view encoded, std::int64_t rows) {
  if (copy_ != sql) {
    TRY(end_copy());
    TRY(start_copy(sql));
  }
  while (!encoded.empty()) {
    const std::string_view piece = encoded.substr(0, kCopyPieceBytes);
    if (PQputCopyData(native(*connection_), piece.data(), static_cast<int>(piece.size())) != 1) {
      return lost();
    }
    encoded.remove_prefix(piece.size());
  }
  copy_rows_ += rows;
  return {};
}

Status PostgresSession::end_copy() {
  if (copy_.empty()) {
    return {};
  }
  const std::string sql = std::exchange(copy_, "");
  PGconn* const connection = native(*connection_);
  if (PQputCopyData(connection, kCopyTrailer.data(), static_cast<int>(kCopyTrailer.size())) != 1 ||
      PQputCopyEnd(connection, nullptr) != 1) {
    return lost();
  }
  Answer answer;
  answer.result.reset(PQgetResult(connection));
  if (answer.status() != PGRES_COMMAND_OK) {
    const Error error = failure(answer);
    while (PGresult* const more = PQgetResult(connection)) {
      PQclear(more);
    }
    return error;
  }
  const std::int64_t taken = rows_changed(answer.result.get());
  while (PGresult* const more = PQgetResult(connection)) {
    PQclear(more);
  }
  if (taken != copy_rows_) {
    return Error{ErrorCode::Internal,
                 fmt::format("postgres took {} rows of {}: {}", taken, copy_rows_, sql)};
  }
  return {};
}

Status PostgresSession::begin() {
  if (!in_transaction_) {
    TRY(run("BEGIN"));
    in_transaction_ = true;
  }
  return {};
}

Status PostgresSession::commit() {
  CHECK(in_transaction_);
  in_transaction_ = false;
  const Answer answer = TRY(execute("COMMIT", {}));
  // A transaction that failed before answers a COMMIT with ROLLBACK.
  if (std::string_view(PQcmdStatus(answer.result.get())) != "COMMIT") {
    return Error{ErrorCode::Internal, "postgres rolled back what was to be committed"};
  }
  return {};
}

void PostgresSession::roll_back() {
  if (!std::exchange(in_transaction_, false)) {
    return;
  }
  PGconn* const connection = native(*connection_);
  if (!std::exchange(copy_, "").empty()) {
    PQputCopyEnd(connection, "the run ends");
    while (PGresult* const more = PQgetResult(connection)) {
      PQclear(more);
    }
  }
  PQclear(PQexec(connection, "ROLLBACK"));
}

}  // namespace tendril
