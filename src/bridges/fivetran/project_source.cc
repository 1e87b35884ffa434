#include "bridges/fivetran/project_source.h"

#include <atomic>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "bridges/fivetran/project_settings.h"
#include "bridges/fivetran/project_tables.h"
#include "bridges/fivetran/uploaded_file.h"
#include "connector/feed_reader.h"

namespace tendril {
namespace {

constexpr const char* kFeed = "connector";

// What came from a project's processes so far.
using ReceivedBytes = std::atomic<std::int64_t>;

// What a connector says, in the log of the run.
class ProjectLog final : public ProjectObserver {
 public:
  ProjectLog(Log& log, ReceivedBytes& received) : log_(log), received_(received) {}

  void message(ProjectOrigin, ProjectLevel level, std::string_view text) override {
    received_ += static_cast<std::int64_t>(text.size());
    const LogFields fields = {{"text", text}};
    switch (level) {
      case ProjectLevel::Debug:
      case ProjectLevel::Fine: log_.debug("connector said", fields); break;
      case ProjectLevel::Info: log_.info("connector said", fields); break;
      case ProjectLevel::Warning: log_.warning("connector said", fields); break;
      case ProjectLevel::Error:
      case ProjectLevel::Severe:
      case ProjectLevel::Critical: log_.error("connector said", fields); break;
    }
  }
  // What happens to tables is told by whoever writes them.
  void schema_changed(const std::string&) override {}
  void table_created(const std::string&) override {}
  void table_truncated(const std::string&) override {}
  void checkpoint_recorded(const std::string&) override {}
  void final_checkpoint() override {}

 private:
  Log& log_;
  ReceivedBytes& received_;
};

ProjectRules rules_of(const ProjectSourceOptions& options, Log& log) {
  return {.naming = options.naming, .json_as_text = false, .warn = [&log](const std::string& text) {
            log.warning("rows of the connector were changed", {{"text", text}});
          }};
}

// Takes what a connector says of itself, without running update().
class ProjectDescription final : public ProjectListener {
 public:
  explicit ProjectDescription(ProjectRules rules) : rules_(std::move(rules)), tables_(rules_) {}

  Status schema(const std::optional<std::vector<DeclaredTable>>& tables) override {
    TRY(tables_.declare(tables.value_or(std::vector<DeclaredTable>())));
    for (const DeclaredTable& table : tables.value_or(std::vector<DeclaredTable>())) {
      const std::string name = warehouse_table(table.name, rules_.naming);
      catalog_.streams.push_back({.schema = tables_.named(name).schema(), .incremental = true});
    }
    return {};
  }
  Status rows(const RowsFrame&) override { return {}; }
  Status checkpoint(std::string_view) override { return {}; }
  Status file(const FilePartFrame&) override { return {}; }
  void note(bool, const std::string&) override {}
  Status answer(Value answer) override {
    tests_ = std::move(answer);
    return {};
  }

  Catalog& catalog() { return catalog_; }

  // Errors: InvalidConfig naming each test that failed, and why.
  Status tested() const {
    std::string failed;
    const List* const tests = tests_.as_list();
    for (const Value& test : tests == nullptr ? List() : *tests) {
      const Value* const succeeded = test.find("succeeded");
      const Value* const label = test.find("label");
      const Value* const message = test.find("message");
      if (succeeded != nullptr && *succeeded == Value(true)) {
        continue;
      }
      failed += fmt::format(
          "{}{}: {}", failed.empty() ? "" : "; ",
          label != nullptr && label->is_string() ? *label->as_string() : "a test",
          message != nullptr && message->is_string() ? *message->as_string() : "it failed");
    }
    return failed.empty() ? Status()
                          : Status(Error{.code = ErrorCode::InvalidConfig,
                                         .message = "the connection does not work: " + failed});
  }

 private:
  const ProjectRules rules_;
  ProjectTables tables_;
  Catalog catalog_{.streams = {}, .feed = FeedInfo{.name = kFeed, .tables_may_come = true}};
  Value tests_;  // Null: there is no form.
};

// What the readers of a source share; all of it outlives them.
struct ProjectHost {
  const ProjectSourceOptions& options;
  Log& log;
  ReceivedBytes& received;
};

// One run of update(), on its way to the engine.
class ProjectFeed final : public ProjectListener {
 public:
  ProjectFeed(const ProjectHost& host, Value state, SliceSink& sink)
      : tables_(rules_of(host.options, host.log)),
        uploads_(host.options.uploads),
        received_(host.received),
        state_(std::move(state)),
        sink_(sink) {}

