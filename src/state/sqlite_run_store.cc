#include "state/sqlite_run_store.h"

#include <cerrno>
#include <initializer_list>
#include <string>
#include <system_error>
#include <utility>

#include <sys/stat.h>

#include "state/run_rows.h"
#include "state/run_schema.h"
#include "state/sqlite_database.h"

namespace tendril {
namespace {

constexpr std::string_view kMoving = "state IN ('running', 'cancelling')";

using Parameters = std::vector<SqliteValue>;

SqliteValue text_of(std::string_view text) { return std::string(text); }
SqliteValue state_of_text(RunState state) { return std::string(to_string(state)); }

// Makes the folder and those above it, for the owner only.
Status make_private_folders(const std::filesystem::path& folder) {
  std::error_code fault;
  if (folder.empty() || std::filesystem::is_directory(folder, fault)) {
    return {};
  }
  TRY(make_private_folders(folder.parent_path()));
  if (::mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
    return Error{
        .code = ErrorCode::System,
        .message = folder.string() + " can not be made: " + std::generic_category().message(errno)};
  }
  return {};
}

class SqliteRunStore final : public RunStore {
 public:
  explicit SqliteRunStore(std::unique_ptr<SqliteDatabase> database)
      : database_(std::move(database)) {}

  Result<std::optional<RunRecord>> begin(const RunRecord& run, OnLiveRun on_live) override {
    TRY(sync_each_commit(true));
    return database_->transaction([&] { return begin_now(run, on_live); });
  }

  Result<RunState> renew(const LeaseRenewal& renewal) override {
    TRY(sync_each_commit(false));
    return database_->transaction([&] { return renew_now(renewal); });
  }

  Result<RunState> state_of(std::string_view run) override {
    const auto rows =
        TRY(database_->rows("SELECT state FROM runs WHERE id = ?1", Parameters{text_of(run)}));
    if (rows.empty()) {
      return RunState::Lost;
    }
    return parse_run_state(std::get<std::string>(rows.front().front())).value_or(RunState::Lost);
  }

  Result<bool> end(std::string_view run, const LeaseHolder& holder, const RunEnd& end) override {
    TRY(sync_each_commit(true));
    return database_->transaction([&]() -> Result<bool> {
      const bool held = TRY(is_held(run, holder));
      if (held) {
        TRY(finish(run, end));
      }
      return held;
    });
  }

  Result<bool> give_up(const RunRecord& seen, const RunEnd& end) override {
    return database_->transaction([&]() -> Result<bool> {
      const auto unchanged = TRY(
          database_->rows("SELECT 1 FROM runs WHERE id = ?1 AND state = ?2 AND lease_expires = ?3 "
                          "AND progressed = ?4",
                          Parameters{seen.id, state_of_text(seen.state),
                                     micros_of(seen.lease_expires), micros_of(seen.progressed)}));
      if (unchanged.empty() || is_final(seen.state)) {
        return false;
      }
      TRY(finish(seen.id, end));
      return true;
    });
  }

  Result<std::optional<RunState>> ask_to_cancel(std::string_view run, Instant now) override {
    return database_->transaction([&]() -> Result<std::optional<RunState>> {
      std::optional<RunRecord> found = TRY(find(run));
      if (!found) {
        return std::optional<RunState>();
      }
      if (found->state != RunState::Running) {
        return std::optional(found->state);
      }
      TRY(database_->run("UPDATE runs SET state = 'cancelling' WHERE id = ?1",
                         Parameters{text_of(run)}));
      TRY(add_event(run, {.at = now, .what = "was asked to stop"}));
      return std::optional(RunState::Cancelling);
    });
  }

  Result<std::vector<RunRecord>> list(const RunFilter& filter) override {
    std::string sql = "SELECT " + std::string(kRunColumns) + " FROM runs WHERE true";
    Parameters parameters;
    if (!filter.connection.empty()) {
      sql += " AND connection = ?1";
      parameters.emplace_back(filter.connection);
    }
    if (filter.only_moving) {
      sql += " AND state IN ('queued', 'running', 'cancelling')";
    }
    sql += " ORDER BY started DESC, id DESC";
    if (filter.limit > 0) {
      sql += " LIMIT " + std::to_string(filter.limit);
    }
    return runs_of(sql, parameters);
  }

  Result<std::optional<RunRecord>> find(std::string_view run) override {
    std::vector<RunRecord> found =
        TRY(runs_of("SELECT " + std::string(kRunColumns) + " FROM runs WHERE id = ?1",
                    Parameters{text_of(run)}));
    return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
  }

