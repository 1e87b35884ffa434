#include "bridges/fivetran/project_settings.h"

#include <fstream>
#include <iterator>
#include <system_error>

#include <fmt/format.h>

#include "data/json.h"

namespace tendril {
namespace {

namespace fs = std::filesystem;

Error invalid(std::string message) {
  return {.code = ErrorCode::InvalidConfig, .message = std::move(message)};
}

std::string_view kind_name(const Value& value) {
  switch (value.kind()) {
    case Value::Kind::Null: return "null";
    case Value::Kind::Bool: return "true or false";
    case Value::Kind::Int:
    case Value::Kind::Float:
    case Value::Kind::BigNumber: return "a number";
    case Value::Kind::List: return "a list";
    case Value::Kind::Map: return "an object";
    default: break;
  }
  return "a text";
}

Status check_object(const Value& value, std::string_view origin, std::string_view what) {
  return value.is_map() ? Status()
                        : Status(invalid(fmt::format("{} must be one JSON object, not {}: {}", what,
                                                     kind_name(value), origin)));
}

// Errors of the parser show a piece of the text, which may be a secret.
Result<Value> parse_object(std::string_view text, std::string_view origin, std::string_view what) {
  Result<Value> value = parse_json(text);
  if (!value.ok()) {
    return invalid(fmt::format("{} is no JSON: {}", what, origin));
  }
  TRY(check_object(*value, origin, what));
  return value;
}

Result<std::string> read_text(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (!file.good() && !file.eof()) {
    return invalid("file can not be read: " + path.string());
  }
  return text;
}

}  // namespace

Result<Value> parse_configuration(std::string_view text, std::string_view origin) {
  Value configuration = TRY(parse_object(text, origin, "configuration"));
  TRY(check_configuration(configuration, origin));
  return configuration;
}

Status check_configuration(const Value& configuration, std::string_view origin) {
  TRY(check_object(configuration, origin, "configuration"));
  const auto& members = configuration.as_map()->members();
  if (members.size() > kConfigurationFieldsMax) {
    return invalid(fmt::format("configuration has {} fields, at most {} are allowed: {}",
                               members.size(), kConfigurationFieldsMax, origin));
  }
  std::string wrong;
  for (const auto& [name, value] : members) {
    if (!value.is_string()) {
      wrong += fmt::format("{}{} is {}", wrong.empty() ? "" : ", ", name, kind_name(value));
    }
  }
  if (!wrong.empty()) {
    return invalid(
        fmt::format("invalid configuration, all values must be strings: {} ({}); write "
                    "them in quotes, objects and lists as JSON text",
                    wrong, origin));
  }
  return {};
}

Result<Value> parse_project_state(std::string_view text, std::string_view origin) {
  if (text.size() > kStateBytesMax) {
    return invalid(fmt::format("state has {} bytes, at most {} are allowed: {}", text.size(),
                               kStateBytesMax, origin));
  }
  return parse_object(text, origin, "state");
}

Result<std::optional<FoundSetting>> find_setting(const SettingPlaces& places) {
  const bool named = !places.option_file.empty();
  const fs::path file = named ? fs::path(places.option_file) : places.file;
  std::error_code failure;
  if (!fs::exists(file, failure)) {
    return named ? Result<std::optional<FoundSetting>>(
                       invalid("file does not exist: " + places.option_file))
                 : std::optional<FoundSetting>();
  }
  std::string text = TRY(read_text(file));
  return std::optional(FoundSetting{std::move(text), file.string()});
}

}  // namespace tendril
