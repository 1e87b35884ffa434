#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "manifest/config_rules.h"
#include "manifest/template_field.h"
#include "manifest/value_path.h"

namespace tendril {
namespace {

ValuePath path_of(const Node& list) {
  ValuePath path;
  for (const Node& step : list.items) {
    path.push_back(plain_text(step.scalar));
  }
  return path;
}

// A condition that is empty is none.
Result<std::optional<TemplateField>> condition_in(const Node& node) {
  const std::string text = TRY(node.text_or("condition", ""));
  if (text.empty()) {
    return std::optional<TemplateField>();
  }
  return TemplateField::compile(node, "condition");
}

// Source: manifest component "ConfigAddFields".
class ConfigAddition final : public ConfigChange {
 public:
  static Result<std::unique_ptr<const ConfigChange>> compile(const Node& node) {
    auto addition = std::make_unique<ConfigAddition>();
    const Node* fields = TRY(node.required("fields"));
    for (const Node& field : fields->items) {
      const Node* path = TRY(field.required("path"));
      const Node* value = TRY(field.required("value"));
      TemplateField compiled = TRY(TemplateField::compile(field, *value));
      const std::string type = TRY(field.text_or("value_type", ""));
      if (path->items.empty()) {
        return path->error("a path of at least one step is expected here");
      }
      addition->fields_.push_back({path_of(*path), to_value(*path), std::move(compiled), type});
    }
    addition->condition_ = TRY(condition_in(node));
    return std::unique_ptr<const ConfigChange>(std::move(addition));
  }

  Status apply(Value& config, const Clock& clock) const override {
    for (const Field& field : fields_) {
      const Value before = config;  // What templates see must not change under them.
      Context context = context_with(before, clock);
      Value value = TRY(evaluate(field, context));
      if (condition_) {
        set(context, Name::Value, &value);
        set(context, Name::Path, &field.path_value);
        const bool applies = TRY(condition_->truth(context));
        if (!applies) {
          continue;
        }
      }
      if (!set_at(config, field.path, std::move(value))) {
        return Error{ErrorCode::InvalidConfig,
                     "setting can not be added to the configuration: " + field.path.back()};
      }
    }
    return {};
  }

 private:
  struct Field {
    ValuePath path;
    Value path_value;  // What the condition sees as `path`.
    TemplateField value;
    std::string type;  // Of the value; a value of another type stays the text it was.
  };

  static Result<Value> evaluate(const Field& field, Context& context) {
    Value value = TRY(field.value.evaluate(context));
    const bool is_number = value.as_int() != nullptr || value.as_float() != nullptr;
    const bool fits = field.type.empty() || (field.type == "number" && is_number) ||
                      (field.type == "integer" && value.as_int() != nullptr) ||
                      (field.type == "boolean" && value.as_bool() != nullptr);
    if (fits) {
      return value;
    }
    std::string text = TRY(field.value.text(context));
    return Value(std::move(text));
  }

  std::vector<Field> fields_;
  std::optional<TemplateField> condition_;
};

// Source: manifest component "ConfigRemoveFields".
class ConfigRemoval final : public ConfigChange {
 public:
  static Result<std::unique_ptr<const ConfigChange>> compile(const Node& node) {
    auto removal = std::make_unique<ConfigRemoval>();
    const Node* pointers = TRY(node.required("field_pointers"));
    for (const Node& pointer : pointers->items) {
      removal->paths_.push_back(path_of(pointer));
    }
    removal->condition_ = TRY(condition_in(node));
    return std::unique_ptr<const ConfigChange>(std::move(removal));
  }

  Status apply(Value& config, const Clock& clock) const override {
    if (condition_) {
      Context context = context_with(config, clock);
      const bool applies = TRY(condition_->truth(context));
      if (!applies) {
        return {};
      }
    }
    for (const ValuePath& path : paths_) {
      remove_at(config, path);
    }
    return {};
  }

 private:
  std::vector<ValuePath> paths_;
  std::optional<TemplateField> condition_;
};

// Source: manifest component "ConfigRemapField".
class ConfigRemapping final : public ConfigChange {
 public:
  static Result<std::unique_ptr<const ConfigChange>> compile(const Node& node) {
    auto remapping = std::make_unique<ConfigRemapping>();
    remapping->node_ = node;
    const Node* path = TRY(node.required("field_path"));
    if (path->items.empty()) {
      return path->error("a path of at least one step is expected here");
    }
    TRY(node.required("map"));
    return std::unique_ptr<const ConfigChange>(std::move(remapping));
  }

  // A value that the map does not name stays.
  Status apply(Value& config, const Clock& clock) const override {
    Context context = context_with(config, clock);
    const ValuePath path = TRY(evaluate_path(node_, *node_.find("field_path"), context));
    const Value* current = value_at(config, path);
    if (current == nullptr) {
      return {};
    }
    Value replacement;
    const bool found = TRY(find(plain_text(*current), context, replacement));
    if (found) {
      set_at(config, path, std::move(replacement));
    }
    return {};
  }

 private:
  Result<bool> find(const std::string& current, Context& context, Value& replacement) const {
    const Node& map = *node_.find("map");
    if (map.kind != Node::Kind::Mapping) {
      const TemplateField whole = TRY(TemplateField::compile(node_, map));
      const Value evaluated = TRY(whole.evaluate(context));
      const Value* member = evaluated.find(current);
      replacement = member == nullptr ? Value() : *member;
      return member != nullptr;
    }
    for (const auto& [name, value] : map.members) {
      Node key = value;
      key.kind = Node::Kind::Scalar;
      key.scalar = name;
      const TemplateField name_field = TRY(TemplateField::compile(node_, key));
      const std::string evaluated = TRY(name_field.text(context));
      if (evaluated == current) {
        const TemplateField field = TRY(TemplateField::compile(node_, value));
        replacement = TRY(field.evaluate(context));
        return true;
      }
    }
    return false;
  }

  Node node_;
};

}  // namespace

Result<std::unique_ptr<const ConfigChange>> config_change(const Node& node) {
  if (node.type() == "ConfigAddFields") {
    return ConfigAddition::compile(node);
  }
  if (node.type() == "ConfigRemoveFields") {
    return ConfigRemoval::compile(node);
  }
  if (node.type() == "ConfigRemapField") {
    return ConfigRemapping::compile(node);
  }
  return node.error("config transformation is not supported: " + std::string(node.type()),
                    ErrorCode::Unsupported);
}

}  // namespace tendril
