#include "data/json.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <fstream>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <simdjson.h>

#include "core/json_text.h"
#include "data/json_tree.h"
#include "data/number_text.h"

namespace tendril {
namespace {

constexpr std::int64_t kMicrosPerSecond = 1'000'000;
constexpr std::int64_t kMicrosPerDay = 86'400 * kMicrosPerSecond;

std::size_t line_of(std::string_view text, const char* at) {
  const auto offset = static_cast<std::size_t>(
      std::clamp<std::ptrdiff_t>(at - text.data(), 0, static_cast<std::ptrdiff_t>(text.size())));
  return 1 + static_cast<std::size_t>(std::count(
                 text.begin(), text.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
}

// "P1M2DT3.5S"; "PT0S" for nothing.
std::string duration_text(const Duration& duration) {
  std::string text = "P";
  const std::int64_t micros = duration.exact.count();
  if (duration.months != 0) {
    text += fmt::format("{}M", duration.months);
  }
  if (micros / kMicrosPerDay != 0) {
    text += fmt::format("{}D", micros / kMicrosPerDay);
  }
  if (const std::int64_t rest = micros % kMicrosPerDay; rest != 0 || text.size() == 1) {
    const std::int64_t fraction = std::abs(rest % kMicrosPerSecond);
    text += fmt::format("T{}{}", rest < 0 && rest / kMicrosPerSecond == 0 ? "-" : "",
                        rest / kMicrosPerSecond);
    text += fraction == 0 ? "S" : fmt::format(".{:06}S", fraction);
  }
  return text;
}

struct JsonWriter {
  std::string& out;
  bool pretty;

  void new_line(std::size_t depth) {
    if (pretty) {
      out += '\n';
      out.append(depth * 2, ' ');
    }
  }

  void write_list(const List& list, std::size_t depth) {
    out += '[';
    for (std::size_t i = 0; i < list.size(); ++i) {
      out += i == 0 ? "" : ",";
      new_line(depth + 1);
      write(list[i], depth + 1);
    }
    if (!list.empty()) {
      new_line(depth);
    }
    out += ']';
  }

  void write_map(const Map& map, std::size_t depth) {
    out += '{';
    bool first = true;
    for (const auto& [name, value] : map.members()) {
      out += first ? "" : ",";
      first = false;
      new_line(depth + 1);
      append_json_string(out, name);
      out += pretty ? ": " : ":";
      write(value, depth + 1);
    }
    if (!map.empty()) {
      new_line(depth);
    }
    out += '}';
  }

  void write(const Value& value, std::size_t depth) {
    switch (value.kind()) {
      case Value::Kind::Null: out += "null"; return;
      case Value::Kind::Bool: out += *value.as_bool() ? "true" : "false"; return;
      case Value::Kind::Int: out += std::to_string(*value.as_int()); return;
      case Value::Kind::Float:
        out += std::isfinite(*value.as_float()) ? number_text(*value.as_float()) : "null";
        return;
      case Value::Kind::BigNumber: out += value.as_big_number()->text; return;
      case Value::Kind::String: append_json_string(out, *value.as_string()); return;
      case Value::Kind::List: write_list(*value.as_list(), depth); return;
      case Value::Kind::Map: write_map(*value.as_map(), depth); return;
      case Value::Kind::Datetime:
        append_json_string(out, to_iso(value.as_datetime()->instant));
        return;
      case Value::Kind::Duration:
        append_json_string(out, duration_text(*value.as_duration()));
        return;
    }
  }
};

// True when something follows the root value. A root number or word stays the parser's current
// token, so there the text itself is asked: white space in its middle means a second token.
bool has_more(std::string_view text, const Value& root, simdjson::ondemand::document& document) {
  if (root.is_list() || root.is_map() || root.is_string()) {
    const char* at = nullptr;
    return document.current_location().get(at) == simdjson::SUCCESS;
  }
  constexpr std::string_view kSpace = " \t\r\n";
  const std::size_t start = text.find_first_not_of(kSpace);
  const std::size_t end = text.find_first_of(kSpace, start);
  return text.find_first_not_of(kSpace, end) != std::string_view::npos;
}

}  // namespace

Result<Value> parse_json(std::string_view text) {
  simdjson::ondemand::parser parser;
  const simdjson::padded_string padded(text);
  const std::string_view copy(padded.data(), padded.size());
  simdjson::ondemand::document document;
  simdjson::error_code fault = parser.iterate(padded).get(document);
  const bool is_open = fault == simdjson::SUCCESS;  // Else the document must not be asked anything.
  Value value;
  if (is_open) {
    fault = json_tree(document, value);
  }
  const char* at = nullptr;
  if (fault == simdjson::SUCCESS && has_more(text, value, document)) {
    fault = simdjson::TRAILING_CONTENT;
  }
  if (fault != simdjson::SUCCESS) {
    const bool is_located = is_open && document.current_location().get(at) == simdjson::SUCCESS;
    return Error{ErrorCode::BadData,
                 fmt::format("text is not JSON: {}{}", simdjson::error_message(fault),
                             is_located ? fmt::format(" (line {})", line_of(copy, at)) : "")};
  }
  return value;
}

Result<Value> read_json_file(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream content;
  if (!file || !(content << file.rdbuf())) {
    return Error{ErrorCode::InvalidConfig, "file can not be read: " + path.string()};
  }
  Result<Value> value = parse_json(content.str());
  if (!value.ok()) {
    Error error = std::move(value).error();
    error.code = ErrorCode::InvalidConfig;
    return std::move(error).while_doing("reading " + path.string());
  }
  return value;
}

void append_json(std::string& out, const Value& value) { JsonWriter{out, false}.write(value, 0); }

std::string to_json(const Value& value) {
  std::string out;
  append_json(out, value);
  return out;
}

std::string to_pretty_json(const Value& value) {
  std::string out;
  JsonWriter{out, true}.write(value, 0);
  out += '\n';
  return out;
}

const Value* find_pointer(const Value& root, std::string_view pointer) {
  const Value* value = &root;
  while (!pointer.empty() && value != nullptr) {
    if (pointer.front() != '/') {
      return nullptr;
    }
    pointer.remove_prefix(1);
    const std::size_t end = std::min(pointer.find('/'), pointer.size());
    std::string token(pointer.substr(0, end));
    pointer.remove_prefix(end);
    for (const auto& [escape, plain] : {std::pair{"~1", "/"}, std::pair{"~0", "~"}}) {
      for (std::size_t at = token.find(escape); at != std::string::npos;
           at = token.find(escape, at + 1)) {
        token.replace(at, 2, plain);
      }
    }
    if (const List* list = value->as_list()) {
      std::size_t index = 0;
      const char* token_end = token.data() + token.size();
      const auto read = std::from_chars(token.data(), token_end, index);
      const bool is_index = read.ec == std::errc() && read.ptr == token_end && index < list->size();
      value = is_index ? &(*list)[index] : nullptr;
    } else {
      value = value->find(token);
    }
  }
  return value;
}

}  // namespace tendril
