#include "destinations/duckdb/duckdb_destination.h"

#include <algorithm>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "core/check.h"
#include "core/fault_point.h"
#include "destinations/duckdb/column_names.h"
#include "destinations/duckdb/run_records.h"
#include "destinations/duckdb/session.h"
#include "destinations/duckdb/table_writer.h"
#include "destinations/duckdb/target.h"

namespace tendril {
namespace {

constexpr std::size_t kMemoryBytesMin = std::size_t{32} * 1024 * 1024;

// Rows of all tables together that wait in appenders, beside DuckDB's own memory limit.
constexpr std::size_t kPendingBytesMax = std::size_t{8} * 1024 * 1024;

class DuckdbDestination final : public Destination {
 public:
  DuckdbDestination(std::shared_ptr<const Clock> clock, std::shared_ptr<DuckdbFiles> files,
                    DuckdbTarget target, TableDialect dialect)
      : clock_(std::move(clock)),
        files_(std::move(files)),
        target_(std::move(target)),
        dialect_(std::move(dialect)) {}

  Status open(const std::string& connection) override {
    CHECK(session_ == nullptr);
    auto file = TRY(files_->open(target_.path, target_.settings));
    session_ = TRY(DuckdbSession::open(std::move(file)));
    context_.emplace(WriterContext{*session_, *clock_, target_.schema, dialect_});
    records_.emplace(*session_, records_schema(), connection);
    return guarded([&]() -> Status {
      TRY(records_->begin_epoch());
      return make_schema();
    });
  }

  Status open_to_look(const std::string& connection) override {
    CHECK(session_ == nullptr);
    std::error_code ignored;  // What can not be seen is for DuckDB to complain of.
    if (!std::filesystem::exists(target_.path, ignored)) {
      return {};
    }
    DuckdbSettings settings = target_.settings;
    settings.read_only = true;
    auto file = TRY(files_->open(target_.path, settings));
    session_ = TRY(DuckdbSession::open(std::move(file)));
    records_.emplace(*session_, records_schema(), connection);
    return {};
  }

  std::int64_t epoch() const override { return records_ ? records_->epoch() : 0; }

  Result<std::optional<TableSchema>> stored_table(const std::string& table) override {
    if (!records_) {
      return std::optional<TableSchema>();
    }
    const std::optional<StoredTable> found = TRY(read_table(
        records_->reader(), {std::string(kFileCatalog), target_.schema, stored_name(table)},
        dialect_.marks));
    return found ? std::optional(TableSchema{table, found->columns}) : std::optional<TableSchema>();
  }

  Result<std::vector<StateEntry>> load_state() override {
    return records_ ? records_->load() : std::vector<StateEntry>();
  }

  Status prepare(const TablePlan& plan) override {
    CHECK(records_.has_value());
    for (const auto& [name, writer] : tables_) {
      if (same_name(stored_name(name), stored_name(plan.schema.name))) {
        return Error{name == plan.schema.name ? ErrorCode::Internal : ErrorCode::InvalidConfig,
                     "table is prepared twice: " + name + ", " + plan.schema.name};
      }
    }
    return guarded([&]() -> Status {
      TRY(session_->begin());
      auto writer = TRY(TableWriter::prepare(*context_, plan));
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
    CHECK(records_.has_value());
    std::vector<TableCounts> counts;
    const Status committed = guarded([&]() -> Status {
      TRY(session_->begin());
      TRY(finish_tables(checkpoint, counts));
      fault_point(FaultPoint::RowsApplied);
      const std::lock_guard lock(session_->file().epoch_mutex());
      TRY(records_->check_epoch());
      TRY(records_->apply(checkpoint, clock_->now()));
      fault_point(FaultPoint::StateApplied);
      const DuckdbFile::CommitRoom room(session_->file());
      return session_->commit();
    });
    TRY(committed);
    fault_point(FaultPoint::CommitPointPassed);
    return counts;
  }

 private:
  const std::string& records_schema() const {
    return dialect_.records_schema.empty() ? target_.schema : dialect_.records_schema;
  }

  // That of the records is there already.
  Status make_schema() {
    if (dialect_.records_schema.empty()) {
      return {};
    }
    return session_->run("CREATE SCHEMA IF NOT EXISTS " + sql_name(kFileCatalog) + "." +
                         sql_name(target_.schema));
  }

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
      failure_ = status.error();
    }
    return status;
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
    return {};
  }

  Status flush_if_much() {
    std::size_t pending = 0;
    for (const auto& [name, writer] : tables_) {
      pending += writer->pending_bytes();
    }
    if (pending >= kPendingBytesMax) {
      for (const auto& [name, writer] : tables_) {
        TRY(writer->flush());
      }
    }
    return {};
  }

  const std::shared_ptr<const Clock> clock_;  // Shared, like `files_`,
  const std::shared_ptr<DuckdbFiles> files_;  // with the other destinations of the spec.
  const DuckdbTarget target_;
  const TableDialect dialect_;
  std::unique_ptr<DuckdbSession> session_;
  std::optional<WriterContext> context_;
  std::optional<RunRecords> records_;
  std::map<std::string, std::unique_ptr<TableWriter>> tables_;  // Before the session they go.
  std::optional<Error> failure_;
};

}  // namespace

DestinationSpec duckdb_destination(DuckdbOptions options) {
  if (options.clock == nullptr) {
    options.clock = system_clock();
  }
  if (options.files == nullptr) {
    options.files = std::make_shared<DuckdbFiles>();
  }
  return {"duckdb", "Tables in a DuckDB database file, with exactly-once commits",
          "duckdb:FILE[?schema=NAME]",
          [options](const DestinationTarget& given) -> Result<std::unique_ptr<Destination>> {
            DuckdbSettings settings = options.settings;
            if (given.memory_bytes > 0) {
              settings.memory_bytes = std::max(given.memory_bytes, kMemoryBytesMin);
            }
            DuckdbTarget target = TRY(parse_duckdb_target(given.text, settings));
            return std::make_unique<DuckdbDestination>(options.clock, options.files,
                                                       std::move(target), options.dialect);
          }};
}

}  // namespace tendril
