#include "bridges/partner/partner_source.h"

#include <algorithm>
#include <map>
#include <mutex>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "bridges/fivetran/project_settings.h"
#include "bridges/fivetran/project_tables.h"
#include "bridges/partner/source_client.h"
#include "bridges/partner/update_reader.h"
#include "connector/feed_reader.h"
#include "connector_sdk.pb.h"
#include "data/json.h"

namespace tendril {
namespace {

namespace wire = fivetran_sdk::v2;

constexpr const char* kFeed = "update";

// The server's notes are in the log already, as what UpdateReader told the observer.
class FeedLog final : public ProjectObserver {
 public:
  explicit FeedLog(Log& log) : log_(log) {}

  void message(ProjectOrigin, ProjectLevel level, std::string_view text) override {
    if (level <= ProjectLevel::Info) {
      log_.info("server said", {{"text", text}});
    } else if (level == ProjectLevel::Warning) {
      log_.warning("server said", {{"text", text}});
    } else {
      log_.error("server said", {{"text", text}});
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
};

ProjectRules rules_of(Log& log) {
  return {.naming = ProjectNaming::Source,
          .json_as_text = false,
          .warn = [&log](const std::string& text) {
            log.warning("rows of the server were changed", {{"text", text}});
          }};
}

// What the server says of its tables.
struct KnownSchema {
  std::optional<std::vector<DeclaredTable>> tables;
  bool has_schemas = false;
  bool takes_selection = true;
  // Schema and table by the names that we give.
  std::map<std::string, std::pair<std::string, std::string>> names = {};
};

Result<KnownSchema> known_schema(const wire::SchemaResponse& response) {
  KnownSchema schema;
  schema.tables = TRY(tables_of(response));
  schema.has_schemas = response.has_with_schema();
  schema.takes_selection = !response.selection_not_supported();
  for (const wire::Schema& each : response.with_schema().schemas()) {
    for (const wire::Table& table : each.tables()) {
      schema.names[each.name().empty() ? table.name() : each.name() + "." + table.name()] = {
          each.name(), table.name()};
    }
  }
  return schema;
}

void choose(wire::TableSelection& table, const std::string& name) {
  table.set_included(true);
  table.set_table_name(name);
  table.set_include_new_columns(true);
}

// The wanted tables. A server that does not take a selection sends all; the engine leaves out those
// that are not wanted.
void put_selection(const KnownSchema& schema, const std::vector<std::string>& wanted,
                   wire::UpdateRequest& request) {
  if (wanted.empty() || !schema.takes_selection) {
    return;
  }
  wire::Selection& selection = *request.mutable_selection();
  if (!schema.has_schemas) {
    for (const std::string& name : wanted) {
      choose(*selection.mutable_without_schema()->add_tables(), name);
    }
    return;
  }
  std::map<std::string, wire::SchemaSelection*> schemas;
  for (const std::string& name : wanted) {
    const auto found = schema.names.find(name);
    if (found == schema.names.end()) {
      continue;
    }
    wire::SchemaSelection*& chosen = schemas[found->second.first];
    if (chosen == nullptr) {
      chosen = selection.mutable_with_schema()->add_schemas();
      chosen->set_included(true);
      chosen->set_schema_name(found->second.first);
    }
    choose(*chosen->add_tables(), found->second.second);
  }
}

// One update, on its way to the engine.
class PartnerFeed final : public UpdateListener {
 public:
  PartnerFeed(Log& log, Value state, SliceSink& sink)
      : tables_(rules_of(log)), log_(log), state_(std::move(state)), sink_(sink) {}

  const Value& state() const { return state_; }

  Status schema(const std::optional<std::vector<DeclaredTable>>& tables) override {
    return tables_.declare(tables.value_or(std::vector<DeclaredTable>()));
  }

  Status schema_changed(const std::vector<DeclaredTable>& tables) override {
    return tables_.extend(tables);
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
    state_ = TRY(parse_project_state(state, "the server's checkpoint"));
    return sink_.checkpoint(state_);
  }

  Status file(const FilePartFrame& part) override {
    if (part.last) {
      log_.warning("file of the server was left out: only projects can upload files",
                   {{"path", part.path}});
    }
    return {};
  }

  void note(bool, const std::string&) override {}
  Status answer(Value) override { return {}; }

 private:
  ProjectTables tables_;
  Log& log_;
  Value state_;  // Of the last checkpoint.
  SliceSink& sink_;
};

class PartnerReader final : public FeedReader {
 public:
  // `options` and `log` must outlive it.
  PartnerReader(const PartnerSourceOptions& options, Log& log, const StreamRequest& request)
      : FeedReader(request.state.is_null() ? Value(Map()) : request.state),
        options_(options),
        log_(log),
        tables_(request.tables) {}

 protected:
  Result<Value> feed(const Value& state, SliceSink& sink, std::stop_token stop) override {
    const SourceClient client =
        TRY(SourceClient::connect(options_.address, options_.configuration, stop));
    const wire::SchemaResponse response = TRY(client.schema(stop));
    const KnownSchema schema = TRY(known_schema(response));
    wire::UpdateRequest request;
    put_selection(schema, tables_, request);
    request.set_state_json(to_json(state));
    FeedLog observer(log_);
    PartnerFeed rows(log_, state, sink);
    UpdateReader reader(rows, observer, {.names_schemas = schema.has_schemas});
    TRY(reader.begin(schema.tables));
    Status updated = client.update(
        std::move(request),
        [&](const wire::UpdateResponse& message) { return reader.take(message); }, std::move(stop));
    TRY(told_in_short(std::move(updated), observer));
    TRY(reader.finish());
    return rows.state();
  }

 private:
  const PartnerSourceOptions& options_;
  Log& log_;
  const std::vector<std::string> tables_;
};

class PartnerSource final : public Source {
 public:
  PartnerSource(PartnerSourceOptions options, Log& log) : options_(std::move(options)), log_(log) {}

  Status check(std::stop_token stop) override {
    const SourceClient client =
        TRY(SourceClient::connect(options_.address, options_.configuration, stop));
    const Result<wire::ConfigurationFormResponse> form = client.form(stop);
    if (!form.ok() && form.error().code != ErrorCode::Unsupported) {
      return form.error();
    }
    std::string failed;
    const int tests = form.ok() ? form->tests_size() : 0;
    for (int i = 0; i < tests; ++i) {
      const wire::ConfigurationTest& test = form->tests(i);
      const Status tested = client.test(test.name(), stop);
      if (!tested.ok() && tested.error().code != ErrorCode::InvalidConfig) {
        return tested;
      }
      if (!tested.ok()) {
        failed += (failed.empty() ? "" : "; ") +
                  (test.label().empty() ? test.name() : test.label()) + ": " +
                  tested.error().message;
      }
    }
    if (!failed.empty()) {
      return Error{ErrorCode::InvalidConfig, "the connection does not work: " + failed};
    }
    return ask(client, std::move(stop));
  }

  Result<Catalog> discover(std::stop_token stop) override {
    {
      const std::lock_guard lock(mutex_);
      if (catalog_.has_value()) {
        return *catalog_;
      }
    }
    const SourceClient client =
        TRY(SourceClient::connect(options_.address, options_.configuration, stop));
    TRY(ask(client, std::move(stop)));
    const std::lock_guard lock(mutex_);
    return *catalog_;
  }

  Result<std::unique_ptr<StreamReader>> open(const StreamRequest& request,
                                             std::stop_token) override {
    if (request.stream != kFeed) {
      return Error{ErrorCode::NotFound,
                   "the server is read as a whole, not by table: " + request.stream};
    }
    return std::make_unique<PartnerReader>(options_, log_, request);
  }

 private:
  // Learns the catalog.
  Status ask(const SourceClient& client, std::stop_token stop) {
    const wire::SchemaResponse response = TRY(client.schema(std::move(stop)));
    const KnownSchema schema = TRY(known_schema(response));
    ProjectTables tables(rules_of(log_));
    const std::vector<DeclaredTable> declared =
        schema.tables.value_or(std::vector<DeclaredTable>());
    TRY(tables.declare(declared));
    Catalog catalog{.streams = {}, .feed = FeedInfo{.name = kFeed, .tables_may_come = true}};
    for (const DeclaredTable& table : declared) {
      catalog.streams.push_back({.schema = tables.named(table.name).schema(), .incremental = true});
    }
    const std::lock_guard lock(mutex_);
    catalog_ = std::move(catalog);
    return {};
  }

  const PartnerSourceOptions options_;
  Log& log_;
  std::mutex mutex_;
  std::optional<Catalog> catalog_;  // Guarded by mutex_.
};

}  // namespace

std::unique_ptr<Source> partner_source(PartnerSourceOptions options, Log& log) {
  return std::make_unique<PartnerSource>(std::move(options), log);
}

}  // namespace tendril
