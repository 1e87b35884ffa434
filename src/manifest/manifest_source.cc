#include "manifest/manifest_source.h"

#include <string>
#include <utility>
#include <vector>

#include "manifest/client_pool.h"
#include "manifest/declarative_reader.h"
#include "manifest/declarative_stream.h"
#include "manifest/environment.h"
#include "manifest/slice_reader.h"
#include "manifest/slicer.h"
#include "manifest/stream_schema.h"

namespace tendril {
namespace {

class ManifestSource final : public Source {
 public:
  ManifestSource(ManifestDocument document, Value config, ManifestRuntime runtime, ConfigSaver save)
      : document_(std::move(document)),
        config_(std::move(config)),
        save_(std::move(save)),
        clients_(AuthenticationContext{config_, runtime.transport, runtime.clock, runtime.redactor,
                                       save_},
                 runtime.log, runtime.waits == nullptr ? runtime.clock : *runtime.waits),
        environment_{config_, runtime.clock, runtime.log, clients_} {}

  // Reads the first page of each stream that the manifest names for this.
  Status check(std::stop_token stop) override {
    const std::vector<std::string> names = TRY(document_.check.texts("stream_names"));
    for (const std::string& name : names) {
      const ManifestStream* stream = document_.find(name);
      if (stream == nullptr) {
        return document_.check.error("stream does not exist: " + name);
      }
      if (Status status = check_stream(*stream, stop); !status.ok()) {
        return std::move(status).error().while_doing("checking stream " + name);
      }
    }
    return {};
  }

  Result<Catalog> discover(std::stop_token) override {
    Catalog catalog;
    for (const ManifestStream& stream : document_.streams) {
      StreamInfo info = TRY(describe(stream));
      catalog.streams.push_back(std::move(info));
    }
    return catalog;
  }

  Result<std::unique_ptr<StreamReader>> open(const StreamRequest& request,
                                             std::stop_token) override {
    const ManifestStream* stream = document_.find(request.stream);
    if (stream == nullptr) {
      return Error{ErrorCode::NotFound, "stream does not exist: " + request.stream};
    }
    auto compiled = TRY(compile_stream(stream->node, environment_));
    TableSchema schema = TRY(table_schema(*stream, config_, environment_.clock));
    return declarative_reader(std::move(compiled), std::move(schema), environment_, request);
  }

  SourceCounters counters() const override { return clients_.counters(); }

 private:
  Status check_stream(const ManifestStream& stream, std::stop_token stop) {
    const auto compiled = TRY(compile_stream(stream.node, environment_));
    const auto slicer = TRY(Slicer::open(*compiled, SlicerRequest()));
    const auto slice = TRY(slicer->next(stop));
    if (!slice) {
      return {};  // No parents, or an empty span of time: nothing stands against reading.
    }
    SliceReader reader(*compiled, environment_, *slice, slicer->time_range(slice->partition),
                       Value());
    const bool fetched = TRY(reader.fetch(stop));
    if (!fetched) {
      return {};
    }
    return reader.read_records(
        [](const Value&) { return Status(); },
        [](std::int64_t, std::string_view, std::string_view) { return Status(); });
  }

  Result<StreamInfo> describe(const ManifestStream& stream) {
    StreamInfo info;
    info.schema = TRY(table_schema(stream, config_, environment_.clock));
    info.json_schema = stream.json_schema;
    if (const Node* incremental = stream.node.find("incremental_sync")) {
      info.incremental = true;
      info.cursor_field =
          TRY(evaluate_text(*incremental, "cursor_field", config_, environment_.clock));
    }
    info.parent = parent_of(stream.node);
    return info;
  }

  // The name of the first parent stream, or "".
  static std::string parent_of(const Node& stream) {
    const Node* node = stream.find("retriever");
    node = node == nullptr ? nullptr : node->find("partition_router");
    if (node == nullptr) {
      return {};
    }
    const Node* router = node;
    for (const Node& item : node->items) {
      router = item.find("parent_stream_configs") != nullptr ? &item : router;
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

  const ManifestDocument document_;
  const Value config_;
  const ConfigSaver save_;
  ClientPool clients_;
  const Environment environment_;
};

}  // namespace

Result<std::unique_ptr<Source>> manifest_source(ManifestDocument document, const Value& config,
                                                ManifestRuntime runtime, ConfigSaver save) {
  CheckedConfig checked = TRY(document.spec.check(config));
  for (const Secret& secret : document.spec.secrets_of(checked.config)) {
    runtime.redactor.add(secret);
  }
  for (const std::string& warning : checked.warnings) {
    runtime.log.warning("configuration is odd", {{"what", warning}});
  }
  return std::make_unique<ManifestSource>(std::move(document), std::move(checked.config), runtime,
                                          std::move(save));
}

}  // namespace tendril
