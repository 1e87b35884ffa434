#include "bridges/fivetran/project_run.h"

#include <algorithm>
#include <exception>
#include <future>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include "bridges/fivetran/operation_dump.h"
#include "bridges/fivetran/project_tables.h"
#include "bridges/fivetran/uploaded_file.h"
#include "core/bounded_queue.h"
#include "core/byte_budget.h"

namespace tendril {
namespace {

constexpr std::size_t kQueueItems = 256;
// What a small event counts in the queue's budget.
constexpr std::size_t kEventBytes = 512;

// The thread that writes, and the way to it.
class WritingThread {
 public:
  WritingThread(WarehouseHost& host, std::size_t bytes_max)
      : budget_(bytes_max),
        queue_(kQueueItems, budget_),
        writer_(host),
        thread_([this] { run(); }) {}

  ~WritingThread() { queue_.close(); }

  // Errors: what ended the writing; Cancelled.
  Status push(ProjectEvent event, std::size_t bytes, const std::stop_token& stop) {
    if (std::holds_alternative<CheckpointReached>(event)) {
      writer_.announce_checkpoint();
    }
    if (queue_.push(std::move(event), bytes, stop)) {
      return {};
    }
    return stop.stop_requested() && !failed()
               ? Status(Error{.code = ErrorCode::Cancelled, .message = "stopped"})
               : finish();
  }

  // Lets it write what it has, up to the last checkpoint at least. Errors: what ended it before.
  Status finish() {
    queue_.close();
    if (thread_.joinable()) {
      thread_.join();
    }
    return failure_ ? Status(*failure_) : Status();
  }

  std::int64_t schema_changes() const { return writer_.schema_changes(); }

  // REQUIRES: finish() has returned.
  void tell_times(RunMoments& moments) const {
    moments.writing = writing_;
    moments.committing = committing_;
    moments.idle = idle_;
  }

 private:
  bool failed() {
    const std::lock_guard lock(mutex_);
    return failure_.has_value();
  }

  void run() {
    TimeSpent before = TimeSpent::so_far();
    while (auto item = queue_.pop({})) {
      const TimeSpent popped = TimeSpent::so_far();
      idle_ += popped - before;
      const bool is_batch = std::holds_alternative<Batch>(item->value);
      const Status done = carry_out(std::move(item->value));
      before = TimeSpent::so_far();
      (is_batch ? writing_ : committing_) += before - popped;
      if (!done.ok()) {
        const std::lock_guard lock(mutex_);
        failure_ = done.error();
        break;
      }
    }
    queue_.close();
    while (queue_.pop({})) {  // Gives what is left back to the budget, so that nobody waits for it.
    }
  }

  Status carry_out(ProjectEvent event) {
    try {
      return writer_.carry_out(std::move(event));
    } catch (const std::exception& unexpected) {
      return Error{.code = ErrorCode::Internal, .message = unexpected.what()};
    }
  }

  ByteBudget budget_;
  BoundedQueue<ProjectEvent> queue_;
  ProjectWriter writer_;
  std::mutex mutex_;
  std::optional<Error> failure_;  // Guarded by mutex_ while the thread runs.
  TimeSpent writing_;             // The thread's own until it has ended, as all times.
  TimeSpent committing_;
  TimeSpent idle_;
  std::jthread thread_;  // Last: joined before the rest goes.
};

// Reads what a connector sends and brings it on its way to the warehouse.
class ProjectReading final : public ProjectListener {
 public:
  ProjectReading(const ProjectSync& sync, WarehouseHost& host, ProjectReport& report,
                 std::stop_token stop)
      : sync_(sync),
        host_(host),
        report_(report),
        counts_(report.counts),
        stop_(std::move(stop)),
        uploads_(sync.uploads),
        tables_({.naming = sync.naming,
                 .warn =
                     [&host](const std::string& warning) {
                       host.observer.message(ProjectOrigin::Debugger, ProjectLevel::Warning,
                                             warning);
                     }}),
        writing_(host, sync.queue_bytes_max) {}

