#include "destinations/postgres/postgres_destination.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/check.h"
#include "core/fault_point.h"
#include "destinations/postgres/names.h"
#include "destinations/postgres/run_records.h"
#include "destinations/postgres/session.h"
#include "destinations/postgres/table_writer.h"
#include "destinations/postgres/target.h"

namespace tendril {
namespace {

// Rows of all tables together that wait to be sent.
constexpr std::size_t kPendingBytesMax = std::size_t{8} * 1024 * 1024;
constexpr std::size_t kPendingBytesMin = std::size_t{512} * 1024;

class PostgresDestination final : public Destination {
 public:
  PostgresDestination(std::shared_ptr<const Clock> clock, PostgresTarget target,
                      std::size_t pending_bytes_max)
      : clock_(std::move(clock)),
        target_(std::move(target)),
        pending_bytes_max_(pending_bytes_max) {}

  Status open(const std::string& connection) override {
    CHECK(session_ == nullptr);
    session_ = TRY(PostgresSession::open(target_));
    context_.emplace(PostgresWriterContext{*session_, *clock_});
    connection_ = connection;
    records_.emplace(*session_, connection);
    const Status begun = records_->begin_epoch(clock_->now());
    if (!begun.ok()) {
      failure_ = begun.error();
    }
    return begun;
  }

  Status open_to_look(const std::string& connection) override {
    CHECK(session_ == nullptr);
    session_ = TRY(PostgresSession::open(target_));
    TRY(session_->run("SET default_transaction_read_only = on"));
    records_.emplace(*session_, connection);
    return {};
  }

  std::int64_t epoch() const override { return records_ ? records_->epoch() : 0; }

  // By another session, which sees what is committed and no more.
  Result<std::optional<TableSchema>> stored_table(const std::string& table) override {
    CHECK(session_ != nullptr);
    if (looker_ == nullptr) {
      looker_ = TRY(PostgresSession::open(target_));
    }
    const std::optional<PostgresTable> found =
        TRY(read_postgres_table(*looker_, {target_.schema, postgres_identifier(table)}));
    if (!found) {
      return std::optional<TableSchema>();
    }
    TableSchema schema{table, {}};
    for (const PostgresColumn& column : found->columns) {
      schema.columns.push_back({column.source, column.type.type});
    }
    return std::optional(std::move(schema));
  }

  Result<std::vector<StateEntry>> load_state() override {
    CHECK(records_.has_value());
    return records_->load();
  }

  Status prepare(const TablePlan& plan) override {
    CHECK(context_.has_value());
    for (const auto& [name, writer] : tables_) {
      if (postgres_identifier(name) == postgres_identifier(plan.schema.name)) {
        return Error{name == plan.schema.name ? ErrorCode::Internal : ErrorCode::InvalidConfig,
                     "table is prepared twice: " + name + ", " + plan.schema.name};
      }
    }
    return guarded([&]() -> Status {
      TRY(session_->begin());
      auto writer = TRY(PostgresTableWriter::prepare(*context_, plan));
      tables_[plan.schema.name] = std::move(writer);
      return {};
    });
  }

  Status write(const Batch& batch) override {
    if (failure_) {
      return *failure_;  // The tables are gone with it.
    }
    const auto table = tables_.find(batch.schema->name);
    if (table == tables_.end()) {
      return Error{ErrorCode::Internal, "table was not prepared: " + batch.schema->name};
    }
    return guarded([&]() -> Status {
      TRY(session_->begin());
      TRY(table->second->write(batch));
      return flush_if_much();
    });
  }

