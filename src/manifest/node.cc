#include "manifest/node.h"

#include <charconv>
#include <cmath>

#include "data/json.h"

namespace tendril {
namespace {

// Bounds what a tree of hostile keys can cost; the deepest real paths have half of it.
constexpr std::size_t kKeyPathBytesMax = 1000;

// The text of a scalar member: texts as they are, numbers as JSON writes them.
std::optional<std::string> scalar_text(const Node& node) {
  if (node.kind != Node::Kind::Scalar || node.scalar.as_bool() != nullptr) {
    return std::nullopt;
  }
  const std::string* text = node.scalar.as_string();
  return text != nullptr ? *text : to_json(node.scalar);
}

}  // namespace

std::string to_string(const Position& position) {
  const std::string file = position.file == nullptr ? "" : *position.file;
  if (position.line == 0) {
    return file;
  }
  return file + ":" + std::to_string(position.line) + ":" + std::to_string(position.column);
}

Node::Node() = default;
Node::Node(const Node&) = default;
Node::Node(Node&&) noexcept = default;
Node& Node::operator=(const Node&) = default;
Node& Node::operator=(Node&&) noexcept = default;
Node::~Node() = default;

const Node* Node::find(std::string_view key) const {
  for (const Member& member : members) {
    if (member.first == key) {
      return member.second.kind == Kind::Null ? nullptr : &member.second;
    }
  }
  return nullptr;
}

Node* Node::find(std::string_view key) { return const_cast<Node*>(std::as_const(*this).find(key)); }

std::string_view Node::type() const {
  const Node* type = find("type");
  const std::string* text = type == nullptr ? nullptr : type->scalar.as_string();
  return text == nullptr ? std::string_view() : *text;
}

Result<const Node*> Node::required(std::string_view key) const {
  const Node* found = find(key);
  if (found == nullptr) {
    const std::string_view name = type();
    return error(
        (name.empty() ? "a field is missing: " : std::string(name) + " lacks the field: ") +
        std::string(key));
  }
  return found;
}

Result<std::string> Node::text(std::string_view key) const {
  const Node* found = TRY(required(key));
  std::optional<std::string> text = scalar_text(*found);
  if (!text) {
    return found->error("must be a text");
  }
  return *std::move(text);
}

Result<std::string> Node::text_or(std::string_view key, std::string_view otherwise) const {
  if (find(key) == nullptr) {
    return std::string(otherwise);
  }
  return text(key);
}

Result<std::int64_t> Node::integer_or(std::string_view key, std::int64_t otherwise) const {
  const Node* found = find(key);
  if (found == nullptr) {
    return otherwise;
  }
  if (const std::int64_t* number = found->scalar.as_int()) {
    return *number;
  }
  if (const std::string* text = found->scalar.as_string()) {
    std::int64_t number = 0;
    const char* end = text->data() + text->size();
    const auto [stop, fault] = std::from_chars(text->data(), end, number);
    if (fault == std::errc() && stop == end && !text->empty()) {
      return number;
    }
  }
  return found->error("must be a whole number");
}

Result<double> Node::number_or(std::string_view key, double otherwise) const {
  const Node* found = find(key);
  if (found == nullptr) {
    return otherwise;
  }
  if (const std::int64_t* number = found->scalar.as_int()) {
    return static_cast<double>(*number);
  }
  if (const double* number = found->scalar.as_float()) {
    return *number;
  }
  if (const std::string* text = found->scalar.as_string()) {
    double number = 0;
    const char* end = text->data() + text->size();
    const auto [stop, fault] = std::from_chars(text->data(), end, number);
    if (fault == std::errc() && stop == end && !text->empty() && std::isfinite(number)) {
      return number;
    }
  }
  return found->error("must be a number");
}

Result<bool> Node::flag_or(std::string_view key, bool otherwise) const {
  const Node* found = find(key);
  if (found == nullptr) {
    return otherwise;
  }
  if (const bool* flag = found->scalar.as_bool()) {
    return *flag;
  }
  return found->error("must be true or false");
}

Result<std::vector<std::string>> Node::texts(std::string_view key) const {
  std::vector<std::string> texts;
  const Node* found = find(key);
  if (found == nullptr) {
    return texts;
  }
  if (std::optional<std::string> single = scalar_text(*found)) {
    texts.push_back(*std::move(single));
    return texts;
  }
  if (found->kind != Kind::Sequence) {
    return found->error("must be a list of texts");
  }
  for (const Node& item : found->items) {
    std::optional<std::string> text = scalar_text(item);
    if (!text) {
      return item.error("must be a text");
    }
    texts.push_back(*std::move(text));
  }
  return texts;
}

Error Node::error(std::string_view message, ErrorCode code) const {
  std::string where = to_string(position);
  if (!key_path.empty()) {
    where += (where.empty() ? "" : ": ") + key_path;
  }
  return Error{code, where.empty() ? std::string(message) : where + ": " + std::string(message)};
}

Value to_value(const Node& node) {
  switch (node.kind) {
    case Node::Kind::Null: return nullptr;
    case Node::Kind::Scalar: return node.scalar;
    case Node::Kind::Sequence: {
      List list;
      list.reserve(node.items.size());
      for (const Node& item : node.items) {
        list.push_back(to_value(item));
      }
      return list;
    }
    case Node::Kind::Mapping: {
      Map map;
      map.members().reserve(node.members.size());
      for (const auto& [key, value] : node.members) {
        map.append(key, to_value(value));
      }
      return map;
    }
  }
  return nullptr;
}

void set_key_paths(Node& node, std::string key_path) {
  if (key_path.size() > kKeyPathBytesMax) {
    key_path = "..." + key_path.substr(key_path.size() - kKeyPathBytesMax / 2);
  }
  const std::string prefix = key_path.empty() ? "" : key_path + ".";
  for (std::size_t index = 0; index < node.items.size(); ++index) {
    set_key_paths(node.items[index], prefix + std::to_string(index));
  }
  for (auto& [key, value] : node.members) {
    set_key_paths(value, prefix + key);
  }
  node.key_path = std::move(key_path);
}

std::size_t count_nodes(const Node& node) {
  std::size_t count = 1;
  for (const Node& item : node.items) {
    count += count_nodes(item);
  }
  for (const auto& [key, value] : node.members) {
    count += count_nodes(value);
  }
  return count;
}

}  // namespace tendril
