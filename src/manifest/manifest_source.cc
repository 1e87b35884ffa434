#include "manifest/manifest_source.h"

#include <algorithm>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "manifest/api_budget.h"
#include "manifest/async_job_limit.h"
#include "manifest/client_pool.h"
#include "manifest/concurrency_level.h"
#include "manifest/connection_check.h"
#include "manifest/declarative_reader.h"
#include "manifest/environment.h"
#include "manifest/node_edit.h"
#include "manifest/parent_names.h"
#include "manifest/stream_choice.h"
#include "manifest/stream_set.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

// The name of the first parent stream, or "".
std::string parent_of(const Node& stream) {
  const Node* node = stream.find("retriever");
  node = node == nullptr ? nullptr : node->find("partition_router");
  if (node == nullptr) {
    return {};
  }
  const Node* router = node;
  for (const Node& item : node->items) {
    router = item.find("parent_stream_configs") != nullptr ? &item : router;
  }
  if (const Node* underlying = router->find("underlying_partition_router")) {
    router = underlying;
  }
  const Node* configs = router->find("parent_stream_configs");
  if (configs == nullptr || configs->items.empty()) {
    return {};
  }
  const Node* parent = configs->items.front().find("stream");
  const Node* name = parent == nullptr ? nullptr : parent->find("name");
  const std::string* text = name == nullptr ? nullptr : name->scalar.as_string();
  return text == nullptr ? std::string() : *text;
}

bool lets_choose_cursor(const Node& cursor) {
  const Node* allows = cursor.find("allow_catalog_defined_cursor_field");
  return allows != nullptr && allows->scalar == Value(true);
}

// Where the manifest lets the user choose the cursor's field, it becomes `field`.
void choose_cursor_field(Node& stream, const std::string& field) {
  for (const char* part : {"full_refresh_stream", "incremental_stream"}) {
    if (Node* below = stream.find(part)) {
      choose_cursor_field(*below, field);
    }
  }
  Node* cursor = stream.find("incremental_sync");
  for (Node* below = cursor; below != nullptr; below = below->find("cursor")) {
    cursor = below;  // Inside those that only cut windows.
  }
  if (cursor != nullptr && lets_choose_cursor(*cursor)) {
    set_member(*cursor, "cursor_field", to_node(Value(field), cursor->position));
  }
}

// What of a source may go on at the same time.
struct SourceLimits {
  std::int64_t jobs_max = 1;
  std::optional<int> slices_max = std::nullopt;
};

Result<SourceLimits> limits_of(const ManifestDocument& document, const Value& config,
                               const Clock& clock) {
  SourceLimits limits;
  const std::optional<double> jobs =
      TRY(evaluate_number(document.settings, "max_concurrent_async_job_count", config, clock));
  limits.jobs_max = static_cast<std::int64_t>(std::clamp(jobs.value_or(1), 1.0, 1e6));
  if (document.concurrency_level) {
    limits.slices_max = TRY(concurrency_level(*document.concurrency_level, config, clock));
  }
  return limits;
}

class ManifestSource final : public Source {
 public:
  ManifestSource(ManifestDocument document, Value config, ManifestRuntime runtime, ConfigSaver save,
                 SourceLimits limits)
      : document_(std::move(document)),
        config_(std::move(config)),
        runtime_(runtime),
        save_(std::move(save)),
        clients_(AuthenticationContext{config_, runtime.transport, runtime.clock, runtime.redactor,
                                       save_},
                 runtime.log, runtime.waits == nullptr ? runtime.clock : *runtime.waits,
                 runtime.sharing),
        limits_(limits),
        job_limit_(limits.jobs_max),
        environment_{config_,  runtime.clock, runtime.log,
                     clients_, &job_limit_,   runtime.files_directory},
        streams_(document_, environment_) {}

  void set_budget(std::unique_ptr<CallBudget> budget) { clients_.set_budget(std::move(budget)); }

  Status check(std::stop_token stop) override {
    if (document_.check.find("config_overrides") == nullptr) {
      return check_connection(document_.check, streams_, environment_, stop);
    }
    if (document_.renews_config) {
      return document_.check.error(
          "config_overrides would be stored with the tokens that an authenticator renews");
    }
    Value config = TRY(config_for_check(document_.check, config_));
    for (const Secret& secret : document_.spec.secrets_of(config)) {
      runtime_.redactor.add(secret);
    }
    ManifestSource overridden(document_, std::move(config), runtime_, save_, limits_);
    return check_connection(document_.check, overridden.streams_, overridden.environment_, stop);
  }

