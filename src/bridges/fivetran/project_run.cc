#include "bridges/fivetran/project_run.h"

#include <algorithm>
#include <exception>
#include <future>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <thread>

#include <fmt/format.h>

#include "bridges/fivetran/declared_table.h"
#include "bridges/fivetran/operation_dump.h"
#include "bridges/fivetran/project_table.h"
#include "bridges/fivetran/python_host.h"
#include "bridges/fivetran/uploaded_file.h"
#include "core/bounded_queue.h"
#include "core/byte_budget.h"
#include "data/json.h"

namespace tendril {
namespace {

constexpr std::size_t kQueueItems = 256;
// What a small event counts in the queue's budget.
constexpr std::size_t kEventBytes = 512;

ProjectLevel level_of(int number) {
  const int least = static_cast<int>(ProjectLevel::Debug);
  const int most = static_cast<int>(ProjectLevel::Critical);
  return static_cast<ProjectLevel>(std::clamp(number, least, most));
}

std::string order_of(const std::string& verb, const ProjectProcess& process,
                     const Value& configuration, const Value& state, bool ordered) {
  return to_json(Map{{"do", verb},
                     {"project", process.project.string()},
                     {"configuration", configuration},
                     {"state", state},
                     {"ordered", ordered}});
}

Result<std::unique_ptr<PythonHost>> start_python(const ProjectProcess& process, std::string order,
                                                 ProjectObserver& observer) {
  return PythonHost::start(
      {.python = process.python,
       .package = process.package,
       .project = process.project,
       .environment = process.environment,
       .order = std::move(order),
       .memory_bytes_max = process.memory_bytes_max},
      [&observer](ProjectOutput output, std::string_view line) {
        observer.message(ProjectOrigin::Connector,
                         output == ProjectOutput::Out ? ProjectLevel::Info : ProjectLevel::Warning,
                         line);
      });
}

// What a text frame of "message" and "trace" says, for people.
Result<std::string> told_by(std::string_view payload) {
  const Value value = TRY(parse_json(payload));
  const Value* const message = value.find("message");
  const Value* const trace = value.find("trace");
  std::string text = message != nullptr && message->is_string() ? *message->as_string() : "";
  if (trace != nullptr && trace->is_string() && !trace->as_string()->empty()) {
    text += "\n" + *trace->as_string();
  }
  return text;
}

// The first line of what a connector failed by is the error; the rest goes to the log.
Error failure_of(const std::string& told, ProjectObserver& observer) {
  const std::size_t end = told.find('\n');
  if (end != std::string::npos) {
    observer.message(ProjectOrigin::Connector, ProjectLevel::Error, told.substr(end + 1));
  }
  return {.code = ErrorCode::BadData, .message = told.substr(0, end)};
}

// The frames that every order may be answered with. Returns false for others.
Result<bool> take_common(const RawFrame& frame, ProjectObserver& observer) {
  if (frame.kind != FrameKind::LogLine) {
    return false;
  }
  const LogFrame line = TRY(parse_log(frame.payload));
  observer.message(ProjectOrigin::Connector, level_of(line.level), line.text);
  return true;
}

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

 private:
  bool failed() {
    const std::lock_guard lock(mutex_);
    return failure_.has_value();
  }