  Status run() {
    if (!sync_.dump_file.empty()) {
      OperationDump dump = TRY(OperationDump::open(sync_.dump_file));
      dump_.emplace(std::move(dump));
    }
    moments_.began = TimeSpent::so_far().wall;
    const Status read = read_all();
    // Whatever happened, what a checkpoint covers becomes durable.
    const Status written = writing_.finish();
    counts_.schema_changes = writing_.schema_changes();
    if ((!written.ok() || !read.ok()) && counts_.truncates > 0) {
      host_.observer.message(ProjectOrigin::Debugger, ProjectLevel::Warning,
                             "truncate() marks no row as deleted, since the sync failed: call it "
                             "again in the next one");
    }
    report_.tables = tables_.summaries();
    if (sync_.profile) {
      moments_.ended = TimeSpent::so_far().wall;
      writing_.tell_times(moments_);
      report_.profile = profile_of(moments_, told_);
    }
    const Status dumped = dump_ ? dump_->finish() : Status();
    TRY(written);
    TRY(read);
    return dumped;
  }

  Status schema(const std::optional<std::vector<DeclaredTable>>& tables) override {
    if (dump_) {
      dump_->schema(tables ? &*tables : nullptr);
    }
    TRY(tables_.declare(tables.value_or(std::vector<DeclaredTable>())));
    return apply_schema();
  }

  Status rows(const RowsFrame& frame) override {
    const TimeSpent before = TimeSpent::so_far();
    const TimeSpent queued = moments_.queueing;
    const Status taken = take_rows(frame);
    moments_.reading += (TimeSpent::so_far() - before) - (moments_.queueing - queued);
    return taken;
  }

  Status checkpoint(std::string_view state) override {
    if (dump_) {
      dump_->checkpoint(state);
    }
    ++counts_.checkpoints;
    TRY(push(CheckpointReached{std::string(state)}, state.size() + kEventBytes));
    if (counts_.checkpoints == sync_.kill_after_checkpoints) {
      report_.killed = true;
      return Error{.code = ErrorCode::Cancelled, .message = "killed after a checkpoint"};
    }
    return {};
  }

  Status profile(Value told) override {
    told_ = std::move(told);
    return {};
  }

  Status file(const FilePartFrame& part) override {
    const std::optional<UploadedFile> file = TRY(uploads_.take(part));
    if (file) {
      ++counts_.file_uploads;
      if (dump_) {
        dump_->file(file->path, file->bytes, file->sha256);
      }
    }
    return {};
  }

  void note(bool is_warning, const std::string& text) override {
    if (dump_) {
      dump_->message(is_warning ? "warning" : "task", text);
    }
  }

  Status answer(Value) override { return {}; }

 private:
  Status take_rows(const RowsFrame& frame) {
    if (dump_) {
      dump_->rows(frame);
    }
    count(frame);
    ProjectTable& table = tables_.spelt(frame.table);
    std::vector<Batch> batches = TRY(table.take(frame));
    if (begin(table, frame.operation == RowOperation::Upsert)) {
      TRY(push(TableBegun{.plan = plan_of(table), .column_order = table.column_order()}));
    }
    if (frame.operation == RowOperation::Truncate) {
      return push(TableTruncated{table.name()});
    }
    for (Batch& batch : batches) {
      const std::size_t bytes = batch.bytes() + kEventBytes;
      TRY(push(std::move(batch), bytes));
    }
    return {};
  }

  Status read_all() {
    const Status sent = run_project_process(sync_.process,
                                            {.verb = "update",
                                             .configuration = sync_.configuration,
                                             .state = sync_.state,
                                             .ordered = dump_.has_value(),
                                             .profile = sync_.profile,
                                             .exchanges = sync_.exchanges},
                                            *this, host_.observer, stop_);
    moments_.process_ended = TimeSpent::so_far().wall;
    TRY(sent);
    return push(ProjectDone{});
  }

  Status push(ProjectEvent event, std::size_t bytes = kEventBytes) {
    const TimeSpent before = TimeSpent::so_far();
    const Status pushed = writing_.push(std::move(event), bytes, stop_);
    moments_.queueing += TimeSpent::so_far() - before;
    return pushed;
  }