  const Value& state() const { return state_; }

  void received(std::size_t bytes) override { received_ += static_cast<std::int64_t>(bytes); }

  Status schema(const std::optional<std::vector<DeclaredTable>>& tables) override {
    return tables_.declare(tables.value_or(std::vector<DeclaredTable>()));
  }

  Status rows(const RowsFrame& frame) override {
    ProjectTable& table = tables_.spelt(frame.table);
    if (frame.operation == RowOperation::Truncate) {
      return sink_.write({.operation = Operation::Truncate,
                          .schema = std::make_shared<const TableSchema>(table.schema()),
                          .rows = nullptr});
    }
    std::vector<Batch> batches = TRY(table.take(frame));
    for (Batch& batch : batches) {
      TRY(sink_.write(std::move(batch)));
    }
    return {};
  }

  Status checkpoint(std::string_view state) override {
    state_ = TRY(parse_project_state(state, "op.checkpoint()"));
    return sink_.checkpoint(state_);
  }

  Status file(const FilePartFrame& part) override {
    TRY(uploads_.take(part));
    return {};
  }

  void note(bool, const std::string&) override {}
  Status answer(Value) override { return {}; }

 private:
  ProjectTables tables_;
  UploadedFiles uploads_;
  ReceivedBytes& received_;
  Value state_;  // Of the last checkpoint.
  SliceSink& sink_;
};

class ProjectReader final : public FeedReader {
 public:
  ProjectReader(const ProjectHost& host, Value state)
      : FeedReader(state.is_null() ? Value(Map()) : std::move(state)), host_(host) {}

 protected:
  Result<Value> feed(const Value& state, SliceSink& sink, std::stop_token stop) override {
    ProjectLog observer(host_.log, host_.received);
    ProjectFeed rows(host_, state, sink);
    TRY(run_project_process(
        host_.options.process,
        {.verb = "update", .configuration = host_.options.configuration, .state = state}, rows,
        observer, stop));
    return rows.state();
  }

 private:
  const ProjectHost& host_;
};

class ProjectSource final : public Source {
 public:
  ProjectSource(ProjectSourceOptions options, Log& log) : options_(std::move(options)), log_(log) {}

  Status check(std::stop_token stop) override {
    ProjectDescription description(rules_of(options_, log_));
    TRY(ask("describe", description, stop));
    TRY(description.tested());
    keep(std::move(description.catalog()));
    return {};
  }

  Result<Catalog> discover(std::stop_token stop) override {
    {
      const std::lock_guard lock(mutex_);
      if (catalog_.has_value()) {
        return *catalog_;
      }
    }
    ProjectDescription description(rules_of(options_, log_));
    TRY(ask("schema", description, stop));
    keep(description.catalog());
    return std::move(description.catalog());
  }

  Result<std::unique_ptr<StreamReader>> open(const StreamRequest& request,
                                             std::stop_token) override {
    if (request.stream != kFeed) {
      return Error{.code = ErrorCode::NotFound,
                   .message = "stream does not exist: " + request.stream};
    }
    return std::make_unique<ProjectReader>(host_, request.state);
  }

  std::optional<int> concurrency_max() const override { return 1; }

  // Whatever comes from the connector shows that it is alive.
  SourceCounters counters() const override { return {.bytes_received = received_}; }

 private:
  Status ask(const std::string& verb, ProjectListener& listener, const std::stop_token& stop) {
    ProjectLog observer(log_, received_);
    return run_project_process(options_.process,
                               {.verb = verb, .configuration = options_.configuration}, listener,
                               observer, stop);
  }

  void keep(Catalog catalog) {
    const std::lock_guard lock(mutex_);
    catalog_ = std::move(catalog);
  }

  const ProjectSourceOptions options_;
  Log& log_;
  ReceivedBytes received_ = 0;
  const ProjectHost host_{options_, log_, received_};
  std::mutex mutex_;
  std::optional<Catalog> catalog_;  // Guarded by mutex_.
};

}  // namespace

std::unique_ptr<Source> project_source(ProjectSourceOptions options, Log& log) {
  return std::make_unique<ProjectSource>(std::move(options), log);
}

}  // namespace tendril
