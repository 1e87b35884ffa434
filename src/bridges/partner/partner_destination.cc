#include "bridges/partner/partner_destination.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <xxhash.h>

#include "bridges/partner/batch_folder.h"
#include "bridges/partner/commit_journal.h"
#include "bridges/partner/partner_calls.h"
#include "bridges/partner/partner_step.h"
#include "bridges/partner/partner_table_writer.h"
#include "bridges/partner/partner_target.h"
#include "core/check.h"
#include "core/fault_point.h"

namespace tendril {
namespace {

namespace fs = std::filesystem;

constexpr const char* kJournalFile = "partner.db";
constexpr const char* kBatchFolder = "batch-files";

// Tables that may have files open at once: each costs a compressor.
constexpr std::size_t kOpenTablesMax = 16;

bool changes_rows(const PartnerStep& step) {
  return step.kind != PartnerStepKind::Create && step.kind != PartnerStepKind::Alter;
}

class PartnerDestination final : public Destination {
 public:
  PartnerDestination(PartnerDestinationOptions options, PartnerTarget target)
      : options_(std::move(options)),
        target_(std::move(target)),
        place_(target_.address + "/" + target_.schema) {}

  ~PartnerDestination() override {
    tables_.clear();
    if (folder_) {
      keep_pending_files();
      folder_->leave();
    }
  }

  Status open(const std::string& connection) override {
    CHECK(calls_ == nullptr);
    TRY(connect());
    const auto form = TRY(calls_->form());
    for (const auto& test : form.tests()) {
      TRY(calls_->test(test.name()));
    }
    const auto format = TRY(calls_->format());
    const BatchFileFormat files = target_.format.value_or(
        format == fivetran_sdk::v2::PARQUET ? BatchFileFormat::Parquet : BatchFileFormat::Csv);
    const fs::path home = TRY(options_.home());
    journal_ = TRY(CommitJournal::open(home / kJournalFile, place_, connection));
    TRY(journal_->begin_epoch());
    const std::string whose = place_ + "\n" + connection;
    const fs::path base = target_.folder.empty() ? home / kBatchFolder : target_.folder;
    folder_ = TRY(
        BatchFolder::open(base / fmt::format("{:016x}", XXH3_64bits(whose.data(), whose.size())),
                          batch_params(target_, files)));
    return catch_up();
  }

  Status open_to_look(const std::string& connection) override {
    CHECK(calls_ == nullptr);
    TRY(connect());
    const fs::path home = TRY(options_.home());
    const fs::path journal = home / kJournalFile;
    std::error_code fault;  // What can not be seen is for SQLite to complain of.
    if (fs::exists(journal, fault) || fault) {
      journal_ = TRY(CommitJournal::open(journal, place_, connection));
    }
    return {};
  }

  std::int64_t epoch() const override { return journal_ ? journal_->epoch() : 0; }

  Result<std::optional<TableSchema>> stored_table(const std::string& table) override {
    const auto found = TRY(stored(table));
    if (!found) {
      return std::optional<TableSchema>();
    }
    return std::optional(TableSchema{table, found->schema.columns});
  }

  Result<std::vector<StateEntry>> load_state() override {
    return journal_ ? journal_->load() : std::vector<StateEntry>();
  }

  Status prepare(const TablePlan& plan) override {
    CHECK(folder_.has_value());
    const std::string& name = plan.schema.name;
    if (failure_) {
      return *failure_;
    }
    if (tables_.contains(name)) {
      return Error{.code = ErrorCode::Internal, .message = "table is prepared twice: " + name};
    }
    Instant began = {};
    if (plan.mode == WriteMode::Replace) {
      began = TRY(journal_->begin_load(name, plan.resume, options_.clock->now()));
    }
    const auto found = TRY(stored(name));
    auto writer = TRY(PartnerTableWriter::prepare(
        {.folder = *folder_, .clock = *options_.clock, .schema = target_.schema}, plan, found,
        began));
    tables_[name] = std::move(writer);
    return {};
  }

  Status write(const Batch& batch) override {
    if (failure_) {
      return *failure_;
    }
    const auto table = tables_.find(batch.schema->name);
    if (table == tables_.end()) {
      return Error{.code = ErrorCode::Internal,
                   .message = "table was not prepared: " + batch.schema->name};
    }
    return kept(write_to(*table->second, batch));
  }

  Result<std::vector<TableCounts>> commit(const Checkpoint& checkpoint) override {
    CHECK(folder_.has_value());
    if (failure_) {
      return *failure_;
    }
    std::vector<TableCounts> counts;
    TRY(kept(commit_now(checkpoint, counts)));
    return counts;
  }

 private:
  Status connect() {
    auto configuration = TRY(read_partner_configuration(target_.configuration_file));
    calls_ = TRY(PartnerCalls::connect(target_.address, std::move(configuration), {}));
    return {};
  }

