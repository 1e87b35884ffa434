#include "manifest/stream_schema.h"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "manifest/stream_choice.h"
#include "manifest/template_field.h"

namespace tendril {
namespace {

// The steps of a path written as a text or a list of texts, evaluated.
Result<std::vector<std::string>> key_path(const Node& owner, const Node& node, Context& context) {
  std::vector<std::string> path;
  if (node.kind == Node::Kind::Sequence) {
    for (const Node& step : node.items) {
      const TemplateField expression = TRY(TemplateField::compile(owner, step));
      std::string name = TRY(expression.text(context));
      path.push_back(std::move(name));
    }
    return path;
  }
  const TemplateField expression = TRY(TemplateField::compile(owner, node));
  std::string name = TRY(expression.text(context));
  if (!name.empty()) {
    path.push_back(std::move(name));
  }
  return path;
}

// "id", ["a", "b"] for a key of two columns, or [["a"], ["b"]].
Result<std::vector<std::string>> primary_key(const ManifestStream& stream, const Value& config,
                                             const Clock& clock) {
  std::vector<std::string> columns;
  const Node& owner = representative(stream.node);
  const Node* node = owner.find("primary_key");
  if (node == nullptr) {
    return columns;
  }
  Context context = context_with(config, clock);
  if (node->kind != Node::Kind::Sequence) {
    return key_path(owner, *node, context);
  }
  for (const Node& item : node->items) {
    std::vector<std::string> path = TRY(key_path(owner, item, context));
    if (path.size() > 1) {
      return item.error("a primary key inside an object is not supported", ErrorCode::Unsupported);
    }
    columns.insert(columns.end(), path.begin(), path.end());
  }
  return columns;
}

}  // namespace

Result<TableSchema> table_schema(const ManifestStream& stream, const Value& json_schema,
                                 const Value& config, const Clock& clock) {
  TableSchema schema;
  schema.name = stream.name;
  schema.primary_key = TRY(primary_key(stream, config, clock));
  const Value* properties = json_schema.find("properties");
  if (properties == nullptr || !properties->is_map()) {
    return schema;
  }
  for (const auto& [name, property] : properties->as_map()->members()) {
    schema.columns.push_back({name, column_type(property)});
  }
  return schema;
}

}  // namespace tendril
