#include "manifest/schema_loading.h"

#include <algorithm>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "data/json.h"
#include "manifest/dynamic_schema.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

namespace fs = std::filesystem;

constexpr int kReferenceDepthMax = 32;  // Schemas that hold themselves are refused.

// Replaces {"$ref": "#/a/b"} and {"$ref": "file.json#/a"} in a schema by what they name.
class SchemaReferences {
 public:
  explicit SchemaReferences(fs::path folder) : folder_(std::move(folder)) {}

  Result<Value> resolved(const Value& value, const Value& root, int depth) {
    if (depth > kReferenceDepthMax) {
      return Error{ErrorCode::InvalidConfig, "references of a schema lead into each other"};
    }
    if (const List* list = value.as_list()) {
      List result;
      for (const Value& item : *list) {
        Value each = TRY(resolved(item, root, depth));
        result.push_back(std::move(each));
      }
      return Value(std::move(result));
    }
    const Map* map = value.as_map();
    if (map == nullptr) {
      return value;
    }
    const Value* reference = map->find("$ref");
    if (reference != nullptr && reference->is_string()) {
      return named(*reference->as_string(), root, depth + 1);
    }
    Map result;
    for (const auto& [name, member] : map->members()) {
      Value each = TRY(resolved(member, root, depth));
      result.append(name, std::move(each));
    }
    return Value(std::move(result));
  }

 private:
  Result<Value> named(const std::string& reference, const Value& root, int depth) {
    const std::size_t hash = std::min(reference.find('#'), reference.size());
    const std::string file = reference.substr(0, hash);
    const std::string pointer = reference.substr(std::min(hash + 1, reference.size()));
    Value other;
    if (!file.empty()) {
      std::error_code fault;
      const fs::path shared = folder_ / "shared" / file;
      other = TRY(read_json_file(fs::exists(shared, fault) ? shared : folder_ / file));
    }
    const Value& owner = file.empty() ? root : other;
    const Value* found = pointer.empty() ? &owner : find_pointer(owner, pointer);
    if (found == nullptr) {
      return Error{ErrorCode::InvalidConfig, "reference of a schema leads nowhere: " + reference};
    }
    return resolved(*found, owner, depth);
  }

  const fs::path folder_;
};

// Manifests name the file from above the connector's package: "./source_x/schemas/a.json".
Result<fs::path> find_file(const Node& loader, const std::string& name, const fs::path& folder) {
  const fs::path written = fs::path(name).lexically_normal();
  fs::path below;
  for (auto part = written.begin(); part != written.end(); ++part) {
    if (part != written.begin()) {
      below /= *part;
    }
  }
  for (const fs::path& candidate : {folder / written, folder / below}) {
    std::error_code fault;
    if (fs::is_regular_file(candidate, fault)) {
      return candidate;
    }
  }
  return loader.error("there is no schema file: " + (folder / written).string(),
                      ErrorCode::NotFound);
}

Result<Value> load_file(const Node& loader, const fs::path& folder,
                        const Environment& environment) {
  std::string name = TRY(evaluate_text(loader, "file_path", environment.config, environment.clock));
  if (name.empty()) {
    const Node* parameters = loader.find("$parameters");
    const Node* stream = parameters == nullptr ? nullptr : parameters->find("name");
    if (stream == nullptr) {
      return loader.error("file_path is missing");
    }
    name = plain_text(stream->scalar) + ".json";
  }
  const fs::path file = TRY(find_file(loader, name, folder));
  const Value schema = TRY(read_json_file(file));
  return SchemaReferences(file.parent_path()).resolved(schema, schema, 0);
}

Result<Value> load_one(const Node& loader, const fs::path& folder, const Environment& environment,
                       std::stop_token stop) {
  if (loader.type() == "DynamicSchemaLoader") {
    return load_dynamic_schema(loader, environment, stop);
  }
  if (loader.type() == "JsonFileSchemaLoader") {
    return load_file(loader, folder, environment);
  }
  if (loader.type() != "InlineSchemaLoader") {
    return loader.error("schema loader is not supported: " + std::string(loader.type()),
                        ErrorCode::Unsupported);
  }
  const Node* schema = loader.find("schema");
  return schema == nullptr ? Value() : to_value(*schema);
}

// The properties of several schemas count as one's.
Value merged(const std::vector<Value>& schemas) {
  Map properties;
  for (const Value& schema : schemas) {
    const Value* members = schema.find("properties");
    const Map* map = members == nullptr ? nullptr : members->as_map();
    const Map none;
    for (const auto& [name, property] : (map == nullptr ? none : *map).members()) {
      if (properties.find(name) == nullptr) {
        properties.append(name, property);
      }
    }
  }
  return Map{{"type", "object"}, {"properties", std::move(properties)}};
}

}  // namespace

Result<Value> load_schema(const Node& stream, const fs::path& folder,
                          const Environment& environment, std::stop_token stop) {
  const Node* loader = stream.find("schema_loader");
  if (loader == nullptr) {
    return Value();
  }
  if (loader->kind != Node::Kind::Sequence) {
    return load_one(*loader, folder, environment, stop);
  }
  std::vector<Value> schemas;
  for (const Node& each : loader->items) {
    Value schema = TRY(load_one(each, folder, environment, stop));
    schemas.push_back(std::move(schema));
  }
  return merged(schemas);
}

Value inline_schema(const Node& stream) {
  const Node* loader = stream.find("schema_loader");
  if (loader == nullptr) {
    return nullptr;
  }
  std::vector<Value> schemas;
  const std::vector<Node> one{*loader};
  const bool is_list = loader->kind == Node::Kind::Sequence;
  for (const Node& each : is_list ? loader->items : one) {
    const Node* schema = each.find("schema");
    if (each.type() != "InlineSchemaLoader") {
      return nullptr;
    }
    schemas.push_back(schema == nullptr ? Value() : to_value(*schema));
  }
  return is_list ? merged(schemas) : std::move(schemas.front());
}

}  // namespace tendril
