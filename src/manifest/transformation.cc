#include "manifest/transformation.h"

#include <charconv>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "manifest/template_field.h"

namespace tendril {
namespace {

using Path = std::vector<std::string>;

constexpr std::size_t kListElementsMax = 10'000;  // That a path may add to a list.

std::optional<std::size_t> index_of(std::string_view step) {
  std::size_t index = 0;
  const auto end = std::from_chars(step.data(), step.data() + step.size(), index);
  const bool whole = !step.empty() && end.ec == std::errc() && end.ptr == step.data() + step.size();
  return whole ? std::optional(index) : std::nullopt;
}

// The place that the path leads to; objects are made on the way, lists made longer. Null when
// something else stands in the way.
Value* place_at(Value& record, const Path& path) {
  Value* place = &record;
  for (const std::string& step : path) {
    if (List* list = place->as_list()) {
      const std::optional<std::size_t> index = index_of(step);
      if (!index || *index > list->size() + kListElementsMax) {
        return nullptr;
      }
      if (*index >= list->size()) {
        list->resize(*index + 1);
      }
      place = &(*list)[*index];
      continue;
    }
    if (place->is_null()) {
      *place = Map();
    }
    Map* map = place->as_map();
    if (map == nullptr) {
      return nullptr;
    }
    place = &(*map)[step];
  }
  return place;
}

Result<Path> path_of(const Node& node) {
  Path path;
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
    Path path;
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
      Value* place = place_at(record, field.path);
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
  RemoveFields(std::vector<Path> pointers, std::optional<TemplateField> condition)
      : pointers_(std::move(pointers)), condition_(std::move(condition)) {}

  Status apply(Value& record, Context& context) const override {
    for (const Path& pointer : pointers_) {
      TRY(remove(record, pointer, 0, context));
    }
    return {};
  }

 private:
  Status remove(Value& value, const Path& pointer, std::size_t depth, Context& context) const {
    const std::string& step = pointer[depth];
    const bool is_last = depth + 1 == pointer.size();
    if (step == "**") {  // Any number of steps.
      return is_last ? Status() : remove_anywhere(value, pointer, depth, context);
    }
    if (List* list = value.as_list()) {
      const std::optional<std::size_t> index = index_of(step);
      for (std::size_t i = 0; i < list->size(); ++i) {
        if (step != "*" && index != i) {
          continue;
        }
        if (!is_last) {
          TRY(remove((*list)[i], pointer, depth + 1, context));
          continue;
        }
        const bool applies = TRY(holds((*list)[i], context));
        if (applies) {
          (*list)[i] = Value();  // The other elements keep their places.
        }
      }
      return {};
    }
    Map* map = value.as_map();
    return map == nullptr ? Status() : remove_members(*map, pointer, depth, context);
  }

  Status remove_members(Map& map, const Path& pointer, std::size_t depth, Context& context) const {
    std::vector<std::string> removed;
    for (auto& [name, member] : map.members()) {
      if (pointer[depth] != "*" && pointer[depth] != name) {
        continue;
      }
      if (depth + 1 < pointer.size()) {
        TRY(remove(member, pointer, depth + 1, context));
        continue;
      }
      const bool applies = TRY(holds(member, context));
      if (applies) {
        removed.push_back(name);
      }
    }
    for (const std::string& name : removed) {
      map.erase(name);
    }
    return {};
  }

  Status remove_anywhere(Value& value, const Path& pointer, std::size_t depth,
                         Context& context) const {
    TRY(remove(value, pointer, depth + 1, context));
    if (List* list = value.as_list()) {
      for (Value& element : *list) {
        TRY(remove_anywhere(element, pointer, depth, context));
      }
    } else if (Map* map = value.as_map()) {
      for (auto& [name, member] : map->members()) {
        TRY(remove_anywhere(member, pointer, depth, context));
      }
    }
    return {};
  }

  Result<bool> holds(const Value& property, Context& context) const {
    if (!condition_) {
      return true;
    }
    set(context, Name::Property, &property);
    auto result = condition_->truth(context);
    set(context, Name::Property, nullptr);
    return result;
  }

  const std::vector<Path> pointers_;
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

Result<std::unique_ptr<RecordTransformation>> add_fields(const Node& node) {
  const Node* definitions = TRY(node.required("fields"));
  std::vector<AddFields::Field> fields;
  for (const Node& definition : definitions->items) {
    const Node* path_node = TRY(definition.required("path"));
    const Node* value_node = TRY(definition.required("value"));
    Path path = TRY(path_of(*path_node));
    TemplateField value = TRY(TemplateField::compile(definition, *value_node));
    const ValueType type = TRY(value_type_of(definition));
    fields.push_back({std::move(path), to_value(*path_node), std::move(value), type});
  }
  auto condition = TRY(condition_of(node));
  return std::make_unique<AddFields>(std::move(fields), std::move(condition));
}

Result<std::unique_ptr<RecordTransformation>> remove_fields(const Node& node) {
  const Node* pointers = TRY(node.required("field_pointers"));
  std::vector<Path> paths;
  for (const Node& pointer : pointers->items) {
    Path path = TRY(path_of(pointer));
    paths.push_back(std::move(path));
  }
  auto condition = TRY(condition_of(node));
  return std::make_unique<RemoveFields>(std::move(paths), std::move(condition));
}

}  // namespace

Result<std::unique_ptr<RecordTransformation>> transformation_of(const Node& node) {
  if (node.type() == "AddFields") {
    return add_fields(node);
  }
  if (node.type() == "RemoveFields") {
    return remove_fields(node);
  }
  return node.error("transformation is not supported: " + std::string(node.type()),
                    ErrorCode::Unsupported);
}

}  // namespace tendril
