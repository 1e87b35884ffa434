#include "manifest/json_validation.h"

#include <algorithm>
#include <array>
#include <memory>
#include <new>
#include <optional>
#include <regex>
#include <utility>

#include <nlohmann/json.hpp>
#include <re2/re2.h>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "data/json.h"

namespace tendril {
namespace {

using Json = nlohmann::json;

// The library matches patterns by trying, which takes for ever with some ("^(a+)+$"). Those that
// RE2 knows, which are all but those that look around, stand under this keyword, and RE2 matches
// them.
constexpr std::string_view kLinearPattern = "tendril-pattern";

class LinearPattern final : public valijson::constraints::PolyConstraint {
 public:
  explicit LinearPattern(std::shared_ptr<const re2::RE2> regex) : regex_(std::move(regex)) {}

  bool validate(const valijson::adapters::Adapter& target, const std::vector<std::string>& context,
                valijson::ValidationResults* results) const override {
    std::string text;
    if (!target.isString() || !target.asString(text) || re2::RE2::PartialMatch(text, *regex_)) {
      return true;
    }
    if (results != nullptr) {
      results->pushError(context, "Failed to match regex specified by 'pattern' constraint.");
    }
    return false;
  }

 private:
  valijson::constraints::Constraint* cloneInto(void* place) const override {
    return new (place) LinearPattern(regex_);
  }
  std::size_t sizeOf() const override { return sizeof(LinearPattern); }

