#include "destinations/postgres/run_records.h"

#include <array>
#include <functional>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "connector/marks.h"
#include "destinations/postgres/names.h"
#include "destinations/postgres/server_error.h"
#include "destinations/postgres/sql.h"

namespace tendril {
namespace {

// Whoever makes our tables holds this lock, so that two first runs do not trip over each other.
constexpr std::string_view kCreationLock = "pg_advisory_xact_lock(7310868735422360646)";

// How long a commit of an older run may take before its session is ended.
constexpr std::string_view kPatience = "5s";

constexpr int kWaitingTerminateVersion = 140'000;

// A hash, since the name of a session has 63 bytes, of which only ASCII are kept.
std::string session_name(const std::string& schema, const std::string& connection) {
  return fmt::format("tendril/{}/", name_hash(schema + "/" + connection));
}

}  // namespace

PostgresRecords::PostgresRecords(PostgresSession& session, std::string connection)
    : session_(session),
      schema_(session.target().schema),
      connection_(std::move(connection)),
      session_name_(session_name(schema_, connection_)),
      state_table_(PostgresTableName{schema_, std::string(kStateTable)}.sql()),
      epoch_table_(PostgresTableName{schema_, std::string(kEpochTable)}.sql()) {}

Result<bool> PostgresRecords::has_table(std::string_view table) {
  const std::array<std::string, 2> parameters{schema_, std::string(table)};
  const PostgresRows found =
      TRY(session_.rows("SELECT 1 FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n "
                        "ON n.oid = c.relnamespace WHERE n.nspname = $1 AND c.relname = $2",
                        parameters));
  return !found.empty();
}

Result<bool> PostgresRecords::has_tables() {
  const bool has_state = TRY(has_table(kStateTable));
  const bool has_epoch = TRY(has_table(kEpochTable));
  return has_state && has_epoch;
}

// Only what is missing: making even what is there wants rights that a careful administrator does
// not give.
Status PostgresRecords::create_tables() {
  const bool complete = TRY(has_tables());
  if (complete) {
    return {};
  }
  TRY(session_.run(fmt::format("SELECT {}", kCreationLock)));
  const std::array<std::string, 1> schema{schema_};
  const PostgresRows schemas =
      TRY(session_.rows("SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = $1", schema));
  if (schemas.empty()) {
    TRY(session_.run("CREATE SCHEMA " + postgres_name(schema_)));
  }
  const bool has_state = TRY(has_table(kStateTable));
  if (!has_state) {
    TRY(session_.run(fmt::format(
        "CREATE TABLE {0} (connection text NOT NULL, stream text NOT NULL, slice text NOT NULL, "
        "state text NOT NULL, committed_at timestamptz NOT NULL); CREATE INDEX ON {0} "
        "(connection, pg_catalog.md5(stream), pg_catalog.md5(slice))",
        state_table_)));
  }
  const bool has_epoch = TRY(has_table(kEpochTable));
  if (!has_epoch) {
    TRY(
        session_.run(fmt::format("CREATE TABLE {} (connection text PRIMARY KEY, "
                                 "epoch bigint NOT NULL, started_at timestamptz NOT NULL)",
                                 epoch_table_)));
  }
  return {};
}

Result<std::int64_t> PostgresRecords::raise_epoch(Instant now) {
  const std::array<std::string, 1> parameters{connection_};
  const PostgresRows raised = TRY(session_.rows(
      fmt::format("INSERT INTO {0} AS e VALUES ($1, 1, {1}) ON CONFLICT (connection) DO UPDATE "
                  "SET epoch = e.epoch + 1, started_at = {1} RETURNING epoch",
                  epoch_table_, postgres_instant(now)),
      parameters));
  return std::stoll(raised.at(0).at(0).value_or("0"));
}

Status PostgresRecords::begin_epoch(Instant now) {
  const auto attempt = [&](std::string_view patience) -> Status {
    TRY(session_.begin());
    TRY(create_tables());
    TRY(session_.run(fmt::format("SET LOCAL lock_timeout = '{}'", patience)));
    epoch_ = TRY(raise_epoch(now));
    return session_.commit();
  };
  Status begun = attempt(kPatience);
  if (!begun.ok() && session_.last_state() == kLockNotAvailable) {
    // An older run stands still in the middle of its commit. It loses.
    session_.roll_back();
    epoch_ = 0;
    TRY(end_older_sessions());
    begun = attempt("60s");
  }
  if (!begun.ok()) {
    session_.roll_back();
    return begun;
  }
  TRY(session_.run(fmt::format("SET application_name = {}",
                               postgres_text(fmt::format("{}{}", session_name_, epoch_)))));
  return end_older_sessions();
}

// A run that was stopped, or whose machine is gone, may keep its locks for hours.
Status PostgresRecords::end_older_sessions() {
  const std::string terminate = session_.server_version() >= kWaitingTerminateVersion
                                    ? "pg_catalog.pg_terminate_backend(pid, 5000)"
                                    : "pg_catalog.pg_terminate_backend(pid)";
  const std::array<std::string, 2> parameters{session_name_, std::to_string(epoch_)};
  return session_.run(
      fmt::format("SELECT {} FROM pg_catalog.pg_stat_activity WHERE datname = current_database() "
                  "AND usename = current_user AND pid <> pg_catalog.pg_backend_pid() "
                  "AND CASE WHEN application_name ~ ('^' || $1 || '[0-9]+$') "
                  "THEN $2 = '0' OR pg_catalog.substr(application_name, pg_catalog.length($1) + 1)"
                  "::bigint < $2::bigint ELSE false END",
                  terminate),
      parameters);
}

Result<std::vector<StateEntry>> PostgresRecords::load() {
  const bool present = TRY(has_table(kStateTable));
  if (!present) {
    return std::vector<StateEntry>();
  }
  const std::array<std::string, 1> parameters{connection_};
  const PostgresRows rows = TRY(session_.rows(
      fmt::format("SELECT stream, slice, state FROM {} WHERE connection = $1 ORDER BY 1, 2",
                  state_table_),
      parameters));
  std::vector<StateEntry> entries;
  for (const auto& row : rows) {
    entries.push_back({row[0].value_or(""), row[1].value_or(""), row[2].value_or("")});
  }
  return entries;
}

Status PostgresRecords::check_epoch(std::int64_t epoch, bool lock) {
  const std::array<std::string, 1> parameters{connection_};
  const PostgresRows found =
      TRY(session_.rows(fmt::format("SELECT epoch FROM {} WHERE connection = $1{}", epoch_table_,
                                    lock ? " FOR UPDATE" : ""),
                        parameters));
  if (found.size() != 1 || found[0][0] != std::to_string(epoch)) {
    return Error{ErrorCode::Cancelled, "another run of the connection took over: " + connection_};
  }
  return {};
}

Status PostgresRecords::apply(const Checkpoint& checkpoint, Instant now) {
  constexpr std::string_view kEntry =
      "connection = $1 AND md5(stream) = md5($2) AND md5(slice) = md5($3) AND stream = $2 "
      "AND slice = $3";
  for (const StateKey& key : checkpoint.erased) {
    const std::array<std::string, 3> parameters{connection_, key.stream, key.slice};
    TRY(session_.run(fmt::format("DELETE FROM {} WHERE {}", state_table_, kEntry), parameters));
  }
  for (const StateEntry& entry : checkpoint.entries) {
    const std::array<std::string, 4> parameters{connection_, entry.stream, entry.slice, entry.json};
    TRY(session_.run(
        fmt::format("WITH changed AS (UPDATE {0} SET state = $4, committed_at = {1} WHERE {2} "
                    "RETURNING 1) INSERT INTO {0} SELECT $1, $2, $3, $4, {1} "
                    "WHERE NOT EXISTS (SELECT 1 FROM changed)",
                    state_table_, postgres_instant(now), kEntry),
        parameters));
  }
  return {};
}

}  // namespace tendril