  void run() {
    while (auto item = queue_.pop({})) {
      const Status done = carry_out(std::move(item->value));
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
  std::jthread thread_;           // Last: joined before the rest goes.
};

// Reads what a connector sends and brings it on its way to the warehouse.
class ProjectReading {
 public:
  ProjectReading(const ProjectSync& sync, WarehouseHost& host, ProjectCounts& counts,
                 std::stop_token stop)
      : sync_(sync),
        host_(host),
        counts_(counts),
        stop_(std::move(stop)),
        uploads_(sync.uploads),
        writing_(host, sync.queue_bytes_max) {}

  Status run() {
    if (!sync_.dump_file.empty()) {
      OperationDump dump = TRY(OperationDump::open(sync_.dump_file));
      dump_.emplace(std::move(dump));
    }
    const Status read = read_all();
    // Whatever happened, what a checkpoint covers becomes durable.
    const Status written = writing_.finish();
    counts_.schema_changes = writing_.schema_changes();
    if ((!written.ok() || !read.ok()) && counts_.truncates > 0) {
      host_.observer.message(ProjectOrigin::Debugger, ProjectLevel::Warning,
                             "truncate() marks no row as deleted, since the sync failed: call it "
                             "again in the next one");
    }
    const Status dumped = dump_ ? dump_->finish() : Status();
    TRY(written);
    TRY(read);
    return dumped;
  }

 private:
  Status read_all() {
    python_ = TRY(start_python(
        sync_.process,
        order_of("update", sync_.process, sync_.configuration, sync_.state, dump_.has_value()),
        host_.observer));
    for (;;) {
      const std::optional<RawFrame> frame = TRY(python_->next_frame(stop_));
      if (!frame) {
        break;
      }
      TRY(take(*frame));
      if (done_ || failure_) {
        break;
      }
    }
    const std::string ending = python_->wait();
    if (failure_) {
      return *failure_;
    }
    if (!done_) {
      return Error{.code = ErrorCode::System,
                   .message = "the connector's process " +
                              (ending.empty() ? "ended with status 0" : ending) +
                              " before update() had returned"};
    }
    return push(ProjectDone{});
  }

  Status push(ProjectEvent event, std::size_t bytes = kEventBytes) {
    return writing_.push(std::move(event), bytes, stop_);
  }

  Status take(const RawFrame& frame) {
    const bool taken = TRY(take_common(frame, host_.observer));
    if (taken) {
      return {};
    }
    switch (frame.kind) {
      case FrameKind::Schema: return take_schema(frame.payload);
      case FrameKind::Rows: return take_rows(frame.payload);
      case FrameKind::Checkpoint: return take_checkpoint(frame.payload);
      case FrameKind::FilePart: return take_file(frame.payload);
      case FrameKind::Warning:
      case FrameKind::Task: return take_note(frame);
      case FrameKind::Failure: {
        const std::string told = TRY(told_by(frame.payload));
        failure_ = failure_of(told, host_.observer);
        return {};
      }
      case FrameKind::Done: done_ = true; return {};
      case FrameKind::LogLine:
      case FrameKind::Answer: break;
    }
    return {};
  }

  Status take_schema(std::string_view payload) {
    const auto tables = TRY(parse_declared_tables(payload));
    if (dump_) {
      dump_->schema(tables ? &*tables : nullptr);
    }
    for (const DeclaredTable& table : tables.value_or(std::vector<DeclaredTable>())) {
      TableSchema schema = TRY(warehouse_schema(table, sync_.naming));
      const std::string name = known_name(schema.name);
      const auto [known, is_new] = declared_.emplace(name, std::move(schema));
      if (!is_new) {
        return Error{.code = ErrorCode::InvalidConfig,
                     .message = fmt::format("tables {} and {} of schema() both become {}: {}",
                                            spelt_[name], table.name, name, way_out("rename one"))};
      }
      spelt_[name] = table.name;
    }
    TRY(apply_schema());
    python_->order("go");
    return {};
  }

  // Waits until the warehouse has, and agrees with, what is declared: before update() runs.
  Status apply_schema() {
    SchemaDeclared schema;
    for (const auto& [name, declared] : declared_) {
      const bool has_columns =
          std::any_of(declared.columns.begin(), declared.columns.end(),
                      [](const Column& column) { return column.type.kind != TypeKind::Unknown; });
      const bool has_types =
          std::all_of(declared.columns.begin(), declared.columns.end(),
                      [](const Column& column) { return column.type.kind != TypeKind::Unknown; });
      const bool complete = has_columns && has_types;
      (complete ? schema.complete : schema.others).push_back(name);
      begin(table_named(name), complete);
      TRY(push(TableBegun{.plan = plan_of(table_named(name)),
                          .column_order = table_named(name).column_order()}));
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

  // The spelling in which the warehouse has a table: it takes capitals for no difference.
  std::string known_name(const std::string& name) {
    return folded_.try_emplace(folded_name(name), name).first->second;
  }

  std::string way_out(const std::string& first) const {
    return sync_.naming == ProjectNaming::Fivetran ? first + ", or use --naming SOURCE" : first;
  }

  ProjectTable& table_of(std::string_view spelling) {
    const std::string name = known_name(warehouse_table(spelling, sync_.naming));
    const auto [spelt, is_new] = spelt_.try_emplace(name, spelling);
    if (spelt->second != spelling && merged_.emplace(name, spelling).second) {
      host_.observer.message(ProjectOrigin::Debugger, ProjectLevel::Warning,
                             fmt::format("tables {} and {} are one, {}: {}", spelt->second,
                                         spelling, name, way_out("spell it the same everywhere")));
    }
    return table_named(name);
  }

  ProjectTable& table_named(const std::string& name) {
    const auto found = tables_.find(name);
    if (found != tables_.end()) {
      return found->second;
    }
    const auto declared = declared_.find(name);
    TableSchema schema = declared == declared_.end() ? TableSchema{name, {}} : declared->second;
    ProjectRules rules{.naming = sync_.naming, .warn = [this](const std::string& warning) {
                         host_.observer.message(ProjectOrigin::Debugger, ProjectLevel::Warning,
                                                warning);
                       }};
    return tables_.emplace(name, ProjectTable(std::move(schema), std::move(rules))).first->second;
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

  Status take_rows(std::string_view payload) {
    const RowsFrame frame = TRY(parse_rows(payload));
    if (dump_) {
      dump_->rows(frame);
    }
    count(frame);
    ProjectTable& table = table_of(frame.table);
    std::vector<Batch> batches;
    if (frame.operation != RowOperation::Truncate) {
      batches = TRY(table.take(frame));
    }
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

  Status take_checkpoint(std::string_view payload) {
    if (dump_) {
      dump_->checkpoint(payload);
    }
    ++counts_.checkpoints;
    return push(CheckpointReached{std::string(payload)}, payload.size() + kEventBytes);
  }

  Status take_file(std::string_view payload) {
    const FilePartFrame part = TRY(parse_file_part(payload));
    const std::optional<UploadedFile> file = TRY(uploads_.take(part));
    if (file) {
      ++counts_.file_uploads;
      if (dump_) {
        dump_->file(file->path, file->bytes, file->sha256);
      }
    }
    return {};
  }

  Status take_note(const RawFrame& frame) {
    const std::string told = TRY(told_by(frame.payload));
    const bool is_warning = frame.kind == FrameKind::Warning;
    if (dump_) {
      dump_->message(is_warning ? "warning" : "task", told);
    }
    host_.observer.message(ProjectOrigin::Connector,
                           is_warning ? ProjectLevel::Warning : ProjectLevel::Error, told);
    if (!is_warning) {
      // A task is what the user has to do before a sync can go on.
      failure_ = Error{.code = ErrorCode::BadData, .message = told.substr(0, told.find('\n'))};
    }
    return {};
  }

  const ProjectSync& sync_;
  WarehouseHost& host_;
  ProjectCounts& counts_;
  const std::stop_token stop_;
  UploadedFiles uploads_;
  std::optional<OperationDump> dump_;
  std::map<std::string, TableSchema> declared_;  // By the names in the warehouse.
  std::map<std::string, std::string> spelt_;
  std::map<std::string, std::string> folded_;  // To the names of spelt_.
  std::map<std::string, ProjectTable> tables_;
  std::set<std::pair<std::string, std::string>> merged_;  // Told of.
  std::set<std::string> begun_;
  std::set<std::string> made_;
  std::optional<Error> failure_;
  bool done_ = false;
  WritingThread writing_;
  std::unique_ptr<PythonHost> python_;  // Last: ends first.
};

}  // namespace

Status run_project(const ProjectSync& sync, WarehouseHost& host, ProjectCounts& counts,
                   std::stop_token stop) {
  return ProjectReading(sync, host, counts, std::move(stop)).run();
}

Result<Value> ask_project(const ProjectProcess& process, ProjectQuestion question,
                          const Value& configuration, ProjectObserver& observer,
                          std::stop_token stop) {
  const std::string verb = question == ProjectQuestion::Form ? "form" : "test";
  const auto python =
      TRY(start_python(process, order_of(verb, process, configuration, Map(), false), observer));
  std::optional<Value> answer;
  for (;;) {
    const std::optional<RawFrame> frame = TRY(python->next_frame(stop));
    if (!frame || frame->kind == FrameKind::Done) {
      break;
    }
    if (frame->kind == FrameKind::Failure) {
      const std::string told = TRY(told_by(frame->payload));
      return failure_of(told, observer);
    }
    if (frame->kind == FrameKind::Answer) {
      Value value = TRY(parse_json(frame->payload));
      answer = std::move(value);
      continue;
    }
    TRY(take_common(*frame, observer));
  }
  const std::string ending = python->wait();
  if (!answer) {
    return Error{.code = ErrorCode::System,
                 .message = "the connector's process " +
                            (ending.empty() ? "ended without an answer" : ending)};
  }
  return std::move(*answer);
}

}  // namespace tendril