  Result<std::vector<StreamRecord>> streams(std::string_view run) override {
    const auto rows = TRY(database_->rows(
        "SELECT stream, state, rows_read, rows_committed, slices_done, slices_planned, error "
        "FROM streams WHERE run = ?1 ORDER BY rowid",
        Parameters{text_of(run)}));
    std::vector<StreamRecord> streams;
    for (const SqliteRow& row : rows) {
      streams.push_back(parse_stream(row));
    }
    return streams;
  }

  Result<std::vector<SliceRecord>> slices(std::string_view run) override {
    const auto rows =
        TRY(database_->rows("SELECT stream, slice, state, attempts, rows, checksum, epoch, error "
                            "FROM slices WHERE run = ?1 ORDER BY rowid",
                            Parameters{text_of(run)}));
    std::vector<SliceRecord> slices;
    for (const SqliteRow& row : rows) {
      SliceRecord slice = TRY(parse_slice(row));
      slices.push_back(std::move(slice));
    }
    return slices;
  }

  Result<std::vector<RunEvent>> events(std::string_view run) override {
    const auto rows = TRY(database_->rows(
        "SELECT at, what FROM events WHERE run = ?1 ORDER BY number", Parameters{text_of(run)}));
    std::vector<RunEvent> events;
    for (const SqliteRow& row : rows) {
      events.push_back({.at = instant_from_micros(std::get<std::int64_t>(row.at(0))),
                        .what = std::get<std::string>(row.at(1))});
    }
    return events;
  }

