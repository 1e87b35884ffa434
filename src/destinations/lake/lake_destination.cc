#include "destinations/lake/lake_destination.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/check.h"
#include "core/fault_point.h"
#include "destinations/lake/commit_log.h"
#include "destinations/lake/lake_claims.h"
#include "destinations/lake/recovery.h"
#include "destinations/lake/table_writer.h"
#include "destinations/lake/target.h"

namespace tendril {
namespace {

class LakeDestination final : public Destination {
 public:
  LakeDestination(std::shared_ptr<const Clock> clock, LakeTarget target,
                  std::unique_ptr<LakeStorage> storage)
      : clock_(std::move(clock)), target_(std::move(target)), storage_(std::move(storage)) {}

  ~LakeDestination() override {
    tables_.clear();
    // After an error nobody knows whether a manifest has the files; the next run does.
    if (workshop_ && !failure_) {
      const Status ignored = workshop_->settle({});
      static_cast<void>(ignored);  // The next run removes what is left.
    }
  }

  Status open(const std::string& connection) override {
    TRY(storage_->open());
    TRY(claim_format(*storage_, target_.workshop.rows.format));
    log_ = TRY(CommitLog::load(*storage_, *clock_, connection));
    TRY(log_->claim());
    TRY(recover_lake(*storage_, log_->state(), log_->tag()));
    TRY(log_->tidy());
    workshop_.emplace(*storage_, *clock_, target_.workshop, log_->tag(), log_->state().epoch);
    connection_ = connection;
    return {};
  }

  Status open_to_look(const std::string& connection) override {
    log_ = TRY(CommitLog::load(*storage_, *clock_, connection));
    return {};
  }

  std::int64_t epoch() const override { return log_ == nullptr ? 0 : log_->state().epoch; }

  Result<std::optional<TableSchema>> stored_table(const std::string& table) override {
    CHECK(log_ != nullptr);
    const auto found = log_->state().tables.find(table);
    if (found == log_->state().tables.end() || !found->second.rows) {
      return std::optional<TableSchema>();
    }
    return std::optional(TableSchema{.name = table, .columns = found->second.rows->layout.columns});
  }

  Result<std::vector<StateEntry>> load_state() override {
    CHECK(log_ != nullptr);
    std::vector<StateEntry> entries;
    for (const auto& [key, json] : log_->state().entries) {
      entries.push_back({key.first, key.second, json});
    }
    return entries;
  }

  Status prepare(const TablePlan& plan) override {
    CHECK(workshop_.has_value());
    const std::string& name = plan.schema.name;
    if (tables_.contains(name)) {
      return Error{.code = ErrorCode::Internal, .message = "table is prepared twice: " + name};
    }
    return guarded([&]() -> Status {
      TRY(claim_table(*storage_, name, connection_));
      const auto present = log_->state().tables.find(name);
      auto writer = TRY(LakeTableWriter::prepare(
          *workshop_, plan, present == log_->state().tables.end() ? nullptr : &present->second));
      tables_[name] = std::move(writer);
      return {};
    });
  }

  Status write(const Batch& batch) override {
    if (failure_) {
      return *failure_;  // The tables are gone with it.
    }
    const auto table = tables_.find(batch.schema->name);
    if (table == tables_.end()) {
      return Error{.code = ErrorCode::Internal,
                   .message = "table was not prepared: " + batch.schema->name};
    }
    return guarded([&]() -> Status {
      TRY(table->second->write(batch));
      return flush_if_much();
    });
  }

  Result<std::vector<TableCounts>> commit(const Checkpoint& checkpoint) override {
    CHECK(workshop_.has_value());
    std::vector<TableCounts> counts;
    const Status committed = guarded([&]() -> Status {
      Status made = make_commit(checkpoint, counts);
      if (!made.ok() && made.error().code != ErrorCode::Cancelled) {
        TRY(log_->check_epoch());  // A newer run removes what is staged; it is the reason, then.
      }
      return made;
    });
    TRY(committed);
    return counts;
  }

 private:
  // After an error there is no going on, only a new destination from the last commit.
  template <class Step>
  Status guarded(Step step) {
    if (failure_) {
      return *failure_;
    }
    Status status = step();
    if (!status.ok()) {
      tables_.clear();
      failure_ = status.error();
    }
    return status;
  }

