#include "manifest/config_rules.h"

#include <iterator>
#include <string>
#include <utility>

#include "data/json.h"
#include "manifest/config_schema.h"
#include "manifest/json_validation.h"
#include "manifest/value_path.h"

namespace tendril {
namespace {

// Stores each member that is another one, or new; null stands for one that is gone.
Status save_changes(const Value& before, const Value& after, const ConfigSaver& save) {
  for (const auto& [name, value] : after.as_map()->members()) {
    const Value* old = before.find(name);
    if (old == nullptr || !(*old == value)) {
      TRY(save(to_pointer(std::span(&name, 1)), value));
    }
  }
  for (const auto& [name, value] : before.as_map()->members()) {
    if (after.find(name) == nullptr) {
      TRY(save(to_pointer(std::span(&name, 1)), Value()));
    }
  }
  return {};
}

std::string text_of(const SchemaFault& fault) {
  std::string text = fault.path.empty() ? "" : " at " + to_pointer(fault.path);
  switch (fault.kind) {
    case FaultKind::Missing: return text + ": lacks " + fault.detail;
    case FaultKind::UnknownKey: return text + ": has an unknown key: " + fault.detail;
    case FaultKind::WrongType: return text + ": has the wrong type";
    case FaultKind::NotAllowed: return text + ": is none of the allowed values";
    case FaultKind::Pattern: return text + ": does not match its pattern";
    case FaultKind::Other: return text + ": " + fault.detail;
  }
  return text;
}

// Source: manifest component "ValidateAdheresToSchema".
Status validate_value(const Node& strategy, const Value& value, const std::string& name) {
  const Node* base = TRY(strategy.required("base_schema"));
  Value schema = to_value(*base);
  if (const std::string* text = schema.as_string()) {
    schema = TRY(parse_json(*text));
  }
  Value checked = value;
  if (const std::string* text = value.as_string()) {
    auto parsed = parse_json(*text);
    if (!parsed.ok()) {
      return Error{ErrorCode::InvalidConfig, "the setting is no JSON text: " + name};
    }
    checked = std::move(parsed).value();
  }
  const std::vector<SchemaFault> faults = TRY(find_schema_faults(schema, checked));
  if (faults.empty()) {
    return {};
  }
  return Error{ErrorCode::InvalidConfig,
               "the setting does not fit its schema: " + name + text_of(faults.front())};
}

// A setting that is not there is fine.
Status validate_path(const Node& node, const Node& strategy, const Value& config,
                     const Clock& clock) {
  const Node* list = TRY(node.required("field_path"));
  Context context = context_with(config, clock);
  const ValuePath path = TRY(evaluate_path(node, *list, context));
  if (path.empty()) {
    return list->error("a path of at least one step is expected here");
  }
  for (const Value* value : values_at(config, path)) {
    TRY(validate_value(strategy, *value, to_pointer(path)));
  }
  return {};
}

Status validate_predicate(const Node& node, const Node& strategy, const Value& config,
                          const Clock& clock) {
  const Node* field = node.find("value");
  if (field == nullptr) {
    return validate_value(strategy, Value(), "value");
  }
  if (field->kind == Node::Kind::Scalar) {
    const Value value = TRY(evaluate_value(node, "value", config, clock));
    return validate_value(strategy, value, "value");
  }
  return validate_value(strategy, to_value(*field), "value");
}

}  // namespace

Result<ConfigRules::Changes> ConfigRules::compile_changes(const Node& owner, std::string_view key) {
  Changes changes;
  const Node* list = owner.find(key);
  if (list == nullptr) {
    return changes;
  }
  for (const Node& node : list->items) {
    std::shared_ptr<const ConfigChange> change = TRY(config_change(node));
    changes.push_back(std::move(change));
  }
  return changes;
}

Result<ConfigRules> ConfigRules::compile(const Node& spec) {
  ConfigRules rules;
  const Node* node = spec.find("config_normalization_rules");
  if (node == nullptr) {
    return rules;
  }
  if (const Node* migrations = node->find("config_migrations")) {
    for (const Node& migration : migrations->items) {
      Changes changes = TRY(compile_changes(migration, "transformations"));
      std::move(changes.begin(), changes.end(), std::back_inserter(rules.migrations_));
    }
  }
  rules.transformations_ = TRY(compile_changes(*node, "transformations"));
  if (const Node* validations = node->find("validations")) {
    rules.validations_ = validations->items;
  }
  return rules;
}

Result<Value> ConfigRules::normalized(Value config, const Clock& clock, const ConfigSaver& save,
                                      Log& log) const {
  if (!config.is_map()) {
    return config;
  }
  const Value before = config;
  for (const auto& migration : migrations_) {
    TRY(migration->apply(config, clock));
  }
  if (save && !(config == before)) {
    if (const Status saved = save_changes(before, config, save); !saved.ok()) {
      log.warning("migrated configuration can not be stored, every run migrates it anew",
                  {{"why", saved.error().message}});
    }
  }
  for (const auto& transformation : transformations_) {
    TRY(transformation->apply(config, clock));
  }
  return config;
}

Status ConfigRules::validate(const Value& config, const Clock& clock) const {
  for (const Node& node : validations_) {
    const Node* strategy = TRY(node.required("validation_strategy"));
    TRY(node.type() == "PredicateValidator" ? validate_predicate(node, *strategy, config, clock)
                                            : validate_path(node, *strategy, config, clock));
  }
  return {};
}

}  // namespace tendril