  // Waits until the warehouse has, and agrees with, what is declared: before update() runs.
  Status apply_schema() {
    SchemaDeclared schema;
    for (const auto& [name, declared] : tables_.declared()) {
      const bool has_columns =
          std::any_of(declared.columns.begin(), declared.columns.end(),
                      [](const Column& column) { return column.type.kind != TypeKind::Unknown; });
      const bool has_types =
          std::all_of(declared.columns.begin(), declared.columns.end(),
                      [](const Column& column) { return column.type.kind != TypeKind::Unknown; });
      const bool complete = has_columns && has_types;
      (complete ? schema.complete : schema.others).push_back(name);
      begin(tables_.named(name), complete);
      TRY(push(TableBegun{.plan = plan_of(tables_.named(name)),
                          .column_order = tables_.named(name).column_order()}));
    }
    schema.applied = std::make_shared<std::promise<void>>();
    std::future<void> applied = schema.applied->get_future();
    TRY(push(std::move(schema)));
    try {
      applied.get();
    } catch (const std::future_error&) {  // A writer that fails breaks the promise.
      TRY(writing_.finish());
      return Error{.code = ErrorCode::Cancelled, .message = "stopped"};
    }
    return {};
  }

  static TablePlan plan_of(const ProjectTable& table) {
    return {.schema = table.schema(), .mode = WriteMode::Merge};
  }

  // Returns whether the writer has yet to learn of the table, or of how to make it.
  bool begin(const ProjectTable& table, bool make) {
    const bool is_new = begun_.insert(table.name()).second;
    return (make && made_.insert(table.name()).second) || is_new;
  }

  void count(const RowsFrame& frame) {
    const auto rows = static_cast<std::int64_t>(frame.rows);
    switch (frame.operation) {
      case RowOperation::Upsert: counts_.upserts += rows; break;
      case RowOperation::Update: counts_.updates += rows; break;
      case RowOperation::Delete: counts_.deletes += rows; break;
      case RowOperation::Truncate: ++counts_.truncates; break;
    }
  }

  const ProjectSync& sync_;
  WarehouseHost& host_;
  ProjectReport& report_;
  ProjectCounts& counts_;
  RunMoments moments_;
  Value told_;  // By the process, of its time.
  const std::stop_token stop_;
  UploadedFiles uploads_;
  std::optional<OperationDump> dump_;
  ProjectTables tables_;
  std::set<std::string> begun_;
  std::set<std::string> made_;
  WritingThread writing_;  // Last: ends first.
};

// Takes the answer to a question.
class ProjectAsking final : public ProjectListener {
 public:
  Status schema(const std::optional<std::vector<DeclaredTable>>&) override { return {}; }
  Status rows(const RowsFrame&) override { return {}; }
  Status checkpoint(std::string_view) override { return {}; }
  Status file(const FilePartFrame&) override { return {}; }
  void note(bool, const std::string&) override {}
  Status answer(Value answer) override {
    answer_ = std::move(answer);
    return {};
  }

  std::optional<Value>& answer() { return answer_; }

 private:
  std::optional<Value> answer_;
};

}  // namespace

Status run_project(const ProjectSync& sync, WarehouseHost& host, ProjectReport& report,
                   std::stop_token stop) {
  return ProjectReading(sync, host, report, std::move(stop)).run();
}

Result<Value> ask_project(const ProjectProcess& process, ProjectQuestion question,
                          const Value& configuration, ProjectObserver& observer,
                          std::stop_token stop) {
  const std::string verb = question == ProjectQuestion::Form ? "form" : "test";
  ProjectAsking asking;
  TRY(run_project_process(process, {.verb = verb, .configuration = configuration}, asking, observer,
                          stop));
  if (!asking.answer()) {
    return Error{.code = ErrorCode::System, .message = "the connector's process gave no answer"};
  }
  return std::move(*asking.answer());
}

}  // namespace tendril
