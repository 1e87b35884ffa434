#include "cli/config_file.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>
#include <utility>

#include "data/json.h"
#include "manifest/node.h"

namespace tendril {
namespace {

namespace fs = std::filesystem;

Error config_error(std::string message) {
  return Error{ErrorCode::InvalidConfig, std::move(message)};
}

bool is_yaml(const fs::path& path) {
  return path.extension() == ".yaml" || path.extension() == ".yml";
}

Result<std::string> read_text(const fs::path& path) {
  std::error_code failure;
  if (fs::is_directory(path, failure)) {
    return config_error("config file is a folder: " + path.string());
  }
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    const bool exists = fs::exists(path, failure);
    return config_error(exists ? "config file can not be read: " + path.string()
                               : "config file does not exist: " + path.string());
  }
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// Replaces ${NAME} in all texts of a tree.
class EnvironmentReferences {
 public:
  EnvironmentReferences(const fs::path& path, const std::string& file_text,
                        const EnvironmentLookup& environment)
      : path_(path), file_text_(file_text), environment_(environment) {}

  Status resolve(Value& value) {
    if (std::string* text = value.as_string()) {
      *text = TRY(resolved(*text));
    }
    if (List* list = value.as_list()) {
      for (Value& item : *list) {
        TRY(resolve(item));
      }
    }
    if (Map* map = value.as_map()) {
      for (auto& [name, member] : map->members()) {
        TRY(resolve(member));
      }
    }
    return {};
  }

 private:
  Result<std::string> resolved(const std::string& text) {
    std::string result;
    std::size_t at = 0;
    while (true) {
      const std::size_t start = text.find("${", at);
      if (start == std::string::npos) {
        return result + text.substr(at);
      }
      if (start > 0 && text[start - 1] == '$') {
        result += text.substr(at, start - at) + '{';
        at = start + 2;
        continue;
      }
      const std::size_t end = text.find('}', start);
      if (end == std::string::npos) {
        return config_error(where(text.substr(start)) + "'${' has no '}'");
      }
      const std::string name = text.substr(start + 2, end - start - 2);
      const std::optional<std::string> value = environment_(name);
      if (!value) {
        return config_error(where("${" + name + "}").append("environment variable is not set: ") +
                            name);
      }
      result += text.substr(at, start - at) + *value;
      at = end + 1;
    }
  }

  // "config.json:3: "
  std::string where(std::string_view reference) const {
    const std::size_t found = file_text_.find(reference);
    if (found == std::string::npos) {
      return path_.string() + ": ";
    }
    const auto start = file_text_.begin();
    const auto lines = std::count(start, start + static_cast<std::ptrdiff_t>(found), '\n');
    return path_.string() + ":" + std::to_string(lines + 1) + ": ";
  }

  const fs::path& path_;
  const std::string& file_text_;
  const EnvironmentLookup& environment_;
};

}  // namespace

EnvironmentLookup process_environment() {
  return [](const std::string& name) -> std::optional<std::string> {
    // The environment is read only: nothing in this program changes it.
    const char* value = std::getenv(name.c_str());  // NOLINT(concurrency-mt-unsafe)
    return value == nullptr ? std::nullopt : std::optional<std::string>(value);
  };
}

Result<Value> read_config_file(const fs::path& path, const EnvironmentLookup& environment) {
  const std::string text = TRY(read_text(path));
  Value config;
  if (is_yaml(path)) {
    const Node node = TRY(parse_yaml(text, path.string()));
    config = to_value(node);
  } else {
    config = TRY(read_json_file(path));
  }
  if (!config.is_map()) {
    return config_error("config file holds no object but " + std::string(to_string(config.kind())) +
                        ": " + path.string());
  }
  TRY(EnvironmentReferences(path, text, environment).resolve(config));
  return config;
}

Status apply_settings(Value& config, std::span<const std::string> settings) {
  for (const std::string& setting : settings) {
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos || equals == 0) {
      return config_error("setting is not of the form key=value: " + setting.substr(0, equals));
    }
    Value* place = &config;
    std::string_view path = std::string_view(setting).substr(0, equals);
    while (true) {
      Map* map = place->as_map();
      if (map == nullptr) {
        return config_error("setting leads into a value that is no object: " +
                            setting.substr(0, equals));
      }
      const std::size_t dot = path.find('.');
      place = &(*map)[path.substr(0, dot)];
      if (dot == std::string_view::npos) {
        break;
      }
      if (place->is_null()) {
        *place = Map();
      }
      path.remove_prefix(dot + 1);
    }
    const std::string text = setting.substr(equals + 1);
    Result<Value> as_json = parse_json(text);
    *place = as_json.ok() ? std::move(as_json).value() : Value(text);
  }
  return {};
}

}  // namespace tendril
