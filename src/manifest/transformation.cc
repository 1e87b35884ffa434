#include "manifest/transformation.h"

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "manifest/flattening.h"
#include "manifest/key_renaming.h"
#include "manifest/template_field.h"
#include "manifest/tree_path.h"

namespace tendril {
namespace {

Result<TreePath> path_of(const Node& node) {
  TreePath path;
  for (const Node& step : node.items) {
    path.push_back(plain_text(step.scalar));
  }
  if (path.empty()) {
    return node.error("a path of at least one step is expected here");
  }
  return path;
}

enum class ValueType { Any, Text, Integer, Number, Boolean };

Result<ValueType> value_type_of(const Node& node) {
  const std::string type = TRY(node.text_or("value_type", ""));
  for (const auto& [name, value] :
       {std::pair{"", ValueType::Any}, std::pair{"string", ValueType::Text},
        std::pair{"integer", ValueType::Integer}, std::pair{"number", ValueType::Number},
        std::pair{"boolean", ValueType::Boolean}}) {
    if (type == name) {
      return value;
    }
  }
  return node.find("value_type")->error("value_type is unknown: " + type);
}

bool is_of(ValueType type, const Value& value) {
  switch (type) {
    case ValueType::Any: return true;
    case ValueType::Text: return value.is_string();
    case ValueType::Integer: return value.as_int() != nullptr;
    case ValueType::Number: return value.as_float() != nullptr || value.as_int() != nullptr;
    case ValueType::Boolean: return value.as_bool() != nullptr;
  }
  return true;
}

class AddFields final : public RecordTransformation {
 public:
  struct Field {
    TreePath path;
    Value path_value;  // What the condition sees as `path`.
    TemplateField value;
    ValueType type;
  };

  AddFields(std::vector<Field> fields, std::optional<TemplateField> condition)
      : fields_(std::move(fields)), condition_(std::move(condition)) {}

  Status apply(Value& record, Context& context) const override {
    for (const Field& field : fields_) {
      set(context, Name::Record, &record);
      Value value = TRY(evaluate(field, context));
      if (condition_) {
        set(context, Name::Value, &value);
        set(context, Name::Path, &field.path_value);
        const bool applies = TRY(condition_->truth(context));
        set(context, Name::Value, nullptr);
        set(context, Name::Path, nullptr);
        if (!applies) {
          continue;
        }
      }
      Value* place = make_place(record, field.path);
      if (place == nullptr) {
        return Error{ErrorCode::BadData,
                     "field can not be added to a record: " + field.path.back()};
      }
      *place = std::move(value);
    }
    return {};
  }

 private:
  // As in the reference, a value that is not of the type asked for stays the text it was.
  static Result<Value> evaluate(const Field& field, Context& context) {
    if (field.type != ValueType::Text) {
      Value value = TRY(field.value.evaluate(context));
      if (is_of(field.type, value)) {
        return value;
      }
    }
    std::string text = TRY(field.value.text(context));
    return Value(std::move(text));
  }

  const std::vector<Field> fields_;
  const std::optional<TemplateField> condition_;
};

class RemoveFields final : public RecordTransformation {
 public:
  RemoveFields(std::vector<TreePath> pointers, std::optional<TemplateField> condition)
      : pointers_(std::move(pointers)), condition_(std::move(condition)) {}

  Status apply(Value& record, Context& context) const override {
    // As in the reference, a condition is asked of scalars only.
    const ErasePredicate holds = [&](const Value& property) -> Result<bool> {
      if (property.is_list() || property.is_map()) {
        return false;
      }
      set(context, Name::Property, &property);
      auto result = condition_->truth(context);
      set(context, Name::Property, nullptr);
      return result;
    };
    for (const TreePath& pointer : pointers_) {
      TRY(erase_at(record, pointer, condition_ ? &holds : nullptr));
    }
    return {};
  }

 private:
  const std::vector<TreePath> pointers_;
  const std::optional<TemplateField> condition_;
};

// A condition that is empty is none.
Result<std::optional<TemplateField>> condition_of(const Node& node) {
  const std::string text = TRY(node.text_or("condition", ""));
  if (text.empty()) {
    return std::optional<TemplateField>();
  }
  return TemplateField::compile(node, "condition");
}

Result<std::unique_ptr<RecordTransformation>> add_fields(const Node& node, const Environment&) {
  const Node* definitions = TRY(node.required("fields"));
  std::vector<AddFields::Field> fields;
  for (const Node& definition : definitions->items) {
    const Node* path_node = TRY(definition.required("path"));
    const Node* value_node = TRY(definition.required("value"));
    TreePath path = TRY(path_of(*path_node));
    TemplateField value = TRY(TemplateField::compile(definition, *value_node));
    const ValueType type = TRY(value_type_of(definition));
    fields.push_back({std::move(path), to_value(*path_node), std::move(value), type});
  }
  auto condition = TRY(condition_of(node));
  return std::make_unique<AddFields>(std::move(fields), std::move(condition));
}

Result<std::unique_ptr<RecordTransformation>> remove_fields(const Node& node, const Environment&) {
  const Node* pointers = TRY(node.required("field_pointers"));
  std::vector<TreePath> paths;
  for (const Node& pointer : pointers->items) {
    TreePath path = TRY(path_of(pointer));
    paths.push_back(std::move(path));
  }
  auto condition = TRY(condition_of(node));
  return std::make_unique<RemoveFields>(std::move(paths), std::move(condition));
}

}  // namespace

Result<std::unique_ptr<RecordTransformation>> transformation_of(const Node& node,
                                                                const Environment& environment) {
  using Made = Result<std::unique_ptr<RecordTransformation>>;
  using Make = Made (*)(const Node&, const Environment&);
  static constexpr std::pair<std::string_view, Make> kMakers[] = {
      {"AddFields", add_fields},
      {"RemoveFields", remove_fields},
      {"KeysToLower", keys_to_lower},
      {"KeysToSnakeCase", keys_to_snake_case},
      {"KeysReplace", keys_replace},
      {"FlattenFields", flatten_fields},
      {"DpathFlattenFields", dpath_flatten_fields},
  };
  for (const auto& [type, make] : kMakers) {
    if (node.type() == type) {
      return make(node, environment);
    }
  }
  return node.error("transformation is not supported: " + std::string(node.type()),
                    ErrorCode::Unsupported);
}

}  // namespace tendril
