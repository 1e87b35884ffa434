#include "destinations/duckdb/run_records.h"

#include <array>
#include <mutex>
#include <utility>

#include <fmt/format.h>

#include "destinations/duckdb/column_names.h"
#include "destinations/duckdb/sql.h"
#include "destinations/duckdb/stored_table.h"

namespace tendril {
namespace {

std::string table_name(const std::string& schema, std::string_view table) {
  return TableName{std::string(kFileCatalog), schema, std::string(table)}.sql();
}

}  // namespace

RunRecords::RunRecords(DuckdbSession& session, std::string schema, std::string connection)
    : session_(session),
      schema_(std::move(schema)),
      connection_(std::move(connection)),
      state_table_(table_name(schema_, kStateTable)),
      epoch_table_(table_name(schema_, kEpochTable)) {}

Status RunRecords::create_tables() {
  TRY(session_.run(
      fmt::format("CREATE SCHEMA IF NOT EXISTS {}.{}", sql_name(kFileCatalog), sql_name(schema_))));
  TRY(session_.run(fmt::format(
      "CREATE TABLE IF NOT EXISTS {} (connection VARCHAR, stream VARCHAR, slice VARCHAR, "
      "state VARCHAR, committed_at TIMESTAMP WITH TIME ZONE)",
      state_table_)));
  return session_.run(
      fmt::format("CREATE TABLE IF NOT EXISTS {} (connection VARCHAR PRIMARY KEY, epoch BIGINT)",
                  epoch_table_));
}

Status RunRecords::begin_epoch() {
  const std::lock_guard lock(session_.file().epoch_mutex());
  TRY(session_.begin());
  TRY(create_tables());
  const std::array<std::string, 1> parameters{connection_};
  const SqlRows raised =
      TRY(session_.rows(fmt::format("INSERT INTO {} AS e VALUES (?, 1) ON CONFLICT (connection) "
                                    "DO UPDATE SET epoch = e.epoch + 1 RETURNING epoch",
                                    epoch_table_),
                        parameters));
  TRY(session_.commit());
  observer_ = TRY(DuckdbSession::open(session_.shared_file()));
  epoch_ = std::stoll(raised.at(0).at(0).value_or("0"));
  return {};
}

Result<std::vector<StateEntry>> RunRecords::load() {
  const TableName table{std::string(kFileCatalog), schema_, std::string(kStateTable)};
  const std::optional<StoredTable> present = TRY(read_table(session_, table));
  if (!present) {
    return std::vector<StateEntry>();
  }
  const std::array<std::string, 1> parameters{connection_};
  const SqlRows rows = TRY(session_.rows(
      fmt::format("SELECT stream, slice, state FROM {} WHERE connection = ? ORDER BY stream, slice",
                  state_table_),
      parameters));
  std::vector<StateEntry> entries;
  for (const auto& row : rows) {
    entries.push_back({row[0].value_or(""), row[1].value_or(""), row[2].value_or("")});
  }
  return entries;
}

Status RunRecords::check_epoch() {
  const std::array<std::string, 1> parameters{connection_};
  const SqlRows found = TRY(observer_->rows(
      fmt::format("SELECT epoch FROM {} WHERE connection = ?", epoch_table_), parameters));
  if (found.size() != 1 || found[0][0] != std::to_string(epoch_)) {
    return Error{ErrorCode::Cancelled, "another run of the connection took over: " + connection_};
  }
  return {};
}

Status RunRecords::erase(const std::string& stream, const std::string& slice) {
  const std::array<std::string, 3> parameters{connection_, stream, slice};
  return session_.run(
      fmt::format("DELETE FROM {} WHERE connection = ? AND stream = ? AND slice = ?", state_table_),
      parameters);
}

Status RunRecords::apply(const Checkpoint& checkpoint, Instant now) {
  for (const StateKey& key : checkpoint.erased) {
    TRY(erase(key.stream, key.slice));
  }
  for (const StateEntry& entry : checkpoint.entries) {
    TRY(erase(entry.stream, entry.slice));
    const std::array<std::string, 4> parameters{connection_, entry.stream, entry.slice, entry.json};
    TRY(session_.run(fmt::format("INSERT INTO {} VALUES (?, ?, ?, ?, make_timestamptz({}::BIGINT))",
                                 state_table_, micros_of(now)),
                     parameters));
  }
  return {};
}

}  // namespace tendril