  Result<std::vector<TableCounts>> commit(const Checkpoint& checkpoint) override {
    CHECK(context_.has_value());
    std::vector<TableCounts> counts;
    const Status committed = guarded([&]() -> Status {
      TRY(session_->begin());
      TRY(records_->check_epoch(false));  // Before the work that would be in vain.
      TRY(finish_tables(checkpoint, counts));
      fault_point(FaultPoint::RowsApplied);
      TRY(records_->check_epoch(true));
      TRY(records_->apply(checkpoint, clock_->now()));
      fault_point(FaultPoint::StateApplied);
      return session_->commit();
    });
    TRY(committed);
    for (const auto& [name, writer] : tables_) {
      writer->committed();
    }
    fault_point(FaultPoint::CommitPointPassed);
    return counts;
  }

 private:
  // Runs a step of the transaction. An error ends the transaction, and with it all that was staged;
  // after that there is no going on, only a new destination from the last commit.
  template <class Step>
  Status guarded(Step step) {
    if (failure_) {
      return *failure_;
    }
    Status status = step();
    if (!status.ok()) {
      tables_.clear();
      session_->roll_back();
      failure_ = explain(status.error());
      return *failure_;
    }
    return status;
  }

  // A newer run ends the session of this one; what is left to be known then is that it did.
  Error explain(const Error& error) const {
    if (error.code != ErrorCode::Unavailable) {
      return error;
    }
    auto session = PostgresSession::open(target_);
    if (!session.ok()) {
      return error;
    }
    PostgresRecords records(**session, connection_);
    const Status current = records.check_epoch(records_->epoch(), false);
    return !current.ok() && current.error().code == ErrorCode::Cancelled ? current.error() : error;
  }

  Status finish_tables(const Checkpoint& checkpoint, std::vector<TableCounts>& counts) {
    for (const std::string& name : checkpoint.completed_tables) {
      if (tables_.find(name) == tables_.end()) {
        return Error{ErrorCode::Internal, "table was not prepared: " + name};
      }
    }
    for (const auto& [name, writer] : tables_) {
      const auto& completed = checkpoint.completed_tables;
      const bool complete = std::find(completed.begin(), completed.end(), name) != completed.end();
      TableCounts changed = TRY(writer->finish(complete));
      if (complete) {
        fault_point(FaultPoint::TableSwapped);
      }
      if (changed.rows_written > 0 || changed.rows_deleted > 0) {
        counts.push_back(std::move(changed));
      }
    }
    return session_->end_copy();  // Whether all rows arrived is known only then.
  }

  Status flush_if_much() {
    std::size_t pending = 0;
    for (const auto& [name, writer] : tables_) {
      pending += writer->pending_bytes();
    }
    if (pending >= pending_bytes_max_) {
      for (const auto& [name, writer] : tables_) {
        TRY(writer->flush());
      }
    }
    return {};
  }

  const std::shared_ptr<const Clock> clock_;  // Shared with the other destinations of the spec.
  const PostgresTarget target_;
  const std::size_t pending_bytes_max_;
  std::string connection_;
  std::unique_ptr<PostgresSession> session_;
  std::unique_ptr<PostgresSession> looker_;
  std::optional<PostgresWriterContext> context_;
  std::optional<PostgresRecords> records_;
  std::map<std::string, std::unique_ptr<PostgresTableWriter>>
      tables_;  // Before the session they go.
  std::optional<Error> failure_;
};

}  // namespace

DestinationSpec postgres_destination(PostgresOptions options) {
  if (options.clock == nullptr) {
    options.clock = system_clock();
  }
  return {
      options.scheme, "Tables in a PostgreSQL database, with exactly-once commits",
      options.scheme + "://USER@HOST:PORT/DATABASE[?schema=NAME]",
      [clock =
           options.clock](const DestinationTarget& given) -> Result<std::unique_ptr<Destination>> {
        PostgresTarget target = TRY(parse_postgres_target(given.text, process_environment));
        const std::size_t pending_bytes_max =
            given.memory_bytes == 0
                ? kPendingBytesMax
                : std::clamp(given.memory_bytes / 2, kPendingBytesMin, kPendingBytesMax);
        return std::make_unique<PostgresDestination>(clock, std::move(target), pending_bytes_max);
      }};
}

}  // namespace tendril