  std::shared_ptr<const re2::RE2> regex_;
};

class LinearPatternBuilder final : public valijson::ConstraintBuilder {
 public:
  valijson::constraints::Constraint* make(
      const valijson::adapters::Adapter& pattern) const override {
    std::string text;
    pattern.asString(text);
    return new LinearPattern(std::make_shared<const re2::RE2>(text, re2::RE2::Quiet));
  }
};

// The keyword under which the library is to see a pattern.
std::string_view pattern_keyword(const Value& pattern) {
  const std::string* const text = pattern.as_string();
  return text != nullptr && re2::RE2(*text, re2::RE2::Quiet).ok() ? kLinearPattern : "pattern";
}

Json to_library(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::Null: return nullptr;
    case Value::Kind::Bool: return *value.as_bool();
    case Value::Kind::Int: return *value.as_int();
    case Value::Kind::Float: return *value.as_float();
    case Value::Kind::String: return *value.as_string();
    case Value::Kind::List: {
      Json list = Json::array();
      for (const Value& item : *value.as_list()) {
        list.push_back(to_library(item));
      }
      return list;
    }
    case Value::Kind::Map: {
      Json object = Json::object();
      for (const auto& [key, member] : value.as_map()->members()) {
        object[key] = to_library(member);
      }
      return object;
    }
    case Value::Kind::BigNumber:
    case Value::Kind::Datetime:
    case Value::Kind::Duration: break;
  }
  return Json::parse(to_json(value));
}

// Returns `schema` as the library is to see it. `is_schema` tells schemas from the mappings of
// schemas in them ("properties"), whose keys may be any words.
Json to_library_schema(const Value& schema, bool is_schema) {
  const Map* map = schema.as_map();
  if (map == nullptr) {
    return to_library(schema);
  }
  Json object = Json::object();
  for (const auto& [key, member] : map->members()) {
    if (is_schema && (key == "format" || key == "default" || key == "examples")) {
      continue;
    }
    const bool holds_schemas = is_schema && (key == "properties" || key == "patternProperties" ||
                                             key == "definitions" || key == "dependencies");
    const bool is_data = is_schema && (key == "enum" || key == "const");
    if (const List* list = member.as_list(); list != nullptr && !is_data) {
      Json items = Json::array();
      for (const Value& item : *list) {
        items.push_back(to_library_schema(item, true));
      }
      object[key] = std::move(items);
    } else if (is_schema && key == "pattern") {
      object[std::string(pattern_keyword(member))] = to_library(member);
    } else {
      object[key] = is_data ? to_library(member) : to_library_schema(member, !holds_schemas);
    }
  }
  return object;
}

// The text between the quotes at the end of "Missing required property 'x'."
std::string quoted_part(std::string_view description) {
  const std::size_t first = description.find('\'');
  const std::size_t last = description.rfind('\'');
  return first < last ? std::string(description.substr(first + 1, last - first - 1)) : "";
}

struct Wording {
  std::string_view beginning;     // Of the library's description.
  std::optional<FaultKind> kind;  // None: it only says that something inside is faulty.
};

constexpr std::array kWordings = {
    Wording{"Missing required property", FaultKind::Missing},
    Wording{"Value type not permitted", FaultKind::WrongType},
    Wording{"Failed to match against any enum values", FaultKind::NotAllowed},
    Wording{"Failed to match expected value set by 'const'", FaultKind::NotAllowed},
    Wording{"Failed to match regex", FaultKind::Pattern},
    Wording{"Failed to validate against schema associated with", std::nullopt},
    Wording{"Failed to validate against child schema", std::nullopt},
    Wording{"Failed to validate against additional properties schema", std::nullopt},
    Wording{"Failed to validate item #", std::nullopt},
    Wording{"Target value and comparison value are not equal", std::nullopt},
};

std::string in_our_words(std::string_view description) {
  std::string text(description);
  if (!text.empty() && text[0] >= 'A' && text[0] <= 'Z') {
    text[0] = static_cast<char>(text[0] - 'A' + 'a');
  }
  if (text.ends_with('.')) {
    text.pop_back();
  }
  return text;
}

std::optional<SchemaFault> to_fault(const valijson::ValidationResults::Error& error) {
  SchemaFault fault;
  for (const std::string& step : error.context) {
    if (step.size() >= 2 && step.front() == '[') {  // The first step is "<root>".
      fault.path.push_back(step.substr(1, step.size() - 2));
    }
  }
  for (const Wording& wording : kWordings) {
    if (error.description.starts_with(wording.beginning)) {
      if (!wording.kind) {
        return std::nullopt;
      }
      fault.kind = *wording.kind;
      fault.detail = quoted_part(error.description);
      return fault;
    }
  }
  if (error.description.find("'additionalProperties' constraints") != std::string::npos) {
    fault.kind = FaultKind::UnknownKey;
    const std::size_t colon = error.description.rfind(": '");
    fault.detail = quoted_part(std::string_view(error.description).substr(colon));
    return fault;
  }
  fault.detail = in_our_words(error.description);
  return fault;
}

bool has_pattern(const Json& schema) {
  if (schema.is_object() && schema.contains("pattern")) {
    return true;
  }
  return schema.is_structured() && std::any_of(schema.begin(), schema.end(), has_pattern);
}

// The library's matcher recurses once per letter, so long texts must not reach it.
void find_long_texts(const Json& value, std::vector<std::string>& path,
                     std::vector<SchemaFault>& faults) {
  if (value.is_string() && value.get_ref<const std::string&>().size() > kPatternTextBytesMax) {
    faults.push_back({path, FaultKind::Other, "is too long to be checked"});
  }
  if (value.is_object()) {
    for (const auto& [key, member] : value.items()) {
      path.push_back(key);
      find_long_texts(member, path, faults);
      path.pop_back();
    }
  }
  if (value.is_array()) {
    for (std::size_t index = 0; index < value.size(); ++index) {
      path.push_back(std::to_string(index));
      find_long_texts(value[index], path, faults);
      path.pop_back();
    }
  }
}

// Throws where a pattern is no regular expression: the library compiles them only when it needs
// them.
void compile_patterns(const Json& schema) {
  if (schema.is_object() && schema.contains("pattern") && schema["pattern"].is_string()) {
    const std::regex compiled(schema["pattern"].get_ref<const std::string&>());
  }
  if (schema.is_structured()) {
    std::for_each(schema.begin(), schema.end(), compile_patterns);
  }
}

std::vector<SchemaFault> faults_by_library(const Json& schema, const Json& value) {
  std::vector<SchemaFault> faults;
  if (has_pattern(schema)) {
    std::vector<std::string> path;
    find_long_texts(value, path, faults);
    if (!faults.empty()) {
      return faults;
    }
  }
  const valijson::adapters::NlohmannJsonAdapter schema_adapter(schema);
  valijson::Schema parsed;
  valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
  auto linear_patterns = std::make_unique<const LinearPatternBuilder>();
  parser.addConstraintBuilder(std::string(kLinearPattern), linear_patterns.release());  // Owns it.
  parser.populateSchema(schema_adapter, parsed);
  valijson::ValidationResults results;
  const valijson::adapters::NlohmannJsonAdapter value_adapter(value);
  if (valijson::Validator().validate(parsed, value_adapter, &results)) {
    return faults;
  }
  for (const valijson::ValidationResults::Error& error : results) {
    if (std::optional<SchemaFault> fault = to_fault(error)) {
      faults.push_back(*std::move(fault));
    }
  }
  if (faults.empty()) {
    faults.push_back({{}, FaultKind::Other, "does not fit the schema"});
  }
  return faults;
}

Error to_error(const std::exception& fault) {
  const bool is_pattern = dynamic_cast<const std::regex_error*>(&fault) != nullptr;
  return {ErrorCode::InvalidConfig,
          is_pattern ? "the schema has a pattern that is no regular expression"
                     : "the schema is no usable JSON schema: " + in_our_words(fault.what())};
}

}  // namespace

Result<std::vector<SchemaFault>> find_schema_faults(const Value& schema, const Value& value) {
  try {
    return faults_by_library(to_library_schema(schema, true), to_library(value));
  } catch (const std::exception& fault) {
    return to_error(fault);
  }
}

Status check_schema(const Value& schema) {
  try {
    const Json library_schema = to_library_schema(schema, true);
    compile_patterns(library_schema);
    faults_by_library(library_schema, Json::object());
  } catch (const std::exception& fault) {
    return to_error(fault);
  }
  return {};
}

}  // namespace tendril