 private:
  // What begins and ends a run survives a loss of power; what a renewal says may be a little older.
  Status sync_each_commit(bool each) {
    return database_->run_script(each ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL");
  }

  Result<std::vector<RunRecord>> runs_of(const std::string& sql, const Parameters& parameters) {
    const auto rows = TRY(database_->rows(sql, parameters));
    std::vector<RunRecord> runs;
    for (const SqliteRow& row : rows) {
      RunRecord run = TRY(parse_run(row));
      runs.push_back(std::move(run));
    }
    return runs;
  }

  Result<std::optional<RunRecord>> begin_now(const RunRecord& run, OnLiveRun on_live) {
    if (run.exclusive) {
      const std::vector<RunRecord> others =
          TRY(runs_of("SELECT " + std::string(kRunColumns) +
                          " FROM runs WHERE exclusive = 1 AND connection = ?1 AND "
                          "destination = ?2 AND " +
                          std::string(kMoving),
                      Parameters{run.connection, run.destination}));
      for (const RunRecord& other : others) {
        const bool expired = other.lease_expires <= run.started;
        if (on_live == OnLiveRun::Refuse && !expired) {
          return std::optional(other);
        }
        TRY(finish(other.id, {.state = RunState::Lost,
                              .reason = expired ? "its lease expired, and run " + run.id + " began"
                                                : "run " + run.id + " took over",
                              .ended = run.started}));
      }
    }
    std::string sql = "INSERT INTO runs (" + std::string(kRunColumns) + ") VALUES (?1";
    const Parameters values = run_values(run);
    for (std::size_t i = 2; i <= values.size(); ++i) {
      sql += ", ?" + std::to_string(i);
    }
    TRY(database_->run(sql + ")", values));
    TRY(add_event(run.id, {.at = run.started, .what = "began"}));
    return std::optional<RunRecord>();
  }

  Result<RunState> renew_now(const LeaseRenewal& renewal) {
    const bool held = TRY(is_held(renewal.run, renewal.holder));
    if (!held) {
      const RunState state = TRY(state_of(renewal.run));
      return is_final(state) ? state : RunState::Lost;
    }
    TRY(database_->run(
        "UPDATE runs SET lease_expires = ?2, progressed = ?3, epoch = ?4, rows_read = ?5, "
        "rows_committed = ?6, bytes_read = ?7, slices_done = ?8, requests = ?9 WHERE id = ?1",
        Parameters{renewal.run, micros_of(renewal.expires), micros_of(renewal.progressed),
                   renewal.epoch, renewal.counts.rows_read, renewal.counts.rows_committed,
                   renewal.counts.bytes_read, renewal.counts.slices_done,
                   renewal.counts.requests}));
    for (const StreamRecord& stream : renewal.streams) {
      TRY(save(renewal.run, stream));
    }
    for (const SliceRecord& slice : renewal.slices_gone) {
      TRY(database_->run("DELETE FROM slices WHERE run = ?1 AND stream = ?2 AND slice = ?3",
                         Parameters{renewal.run, slice.stream, slice.slice}));
    }
    for (const SliceRecord& slice : renewal.slices) {
      TRY(save(renewal.run, slice));
    }
    for (const RunEvent& event : renewal.events) {
      TRY(add_event(renewal.run, event));
    }
    return state_of(renewal.run);
  }

  Status save(const std::string& run, const StreamRecord& stream) {
    TRY(database_->run(
        "INSERT INTO streams (run, stream, state, rows_read, rows_committed, slices_done, "
        "slices_planned, error) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) "
        "ON CONFLICT (run, stream) DO UPDATE SET state = ?3, rows_read = ?4, "
        "rows_committed = ?5, slices_done = ?6, slices_planned = ?7, error = ?8",
        Parameters{run, stream.stream, stream.state, stream.rows_read, stream.rows_committed,
                   stream.slices_done, stream.slices_planned, stream.error}));
    return {};
  }

  Status save(const std::string& run, const SliceRecord& slice) {
    TRY(database_->run(
        "INSERT INTO slices (run, stream, slice, state, attempts, rows, checksum, epoch, error) "
        "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) "
        "ON CONFLICT (run, stream, slice) DO UPDATE SET state = ?4, attempts = ?5, rows = ?6, "
        "checksum = ?7, epoch = ?8, error = ?9",
        Parameters{run, slice.stream, slice.slice, std::string(to_string(slice.stage)),
                   slice.attempts, slice.rows, slice.checksum, slice.epoch, slice.error}));
    return {};
  }

  Status add_event(std::string_view run, const RunEvent& event) {
    TRY(database_->run("INSERT INTO events (run, at, what) VALUES (?1, ?2, ?3)",
                       Parameters{text_of(run), micros_of(event.at), event.what}));
    TRY(
        database_->run("DELETE FROM events WHERE run = ?1 AND number <= (SELECT number FROM events "
                       "WHERE run = ?1 ORDER BY number DESC LIMIT 1 OFFSET ?2)",
                       Parameters{text_of(run), static_cast<std::int64_t>(kEventsKeptPerRun)}));
    return {};
  }

  Result<bool> is_held(std::string_view run, const LeaseHolder& holder) {
    const auto rows = TRY(database_->rows(
        "SELECT 1 FROM runs WHERE id = ?1 AND host = ?2 AND pid = ?3 AND "
        "boot = ?4 AND process_start = ?5 AND " +
            std::string(kMoving),
        Parameters{text_of(run), holder.host, holder.pid, holder.boot, holder.process_start}));
    return !rows.empty();
  }

  Status finish(std::string_view run, const RunEnd& end) {
    TRY(database_->run(
        "UPDATE runs SET state = ?2, reason = ?3, ended = ?4, exit_code = ?5, report = ?6 "
        "WHERE id = ?1",
        Parameters{text_of(run), state_of_text(end.state), end.reason, micros_of(end.ended),
                   end.exit_code ? SqliteValue(std::int64_t{*end.exit_code}) : SqliteValue(),
                   end.report}));
    std::string what(to_string(end.state));
    what += end.reason.empty() ? "" : ": " + end.reason;
    TRY(add_event(run, {.at = end.ended, .what = std::move(what)}));
    TRY(forget_calm_slices(run));
    return forget_old_runs(run);
  }

  Status forget_calm_slices(std::string_view run) {
    TRY(database_->run(
        "DELETE FROM slices WHERE run = ?1 AND (state = 'committed' OR rowid NOT IN (SELECT rowid "
        "FROM slices WHERE run = ?1 AND state <> 'committed' ORDER BY error = '', rowid LIMIT ?2))",
        Parameters{text_of(run), static_cast<std::int64_t>(kSlicesKeptPerEndedRun)}));
    return {};
  }

  Status forget_old_runs(std::string_view run) {
    TRY(database_->run(
        "DELETE FROM runs WHERE state NOT IN ('queued', 'running', 'cancelling') AND "
        "connection = (SELECT connection FROM runs WHERE id = ?1) AND id NOT IN (SELECT id FROM "
        "runs WHERE connection = (SELECT connection FROM runs WHERE id = ?1) "
        "ORDER BY started DESC, id DESC LIMIT ?2)",
        Parameters{text_of(run), static_cast<std::int64_t>(kRunsKeptPerConnection)}));
    return {};
  }

  const std::unique_ptr<SqliteDatabase> database_;
};

}  // namespace

Result<std::unique_ptr<RunStore>> open_sqlite_run_store(const std::filesystem::path& file) {
  TRY(make_private_folders(file.parent_path()));
  auto database = TRY(SqliteDatabase::open(file));
  if (Status prepared = prepare_run_schema(*database); !prepared.ok()) {
    return std::move(prepared).error().while_doing("opening " + file.string());
  }
  return std::make_unique<SqliteRunStore>(std::move(database));
}

}  // namespace tendril