  Result<Catalog> discover(std::stop_token stop) override {
    Catalog catalog;
    const auto streams = TRY(streams_.all(stop));
    for (const ManifestStream* stream : streams) {
      StreamInfo info = TRY(describe(*stream, stop));
      catalog.streams.push_back(std::move(info));
    }
    return catalog;
  }

  Result<std::unique_ptr<StreamReader>> open(const StreamRequest& request,
                                             std::stop_token stop) override {
    begin(request.stream);
    const ManifestStream* stream = TRY(streams_.find(request.stream, stop));
    if (stream == nullptr) {
      return Error{ErrorCode::NotFound, "stream does not exist: " + request.stream};
    }
    Node node = stream->node;
    if (!request.cursor_field.empty()) {
      choose_cursor_field(node, request.cursor_field);
    }
    const StreamChoice choice = TRY(StreamChoice::compile(node, environment_));
    TableSchema schema = TRY(streams_.table(*stream, stop));
    return declarative_reader(choice, std::move(schema), environment_, request);
  }

  std::optional<int> concurrency_max() const override { return limits_.slices_max; }

  SourceCounters counters() const override { return clients_.counters(); }

 private:
  // Answers are kept for one run; a stream that is read once more begins another.
  void begin(const std::string& stream) {
    const std::lock_guard lock(mutex_);
    if (!opened_.insert(stream).second) {
      clients_.cache().clear();
      opened_ = {stream};
    }
  }

  Result<StreamInfo> describe(const ManifestStream& stream, std::stop_token stop) {
    StreamInfo info;
    info.schema = TRY(streams_.table(stream, stop));
    info.json_schema = TRY(streams_.json_schema(stream, stop));
    const Node& node = representative(stream.node);
    const Node* incremental = node.find("incremental_sync");
    if (const Node* later = stream.node.find("incremental_stream");
        incremental == nullptr && later) {
      incremental = later->find("incremental_sync");
    }
    const LoadMode mode = TRY(load_mode(node));
    if (incremental != nullptr && mode != LoadMode::Full) {
      info.incremental = true;
      const Node& cursor = innermost_cursor(*incremental);
      info.cursor_field = TRY(evaluate_text(cursor, "cursor_field", config_, environment_.clock));
      info.cursor_is_chosen = lets_choose_cursor(cursor);
    }
    info.parent = parent_of(node);
    info.exclusive_group = group_of(stream.name);
    for (const std::string& parent : parent_names(stream.node)) {
      if (std::string group = group_of(parent); !group.empty()) {
        info.planning_groups.push_back(std::move(group));
      }
    }
    return info;
  }

  std::string group_of(const std::string& stream) const {
    const auto group = document_.stream_groups.find(stream);
    return group == document_.stream_groups.end() ? std::string() : group->second;
  }

  const ManifestDocument document_;
  const Value config_;
  const ManifestRuntime runtime_;
  const ConfigSaver save_;
  ClientPool clients_;
  const SourceLimits limits_;
  AsyncJobLimit job_limit_;
  const Environment environment_;
  StreamSet streams_;
  std::mutex mutex_;
  std::set<std::string> opened_;  // Guarded by mutex_. In this run.
};

}  // namespace

Result<std::unique_ptr<Source>> manifest_source(ManifestDocument document, const Value& config,
                                                ManifestRuntime runtime, ConfigSaver save) {
  for (const Secret& secret : document.spec.secrets_of(config)) {
    runtime.redactor.add(secret);  // Before anything is said about it.
  }
  const Value normalized =
      TRY(document.config_rules.normalized(config, runtime.clock, save, runtime.log));
  CheckedConfig checked = TRY(document.spec.check(normalized));
  for (const Secret& secret : document.spec.secrets_of(checked.config)) {
    runtime.redactor.add(secret);
  }
  for (const std::string& warning : checked.warnings) {
    runtime.log.warning("configuration is odd", {{"what", warning}});
  }
  TRY(document.config_rules.validate(checked.config, runtime.clock));
  std::unique_ptr<CallBudget> budget;
  if (document.api_budget) {
    budget = TRY(api_budget(*document.api_budget, checked.config,
                            runtime.waits == nullptr ? runtime.clock : *runtime.waits));
  }
  const SourceLimits limits = TRY(limits_of(document, checked.config, runtime.clock));
  auto source = std::make_unique<ManifestSource>(std::move(document), std::move(checked.config),
                                                 runtime, std::move(save), limits);
  source->set_budget(std::move(budget));
  return source;
}

}  // namespace tendril