  Status make_commit(const Checkpoint& checkpoint, std::vector<TableCounts>& counts) {
    TRY(log_->check_epoch());
    Manifest manifest{.checkpoint = {.erased = checkpoint.erased, .entries = checkpoint.entries}};
    TRY(finish_tables(checkpoint.completed_tables, manifest, counts));
    fault_point(FaultPoint::RowsApplied);
    std::vector<std::string> staged;
    std::set<std::string> kept;
    const auto keep = [&](const std::optional<FileSet>& set) {
      for (const LakeFile& file : set ? set->files : std::vector<LakeFile>()) {
        if (workshop_->is_fresh(file) && kept.insert(file.name()).second) {
          staged.push_back(file.name());
        }
      }
    };
    for (const LakeTable& table : manifest.tables) {
      keep(table.rows);
      keep(table.load);
    }
    TRY(storage_->stage(staged));
    const LakeState before = log_->state();
    TRY(log_->commit(std::move(manifest)));
    TRY(publish_commit(*storage_, before, log_->state()));
    TRY(workshop_->settle(kept));
    return log_->is_fresh_snapshot() ? log_->tidy() : Status();
  }

  Status finish_tables(const std::vector<std::string>& completed, Manifest& manifest,
                       std::vector<TableCounts>& counts) {
    for (const std::string& name : completed) {
      if (!tables_.contains(name)) {
        return Error{.code = ErrorCode::Internal, .message = "table was not prepared: " + name};
      }
    }
    for (const auto& [name, writer] : tables_) {
      const bool complete = std::find(completed.begin(), completed.end(), name) != completed.end();
      TableCounts changed = TRY(writer->finish(complete));
      if (complete) {
        fault_point(FaultPoint::TableSwapped);
      }
      const auto present = log_->state().tables.find(name);
      if (present == log_->state().tables.end() || !same_table(present->second, writer->table())) {
        manifest.tables.push_back(writer->table());
      }
      if (changed.rows_written > 0 || changed.rows_deleted > 0) {
        counts.push_back(std::move(changed));
      }
    }
    return {};
  }

  static bool same_table(const LakeTable& a, const LakeTable& b) {
    const auto same_set = [](const std::optional<FileSet>& x, const std::optional<FileSet>& y) {
      if (!x || !y) {
        return x.has_value() == y.has_value();
      }
      return x->layout == y->layout &&
             std::equal(x->files.begin(), x->files.end(), y->files.begin(), y->files.end(),
                        [](const LakeFile& f, const LakeFile& g) { return f.path == g.path; });
    };
    return same_set(a.rows, b.rows) && same_set(a.load, b.load);
  }

  Status flush_if_much() {
    std::size_t pending = 0;
    for (const auto& [name, writer] : tables_) {
      pending += writer->pending_bytes();
    }
    if (pending >= target_.workshop.rows.group_bytes) {
      for (const auto& [name, writer] : tables_) {
        TRY(writer->flush());
      }
    }
    return {};
  }

  const std::shared_ptr<const Clock> clock_;  // Shared with the other destinations of the spec.
  const LakeTarget target_;
  const std::unique_ptr<LakeStorage> storage_;
  std::string connection_;
  std::unique_ptr<CommitLog> log_;
  std::optional<Workshop> workshop_;
  std::map<std::string, std::unique_ptr<LakeTableWriter>> tables_;  // Go before the workshop.
  std::optional<Error> failure_;
};

Result<std::unique_ptr<Destination>> make_lake(const LakeDestinationOptions& options,
                                               LakeFormat format, const DestinationTarget& given,
                                               const std::string& place) {
  LakeTarget target = TRY(parse_lake_target(format, place, given.memory_bytes));
  auto storage = TRY(lake_storage(target));
  return std::make_unique<LakeDestination>(options.clock, std::move(target), std::move(storage));
}

std::string summary_of(LakeFormat format) {
  switch (format) {
    case LakeFormat::Parquet: return "A lake of Parquet files, with exactly-once commits";
    case LakeFormat::Jsonl: return "Files of JSON lines, with exactly-once commits";
    case LakeFormat::Csv: return "CSV files, with exactly-once commits";
  }
  return "";
}

}  // namespace

DestinationSpec lake_destination(LakeFormat format, LakeDestinationOptions options) {
  if (options.clock == nullptr) {
    options.clock = system_clock();
  }
  const std::string scheme(to_string(format));
  return {scheme, summary_of(format), scheme + ":DIR[?file_mb=N]",
          [options, format](const DestinationTarget& given) {
            return make_lake(options, format, given, std::string(given.text));
          }};
}

DestinationSpec s3_lake_destination(LakeDestinationOptions options) {
  if (options.clock == nullptr) {
    options.clock = system_clock();
  }
  return {"s3", "A lake of Parquet files in an S3-compatible bucket",
          "s3://BUCKET/PREFIX[?region=R]", [options](const DestinationTarget& given) {
            return make_lake(options, LakeFormat::Parquet, given, "s3:" + std::string(given.text));
          }};
}

}  // namespace tendril
