#include "manifest/spec.h"

#include <algorithm>
#include <span>

#include "core/near_miss.h"
#include "data/json.h"
#include "manifest/config_schema.h"
#include "manifest/json_validation.h"

namespace tendril {
namespace {

constexpr std::size_t kFaultsShownMax = 20;

bool fits(const Value& schema, const Value& value) {
  const Result<std::vector<SchemaFault>> faults = find_schema_faults(schema, value);
  return faults.ok() && faults->empty();
}

std::string joined(const List& values) {
  std::string text;
  for (const Value& value : values) {
    text += (text.empty() ? "" : ", ") + (value.is_string() ? *value.as_string() : to_json(value));
  }
  return text;
}

std::string type_text(const Value& schema) {
  const Value* type = schema.find("type");
  if (type == nullptr) {
    return "has the wrong type";
  }
  return "must be of type " + (type->is_list() ? joined(*type->as_list()) : joined({*type}));
}

std::string allowed_text(const Value& schema) {
  if (const Value* constant = schema.find("const")) {
    return "must be " + joined({*constant});
  }
  const Value* allowed = schema.find("enum");
  return allowed != nullptr && allowed->is_list() ? "must be one of: " + joined(*allowed->as_list())
                                                  : "is none of the allowed values";
}

std::string pattern_text(const Value& schema) {
  for (const std::string_view key : {"pattern_descriptor", "pattern"}) {
    const Value* text = schema.find(key);
    if (text != nullptr && text->is_string()) {
      return (key == "pattern" ? "must match the pattern " : "must look like ") +
             *text->as_string();
    }
  }
  return "does not match its pattern";
}

// "/start_date: must look like YYYY-MM-DD"; says what the schema wants, never the value.
std::string to_text(const SchemaFault& fault, const Value& chosen) {
  std::vector<std::string> path = fault.path;
  const Value* found = schema_at(chosen, path);
  const Value schema = found == nullptr ? Value() : *found;
  std::string problem = fault.detail;
  switch (fault.kind) {
    case FaultKind::Missing:
    case FaultKind::UnknownKey:
      path.push_back(fault.detail);
      problem = fault.kind == FaultKind::Missing ? "is missing" : "unknown key";
      break;
    case FaultKind::WrongType: problem = type_text(schema); break;
    case FaultKind::NotAllowed: problem = allowed_text(schema); break;
    case FaultKind::Pattern: problem = pattern_text(schema); break;
    case FaultKind::Other: break;
  }
  return (path.empty() ? "/" : to_pointer(path)) + ": " + problem;
}

bool misses_top_level_key(std::span<const SchemaFault> faults) {
  return std::any_of(faults.begin(), faults.end(), [](const SchemaFault& fault) {
    return fault.kind == FaultKind::Missing && fault.path.empty();
  });
}

struct OddKey {
  std::string name;
  std::string hint;  // " (did you mean api_key?)", or "".
};

// Keys at the top that the schema does not name. Those with a leading "_" belong to runtimes.
std::vector<OddKey> odd_keys(const Value& schema, const Value& config) {
  std::vector<OddKey> odd;
  const Value* properties = schema.find("properties");
  if (properties == nullptr || !properties->is_map() || !config.is_map()) {
    return odd;
  }
  std::vector<std::string_view> absent;
  for (const auto& [key, property] : properties->as_map()->members()) {
    if (config.find(key) == nullptr) {
      absent.push_back(key);
    }
  }
  for (const auto& [key, value] : config.as_map()->members()) {
    if (properties->find(key) == nullptr && !key.starts_with('_')) {
      odd.push_back({key, did_you_mean(key, absent)});
    }
  }
  return odd;
}

// One text for each fault. When something is missing at the top, what stands there under a similar
// name is told as well: it is what was meant.
std::vector<std::string> fault_texts(std::span<const SchemaFault> faults, const Value& chosen,
                                     std::span<const OddKey> odd) {
  std::vector<std::string> texts;
  const bool tell_odd = misses_top_level_key(faults);
  for (const SchemaFault& fault : faults) {
    const auto known = std::find_if(odd.begin(), odd.end(), [&](const OddKey& key) {
      return fault.kind == FaultKind::UnknownKey && fault.path.empty() && key.name == fault.detail;
    });
    const bool told_below = tell_odd && known != odd.end() && !known->hint.empty();
    if (!told_below) {
      texts.push_back(to_text(fault, chosen) + (known == odd.end() ? "" : known->hint));
    }
  }
  for (const OddKey& key : odd) {
    if (tell_odd && !key.hint.empty()) {
      texts.push_back(to_pointer(std::span(&key.name, 1)) + ": unknown key" + key.hint);
    }
  }
  return texts;
}

Error all_faults(std::vector<std::string> texts) {
  std::string message = "the configuration does not fit its spec: ";
  for (std::size_t index = 0; index < texts.size() && index < kFaultsShownMax; ++index) {
    message += (index == 0 ? "" : "; ") + texts[index];
  }
  if (texts.size() > kFaultsShownMax) {
    message += "; and " + std::to_string(texts.size() - kFaultsShownMax) + " more";
  }
  return {ErrorCode::InvalidConfig, message};
}

// Appends every value in `value` that the steps of a secret path lead to.
void collect_values(const Value& value, std::string_view path, std::vector<Secret>& found) {
  if (path.empty()) {
    if (!value.is_null()) {
      found.emplace_back(value.is_string() ? *value.as_string() : to_json(value));
    }
    return;
  }
  const std::size_t end = path.find('/', 1);
  const std::string_view step = path.substr(0, end);
  const std::string_view rest =
      end == std::string_view::npos ? std::string_view() : path.substr(end);
  if (step == "/*" && value.is_list()) {
    for (const Value& item : *value.as_list()) {
      collect_values(item, rest, found);
    }
  } else if (const Value* member = find_pointer(value, step)) {
    collect_values(*member, rest, found);
  }
}

}  // namespace

Result<Spec> Spec::from(const Node& spec) {
  const Node* schema = TRY(spec.required("connection_specification"));
  if (schema->kind != Node::Kind::Mapping) {
    return schema->error("must be a JSON schema");
  }
  Result<Spec> made = from_schema(to_value(*schema));
  if (!made.ok()) {
    return schema->error(made.error().message, made.error().code);
  }
  made->documentation_url_ = TRY(spec.text_or("documentation_url", ""));
  if (const Node* advanced_auth = spec.find("advanced_auth")) {
    made->advanced_auth_ = to_value(*advanced_auth);
  }
  return made;
}

Result<Spec> Spec::from_schema(Value schema) {
  TRY(check_schema(schema));
  Spec spec;
  spec.secret_paths_ = find_secret_paths(schema);
  spec.schema_ = std::move(schema);
  return spec;
}

Result<CheckedConfig> Spec::check(const Value& config) const {
  if (!config.is_map()) {
    return Error{ErrorCode::InvalidConfig, "the configuration must be an object"};
  }
  std::vector<SchemaFault> choice_faults;
  Value chosen = choose_alternatives(schema_, config, fits, choice_faults);
  CheckedConfig checked{with_defaults(chosen, config, fits), {}};
  // Once more: a default may have chosen an alternative.
  choice_faults.clear();
  chosen = choose_alternatives(schema_, checked.config, fits, choice_faults);
  std::vector<SchemaFault> faults = TRY(find_schema_faults(schema_, checked.config));
  const bool is_faulty = !faults.empty();
  if (is_faulty) {
    std::vector<SchemaFault> precise = TRY(find_schema_faults(chosen, checked.config));
    precise.insert(precise.end(), choice_faults.begin(), choice_faults.end());
    faults = precise.empty() ? std::move(faults) : std::move(precise);
  }

  std::vector<OddKey> odd = odd_keys(chosen, checked.config);
  if (is_faulty) {
    return all_faults(fault_texts(faults, chosen, odd));
  }
  for (const OddKey& key : odd) {
    checked.warnings.push_back("unknown key: " + key.name + key.hint);
  }
  return checked;
}

std::vector<Secret> Spec::secrets_of(const Value& config) const {
  std::vector<Secret> found;
  for (const std::string& path : secret_paths_) {
    collect_values(config, path, found);
  }
  return found;
}

}  // namespace tendril
