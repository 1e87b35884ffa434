#include "sandbox/yaml_value.h"

#include <charconv>
#include <exception>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <utility>

#include <fmt/core.h>
#include <yaml-cpp/yaml.h>

namespace tendril {
namespace {

constexpr int kDepthMax = 64;

Error yaml_error(const YAML::Mark& mark, std::string_view what) {
  return Error{ErrorCode::InvalidConfig, fmt::format("line {}: {}", mark.line + 1, what)};
}

template <class Number>
std::optional<Number> whole_number(const std::string& text) {
  Number number{};
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

// Source: YAML 1.2 core schema, section 10.3.2.
Value plain_scalar(const std::string& text) {
  if (text.empty() || text == "~" || text == "null") {
    return nullptr;
  }
  if (text == "true" || text == "false") {
    return text == "true";
  }
  if (const auto integer = whole_number<std::int64_t>(text)) {
    return *integer;
  }
  const bool numeric = text.find_first_not_of("0123456789+-.eE") == std::string::npos;
  if (const auto real = numeric ? whole_number<double>(text) : std::nullopt) {
    return *real;
  }
  return text;
}

Result<Value> to_value(const YAML::Node& node, int depth);

Result<Value> to_map(const YAML::Node& node, int depth) {
  Map map;
  for (const auto& member : node) {
    if (!member.first.IsScalar()) {
      return yaml_error(member.first.Mark(), "a key must be text");
    }
    const std::string& name = member.first.Scalar();
    if (map.find(name) != nullptr) {
      return yaml_error(member.first.Mark(), fmt::format("key is repeated: {}", name));
    }
    Value value = TRY(to_value(member.second, depth + 1));
    map.append(name, std::move(value));
  }
  return Value(std::move(map));
}

Result<Value> to_list(const YAML::Node& node, int depth) {
  List list;
  for (const auto& item : node) {
    Value value = TRY(to_value(item, depth + 1));
    list.push_back(std::move(value));
  }
  return Value(std::move(list));
}

Result<Value> to_value(const YAML::Node& node, int depth) {
  if (depth > kDepthMax) {
    return yaml_error(node.Mark(), "nested too deeply");
  }
  switch (node.Type()) {
    case YAML::NodeType::Undefined:
    case YAML::NodeType::Null: return Value(nullptr);
    case YAML::NodeType::Sequence: return to_list(node, depth);
    case YAML::NodeType::Map: return to_map(node, depth);
    case YAML::NodeType::Scalar: break;
  }
  const bool quoted = node.Tag() == "!" || node.Tag() == "tag:yaml.org,2002:str";
  return quoted ? Value(node.Scalar()) : plain_scalar(node.Scalar());
}

}  // namespace

Result<Value> parse_yaml(std::string_view text) {
  try {
    return to_value(YAML::Load(std::string(text)), 0);
  } catch (const YAML::Exception& fault) {
    return yaml_error(fault.mark, fault.msg);
  }
}

Result<Value> read_yaml_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return Error{ErrorCode::NotFound, fmt::format("cannot open: {}", path.string())};
  }
  const std::string text(std::istreambuf_iterator<char>(file), {});
  Result<Value> value = parse_yaml(text);
  if (!value.ok()) {
    return std::move(value).error().while_doing(fmt::format("reading {}", path.string()));
  }
  return value;
}

}  // namespace tendril
