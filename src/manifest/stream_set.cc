#include "manifest/stream_set.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "manifest/dynamic_streams.h"
#include "manifest/parent_caches.h"
#include "manifest/schema_loading.h"
#include "manifest/stream_choice.h"
#include "manifest/stream_schema.h"
#include "manifest/template_field.h"

namespace tendril {

Result<std::vector<const ManifestStream*>> StreamSet::named() const {
  std::vector<const ManifestStream*> streams;
  Context context = context_with(environment_);
  for (const ManifestStream& stream : document_.streams) {
    bool exists = true;
    if (stream.condition) {
      const auto condition = TRY(TemplateField::compile(*stream.condition, "condition"));
      exists = TRY(condition->truth(context));
    }
    if (exists) {
      streams.push_back(&stream);
    }
  }
  return streams;
}

Result<std::vector<ManifestStream>> StreamSet::make(std::stop_token stop) const {
  std::vector<ManifestStream> made;
  for (const DynamicStreamTemplate& dynamic : document_.dynamic_streams) {
    auto nodes = TRY(make_streams(dynamic.node, environment_, stop));
    for (Node& node : nodes) {
      std::string name = TRY(node.text("name"));
      const bool is_new = std::none_of(made.begin(), made.end(), [&](const ManifestStream& other) {
        return other.name == name;
      });
      if (!is_new) {
        return node.error("two streams have the same name: " + name);
      }
      Value schema = inline_schema(representative(node));
      made.push_back(
          {std::move(name), std::move(node), std::move(schema), std::nullopt, dynamic.name});
    }
  }
  std::vector<Node*> nodes;
  for (ManifestStream& stream : made) {
    nodes.push_back(&stream.node);
  }
  cache_parents(nodes);
  return made;
}

Result<const std::vector<ManifestStream>*> StreamSet::made(std::stop_token stop) {
  const std::lock_guard lock(mutex_);
  if (!made_) {
    made_ = TRY(make(stop));
  }
  return &*made_;
}

Result<std::vector<const ManifestStream*>> StreamSet::all(std::stop_token stop) {
  std::vector<const ManifestStream*> streams = TRY(named());
  const std::vector<ManifestStream>* made_streams = TRY(made(stop));
  for (const ManifestStream& stream : *made_streams) {
    const bool is_new =
        std::none_of(streams.begin(), streams.end(),
                     [&](const ManifestStream* other) { return other->name == stream.name; });
    if (!is_new) {
      return stream.node.error("two streams have the same name: " + stream.name);
    }
    streams.push_back(&stream);
  }
  return streams;
}

Result<const ManifestStream*> StreamSet::find(std::string_view name, std::stop_token stop) {
  const std::vector<const ManifestStream*> named_streams = TRY(named());
  for (const ManifestStream* stream : named_streams) {
    if (stream->name == name) {
      return stream;
    }
  }
  const std::vector<ManifestStream>* made_streams = TRY(made(stop));
  for (const ManifestStream& stream : *made_streams) {
    if (stream.name == name) {
      return &stream;
    }
  }
  return static_cast<const ManifestStream*>(nullptr);
}

Result<std::vector<const ManifestStream*>> StreamSet::made_from(std::string_view dynamic_stream,
                                                                std::stop_token stop) {
  std::vector<const ManifestStream*> streams;
  const std::vector<ManifestStream>* made_streams = TRY(made(stop));
  for (const ManifestStream& stream : *made_streams) {
    if (stream.dynamic_stream == dynamic_stream) {
      streams.push_back(&stream);
    }
  }
  return streams;
}

// What the manifest says itself is there already; the rest is loaded once.
Result<Value> StreamSet::json_schema(const ManifestStream& stream, std::stop_token stop) {
  const Node& node = representative(stream.node);
  if (!stream.json_schema.is_null() || node.find("schema_loader") == nullptr) {
    return stream.json_schema;
  }
  {
    const std::lock_guard lock(mutex_);
    const auto found = loaded_schemas_.find(stream.name);
    if (found != loaded_schemas_.end()) {
      return found->second;
    }
  }
  const std::filesystem::path folder = std::filesystem::path(document_.file).parent_path();
  Value schema = TRY(load_schema(node, folder, environment_, stop));
  const std::lock_guard lock(mutex_);
  return loaded_schemas_.try_emplace(stream.name, std::move(schema)).first->second;
}

Result<TableSchema> StreamSet::table(const ManifestStream& stream, std::stop_token stop) {
  const Value schema = TRY(json_schema(stream, stop));
  return table_schema(stream, schema, environment_.config, environment_.clock);
}

}  // namespace tendril
