#include "destinations/postgres/connection.h"

#include <array>
#include <chrono>
#include <string_view>

#include <fmt/format.h>
#include <libpq-fe.h>
#include <poll.h>

#include "destinations/postgres/server_error.h"

namespace tendril {
namespace {

PGconn* connection_of(void* native) { return static_cast<PGconn*>(native); }

using Deadline = std::chrono::steady_clock::time_point;

// Waits for the socket; false when the time is over.
bool wait_for(PGconn* connection, bool to_read, Deadline deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
      deadline - std::chrono::steady_clock::now());
  if (left.count() <= 0) {
    return false;
  }
  pollfd watched{PQsocket(connection), static_cast<short>(to_read ? POLLIN : POLLOUT), 0};
  // What interrupts the wait leaves it to the next round.
  return poll(&watched, 1, static_cast<int>(left.count())) != 0;
}

// libpq's message of a connection that failed, in the verbose form: "FATAL:  28P01: ...".
PostgresFault fault_of(PGconn* connection, const std::string& place) {
  std::string_view message = PQerrorMessage(connection);
  PostgresFault fault{"", "", "", place};
  constexpr std::string_view kFatal = ":  ";
  const std::size_t mark = message.find(kFatal);
  if (mark != std::string_view::npos && message.size() > mark + 8 && message[mark + 8] == ':') {
    fault.state = message.substr(mark + kFatal.size(), 5);
    message.remove_prefix(mark + 10);
  }
  fault.message = message.substr(0, message.find('\n'));
  return fault;
}

Error connect_error(PGconn* connection, const std::string& place) {
  const PostgresFault fault = fault_of(connection, place);
  if (!fault.state.empty()) {
    return postgres_error(fault);
  }
  if (PQconnectionNeedsPassword(connection) != 0) {
    return {ErrorCode::Unauthenticated,
            fmt::format("postgres at {} wants a password: set PGPASSWORD, or put it into "
                        "~/.pgpass",
                        place)};
  }
  return {ErrorCode::Unavailable,
          fmt::format("postgres at {} can not be reached: {}", place, fault.message)};
}

Status complete(PGconn* connection, const PostgresTarget& target) {
  if (PQstatus(connection) == CONNECTION_BAD) {
    return connect_error(connection, target.place);
  }
  // The messages of the start get their SQLSTATE, which is what they are told apart by.
  PQsetErrorVerbosity(connection, PQERRORS_VERBOSE);
  const Deadline deadline =
      std::chrono::steady_clock::now() + std::chrono::seconds(target.connect_timeout_s);
  for (PostgresPollingStatusType status = PGRES_POLLING_WRITING; status != PGRES_POLLING_OK;
       status = PQconnectPoll(connection)) {
    if (status == PGRES_POLLING_FAILED) {
      return connect_error(connection, target.place);
    }
    if (!wait_for(connection, status == PGRES_POLLING_READING, deadline)) {
      return Error{ErrorCode::Unavailable, fmt::format("postgres at {} does not answer within {} s",
                                                       target.place, target.connect_timeout_s)};
    }
  }
  PQsetErrorVerbosity(connection, PQERRORS_DEFAULT);
  return {};
}

bool leaves_the_machine(PGconn* connection) {
  const char* const address = PQhostaddr(connection);
  const std::string_view text = address == nullptr ? "" : address;
  return !text.empty() && text.substr(0, 4) != "127." && text != "::1";
}

// The session's own settings. Server-side limits on time would end a transaction that waits for its
// source, which is what ours do; that on locks keeps a run from waiting for ever.
constexpr const char* kSettings =
    "SET client_min_messages = warning; SET DateStyle = 'ISO'; SET TimeZone = 'UTC'; "
    "SET bytea_output = 'hex'; SET extra_float_digits = 1; SET statement_timeout = 0; "
    "SET idle_in_transaction_session_timeout = 0; SET lock_timeout = '300s'; "
    "SET standard_conforming_strings = on; "
    "SET default_transaction_isolation = 'read committed'";

}  // namespace

Result<std::unique_ptr<PostgresConnection>> PostgresConnection::open(const PostgresTarget& target) {
  // Later words win over earlier ones, so those before "dbname", which is the URI, are defaults.
  const std::array<const char*, 10> keywords{"keepalives_idle",  "keepalives_interval",
                                             "keepalives_count", "tcp_user_timeout",
                                             "sslmode",          "fallback_application_name",
                                             "client_encoding",  "dbname",
                                             "connect_timeout",  nullptr};
  const char* const mode = target.names_sslmode || target.is_local ? nullptr : "require";
  const std::array<const char*, 10> values{"30",    "10",      "3",    "60000",
                                           mode,    "tendril", "UTF8", target.uri.reveal().c_str(),
                                           nullptr, nullptr};
  std::unique_ptr<PostgresConnection> opened(new PostgresConnection());
  PGconn* const connection = PQconnectStartParams(keywords.data(), values.data(), 1);
  if (connection == nullptr) {
    return Error{ErrorCode::System, "no memory for a connection to postgres"};
  }
  opened->handle_ = connection;
  TRY(complete(connection, target));
  PQsetNoticeProcessor(
      connection, [](void*, const char*) {}, nullptr);
  if (!target.names_sslmode && leaves_the_machine(connection) && PQsslInUse(connection) == 0) {
    return Error{ErrorCode::PermissionDenied,
                 fmt::format("postgres at {} does not encrypt: to send rows and password as plain "
                             "text, say so with sslmode=disable",
                             target.place)};
  }
  const std::unique_ptr<PGresult, decltype(&PQclear)> set(PQexec(connection, kSettings), &PQclear);
  if (PQresultStatus(set.get()) != PGRES_COMMAND_OK) {
    return postgres_error({"08000", PQerrorMessage(connection), "", target.place});
  }
  return opened;
}

PostgresConnection::~PostgresConnection() { PQfinish(connection_of(handle_)); }

}  // namespace tendril
