#include "state/run_schema.h"

#include <array>
#include <cstdint>
#include <string>

namespace tendril {
namespace {

// Each brings the tables from one version to the next; those that were released stay as they are.
const std::array<const char*, 1> kSteps = {R"sql(
CREATE TABLE runs (
  id TEXT PRIMARY KEY,
  connection TEXT NOT NULL,
  source TEXT NOT NULL,
  destination TEXT NOT NULL,
  exclusive INTEGER NOT NULL,
  arguments TEXT NOT NULL,
  folder TEXT NOT NULL,
  state TEXT NOT NULL,
  reason TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  started INTEGER NOT NULL,
  ended INTEGER,
  host TEXT NOT NULL,
  pid INTEGER NOT NULL,
  boot TEXT NOT NULL,
  process_start INTEGER NOT NULL,
  lease_expires INTEGER NOT NULL,
  progressed INTEGER NOT NULL,
  rows_read INTEGER NOT NULL,
  rows_committed INTEGER NOT NULL,
  bytes_read INTEGER NOT NULL,
  slices_done INTEGER NOT NULL,
  requests INTEGER NOT NULL,
  exit_code INTEGER,
  report TEXT NOT NULL
) STRICT;
CREATE INDEX runs_of_connection ON runs (connection, started);
CREATE UNIQUE INDEX moving_runs ON runs (connection, destination)
  WHERE exclusive = 1 AND state IN ('running', 'cancelling');
CREATE TABLE streams (
  run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  stream TEXT NOT NULL,
  state TEXT NOT NULL,
  rows_read INTEGER NOT NULL,
  rows_committed INTEGER NOT NULL,
  slices_done INTEGER NOT NULL,
  slices_planned INTEGER NOT NULL,
  error TEXT NOT NULL,
  PRIMARY KEY (run, stream)
) STRICT;
CREATE TABLE slices (
  run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  stream TEXT NOT NULL,
  slice TEXT NOT NULL,
  state TEXT NOT NULL,
  attempts INTEGER NOT NULL,
  rows INTEGER NOT NULL,
  checksum TEXT NOT NULL,
  epoch INTEGER NOT NULL,
  error TEXT NOT NULL,
  PRIMARY KEY (run, stream, slice)
) STRICT;
CREATE TABLE events (
  number INTEGER PRIMARY KEY,
  run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
  at INTEGER NOT NULL,
  what TEXT NOT NULL
) STRICT;
CREATE INDEX events_of_run ON events (run, number);
)sql"};

Result<std::int64_t> number_of(SqliteDatabase& database, std::string_view sql) {
  const std::vector<SqliteRow> rows = TRY(database.rows(sql));
  return std::get<std::int64_t>(rows.at(0).at(0));
}

Status upgrade(SqliteDatabase& database) {
  const std::int64_t version = TRY(number_of(database, "PRAGMA user_version"));
  const std::int64_t tables = TRY(number_of(database, "SELECT count(*) FROM sqlite_master"));
  if (version == 0 && tables > 0) {
    return Error{.code = ErrorCode::BadData, .message = "the file holds tables of something else"};
  }
  const auto known = static_cast<std::int64_t>(kSteps.size());
  if (version > known) {
    return Error{.code = ErrorCode::Unsupported,
                 .message = "the runs were recorded by a newer version of this program: version " +
                            std::to_string(version) + ", known is " + std::to_string(known)};
  }
  for (std::int64_t step = version; step < known; ++step) {
    TRY(database.run_script(kSteps.at(static_cast<std::size_t>(step))));
  }
  return version == known ? Status()
                          : database.run_script("PRAGMA user_version = " + std::to_string(known));
}

}  // namespace

Status prepare_run_schema(SqliteDatabase& database) {
  // Most often there is nothing to do, and no need to wait for others who write.
  const std::int64_t version = TRY(number_of(database, "PRAGMA user_version"));
  if (version == static_cast<std::int64_t>(kSteps.size())) {
    return {};
  }
  return database.transaction([&] { return upgrade(database); });
}

}  // namespace tendril
