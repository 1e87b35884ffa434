#include "manifest/dynamic_schema.h"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "manifest/stream_slice.h"
#include "manifest/template_field.h"
#include "manifest/transformation.h"
#include "manifest/value_path.h"
#include "manifest/whole_read.h"

namespace tendril {
namespace {

struct NamedType {
  std::string_view name;
  std::string_view json_type;
  std::string_view format = {};
  std::string_view airbyte_type = {};
};

// Source: data types of the Airbyte protocol.
constexpr std::array<NamedType, 11> kTypes{{
    {"string", "string"},
    {"boolean", "boolean"},
    {"date", "string", "date"},
    {"timestamp_without_timezone", "string", "date-time", "timestamp_without_timezone"},
    {"timestamp_with_timezone", "string", "date-time"},
    {"time_without_timezone", "string", "time", "time_without_timezone"},
    {"time_with_timezone", "string", "time", "time_with_timezone"},
    {"integer", "integer"},
    {"number", "number"},
    {"array", "array"},
    {"object", "object"},
}};

Result<Map> schema_of_type(const std::string& name) {
  for (const NamedType& type : kTypes) {
    if (type.name != name) {
      continue;
    }
    Map schema{{"type", List{"null", type.json_type}}};
    if (!type.format.empty()) {
      schema.append("format", type.format);
    }
    if (!type.airbyte_type.empty()) {
      schema.append("airbyte_type", type.airbyte_type);
    }
    return schema;
  }
  return Error{ErrorCode::BadData, "type of a column is unknown: " + name};
}

// A target_type: a name, two names, or {field_type, items}.
Result<Map> schema_of(const Value& type) {
  if (const std::string* name = type.as_string()) {
    return schema_of_type(*name);
  }
  const List* list = type.as_list();
  if (list != nullptr && list->size() == 2 && (*list)[0].is_string() && (*list)[1].is_string()) {
    Map first = TRY(schema_of_type(*(*list)[0].as_string()));
    Map second = TRY(schema_of_type(*(*list)[1].as_string()));
    return Map{{"oneOf", List{std::move(first), std::move(second)}}};
  }
  const Value* field_type = type.find("field_type");
  if (field_type == nullptr || !field_type->is_string()) {
    return Error{ErrorCode::BadData,
                 "type of a column must be a name or two, not: " + canonical_json(type)};
  }
  Map schema = TRY(schema_of_type(*field_type->as_string()));
  const Value* items = type.find("items");
  if (items == nullptr || items->is_null()) {
    return schema;
  }
  if (*field_type != Value("array")) {
    return Error{ErrorCode::InvalidConfig, "items need the field_type array"};
  }
  Map below = TRY(schema_of(*items));
  schema.set("items", std::move(below));
  return schema;
}

// Source: manifest component "TypesMap".
struct TypeRule {
  Value current;
  Value target;
  std::optional<TemplateField> condition;
};

class DynamicSchema {
 public:
  explicit DynamicSchema(const Environment& environment)
      : environment_(environment), context_(context_with(environment)) {}

  Status compile(const Node& loader) {
    const Node* identifier = TRY(loader.required("schema_type_identifier"));
    schema_pointer_ = TRY(pointer(*identifier, "schema_pointer"));
    key_pointer_ = TRY(pointer(*identifier, "key_pointer"));
    type_pointer_ = TRY(pointer(*identifier, "type_pointer"));
    const Node* rules = identifier->find("types_mapping");
    for (const Node& rule : rules == nullptr ? std::vector<Node>() : rules->items) {
      const Node* current = TRY(rule.required("current_type"));
      const Node* target = TRY(rule.required("target_type"));
      auto condition = TRY(TemplateField::compile(rule, "condition"));
      rules_.push_back({to_value(*current), to_value(*target), std::move(condition)});
    }
    if (const Node* filter = loader.find("schema_filter")) {
      filter_ = TRY(TemplateField::compile(*filter, "condition"));
    }
    const Node* transformations = loader.find("schema_transformations");
    for (const Node& each :
         transformations == nullptr ? std::vector<Node>() : transformations->items) {
      auto transformation = TRY(transformation_of(each, environment_));
      transformations_.push_back(std::move(transformation));
    }
    return {};
  }

  // `record` is null when there was none.
  Result<Value> build(const Value& record) {
    Value properties{Map()};
    if (!record.is_null()) {
      TRY(add_properties(record, *properties.as_map()));
    }
    for (const auto& transformation : transformations_) {
      TRY(transformation->apply(properties, context_));
    }
    return Value(Map{{"$schema", "https://json-schema.org/draft-07/schema#"},
                     {"type", "object"},
                     {"additionalProperties", true},
                     {"properties", std::move(properties)}});
  }

 private:
  Result<ValuePath> pointer(const Node& identifier, std::string_view name) {
    const Node* list = identifier.find(name);
    if (list == nullptr) {
      return ValuePath();
    }
    return evaluate_path(identifier, *list, context_);
  }

  Status add_properties(const Value& record, Map& properties) {
    const Value* entries = value_at(record, schema_pointer_);
    const List* list = entries == nullptr ? nullptr : entries->as_list();
    if (list == nullptr) {
      return Error{ErrorCode::BadData, "schema_pointer leads to no list of columns"};
    }
    for (const Value& entry : *list) {
      const Value* key = value_at(entry, key_pointer_);
      if (key == nullptr || !key->is_string()) {
        return Error{ErrorCode::BadData, "key_pointer leads to no name of a column"};
      }
      Map type = TRY(type_of(entry));
      const bool kept = TRY(keeps(*key->as_string(), type));
      if (kept) {
        properties.set(*key->as_string(), std::move(type));
      }
    }
    return {};
  }

  Result<Map> type_of(const Value& entry) {
    const Value* found = type_pointer_.empty() ? nullptr : value_at(entry, type_pointer_);
    const Value raw = found == nullptr ? Value("string") : *found;
    for (const TypeRule& rule : rules_) {
      if (rule.current != raw) {
        continue;
      }
      bool applies = true;
      if (rule.condition) {
        set(context_, Name::RawSchema, &entry);
        applies = TRY(rule.condition->truth(context_));
      }
      if (applies) {
        return schema_of(rule.target);
      }
    }
    if (raw.is_map()) {
      return Error{ErrorCode::BadData, "type of a column must be a name or two, not an object"};
    }
    return schema_of(raw);
  }

  // The filter sees a record of one column: {name: schema}.
  Result<bool> keeps(const std::string& name, const Map& type) {
    if (!filter_) {
      return true;
    }
    const Value record{Map{{name, type}}};
    set(context_, Name::Record, &record);
    auto kept = filter_->truth(context_);
    set(context_, Name::Record, nullptr);
    return kept;
  }

  const Environment& environment_;
  Context context_;
  ValuePath schema_pointer_;
  ValuePath key_pointer_;
  ValuePath type_pointer_;
  std::vector<TypeRule> rules_;
  std::optional<TemplateField> filter_;
  std::vector<std::unique_ptr<RecordTransformation>> transformations_;
};

}  // namespace

Result<Value> load_dynamic_schema(const Node& loader, const Environment& environment,
                                  std::stop_token stop) {
  DynamicSchema schema(environment);
  TRY(schema.compile(loader));
  const Node* retriever = TRY(loader.required("retriever"));
  const auto stream = TRY(compile_shared_retriever(*retriever, "schema loader", environment));
  Value first;
  TRY(read_whole(*stream, environment, stop, [&](Value record, const StreamSlice&) -> Result<bool> {
    first = std::move(record);
    return false;
  }));
  return schema.build(first);
}

}  // namespace tendril