  // What an earlier run began to commit, and was cut off.
  Status catch_up() {
    const std::optional<PendingCommit> left = TRY(journal_->pending());
    if (left) {
      Status done = carry_out(*left);
      if (!done.ok()) {
        Error error = std::move(done).error();
        if (!is_retryable(error.code)) {
          TRY(journal_->abandon());
          error.message += "; it is given up, and the next run reads its rows again";
        }
        return std::move(error).while_doing("repeating the commit that an earlier run began");
      }
    }
    folder_->clear();
    return {};
  }

  Result<std::optional<PartnerTable>> stored(const std::string& table) {
    const auto found = TRY(calls_->describe(target_.schema, table));
    return found ? std::optional(table_of(*found)) : std::optional<PartnerTable>();
  }

  // After an error there is no going on, only a new destination from the last commit.
  Status kept(Status status) {
    if (!status.ok()) {
      failure_ = status.error();
      tables_.clear();
    }
    return status;
  }

  Status write_to(PartnerTableWriter& table, const Batch& batch) {
    std::erase(recent_, &table);
    recent_.insert(recent_.begin(), &table);
    TRY(table.write(batch));
    if (recent_.size() > kOpenTablesMax) {
      TRY(recent_.back()->close_files());
      recent_.pop_back();
    }
    return {};
  }

  Status commit_now(const Checkpoint& checkpoint, std::vector<TableCounts>& counts) {
    PendingCommit commit{.steps = {}, .checkpoint = checkpoint};
    const std::set<std::string> completed(checkpoint.completed_tables.begin(),
                                          checkpoint.completed_tables.end());
    for (const std::string& name : completed) {
      if (!tables_.contains(name)) {
        return Error{.code = ErrorCode::Internal, .message = "table was not prepared: " + name};
      }
    }
    recent_.clear();
    for (const auto& [name, table] : tables_) {
      TableCounts changed = TRY(table->finish(completed.contains(name), commit.steps));
      if (changed.rows_written > 0 || changed.rows_deleted > 0) {
        counts.push_back(std::move(changed));
      }
    }
    if (!commit.steps.empty()) {
      TRY(journal_->begin(commit));
    }
    return carry_out(commit);
  }

  Status carry_out(const PendingCommit& commit) {
    bool rows_sent = false;
    for (const PartnerStep& step : commit.steps) {
      rows_sent = rows_sent || changes_rows(step);
      const Status done = perform(step, *calls_);
      if (!done.ok()) {
        // What the server did with rows nobody knows, so the next run repeats these very calls.
        TRY(rows_sent || is_retryable(done.error().code) ? Status() : journal_->abandon());
        return done;
      }
    }
    fault_point(FaultPoint::RowsApplied);
    TRY(journal_->complete(commit.checkpoint));
    fault_point(FaultPoint::CommitPointPassed);
    for (const PartnerStep& step : commit.steps) {
      for (const std::string& file : step.files) {
        std::error_code ignored;  // It goes with the next run's first look at the folder.
        fs::remove(file, ignored);
      }
    }
    return {};
  }

  // Files of a commit that has to be repeated stay; all others were staged in vain.
  void keep_pending_files() {
    const auto left = journal_->pending();
    if (!left.ok()) {
      return;  // Nobody can say which: the next run can.
    }
    std::set<std::string> files;
    if (*left) {
      for (const PartnerStep& step : (*left)->steps) {
        files.insert(step.files.begin(), step.files.end());
      }
    }
    folder_->keep_only(files);
  }

  const PartnerDestinationOptions options_;
  const PartnerTarget target_;
  const std::string place_;
  std::unique_ptr<PartnerCalls> calls_;
  std::optional<CommitJournal> journal_;
  std::optional<BatchFolder> folder_;
  std::map<std::string, std::unique_ptr<PartnerTableWriter>> tables_;
  std::vector<PartnerTableWriter*> recent_;  // Those with open files, the last one used first.
  std::optional<Error> failure_;
};

}  // namespace

DestinationSpec partner_destination(PartnerDestinationOptions options) {
  CHECK(options.home != nullptr);
  if (options.clock == nullptr) {
    options.clock = system_clock();
  }
  return {"fivetran", "Tables behind a server of Fivetran's partner protocol",
          "fivetran:HOST:PORT[?schema=NAME&config=FILE&format=csv|parquet&compression=zstd|gzip|"
          "none&encryption=aes|none&files=DIR]",
          [options](const DestinationTarget& given) -> Result<std::unique_ptr<Destination>> {
            PartnerTarget target = TRY(parse_partner_target(given.text));
            return std::make_unique<PartnerDestination>(options, std::move(target));
          }};
}

}  // namespace tendril
