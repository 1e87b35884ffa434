#include "manifest/json_document.h"

#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "connector/document.h"
#include "data/json_tree.h"

namespace tendril {
namespace {

namespace sj = simdjson::ondemand;

// A field's name as written, with its quotes.
std::string_view quoted_name(sj::field& field) {
  const char* start = field.key().raw();
  const char* end = start;
  while (*end != '"') {
    end += *end == '\\' ? 2 : 1;
  }
  return {start - 1, static_cast<std::size_t>(end - start) + 2};
}

// A value as it stands in the page, and what a tap is shown of it.
struct Found {
  std::string_view json;
  std::string_view shown;
};

// Finds a value that is not null, and checks it.
simdjson::error_code find_value(sj::value& value, sj::json_type type, EscapeFinder& escapes,
                                Found& found) {
  if (type == sj::json_type::object) {
    sj::object object;
    const auto fault = value.get_object().get(object);
    return fault ? fault : checked_json(object, found.json);
  }
  if (type == sj::json_type::array) {
    sj::array array;
    const auto fault = value.get_array().get(array);
    return fault ? fault : checked_json(array, found.json);
  }
  found.json = trimmed_token(value.raw_json_token());
  return type == sj::json_type::string ? json_text(value, escapes, found.shown) : check_json(value);
}

// Appends the member to `out`, unless it is null.
simdjson::error_code add_member(sj::field& field, const FieldTap* tap, PageWalk& walk) {
  std::string& out = walk.scratch;
  const std::string_view quoted = quoted_name(field);
  sj::value& value = field.value();
  sj::json_type type{};
  std::string_view name;
  auto fault = json_name(field, name);
  fault = fault ? fault : value.type().get(type);
  if (fault) {
    return fault;
  }
  const bool is_tapped = tap != nullptr && name == tap->field;
  if (type == sj::json_type::null) {
    if (is_tapped) {
      tap->see(std::nullopt);
    }
    return take_null(value);
  }
  Found found;
  fault = find_value(value, type, walk.escapes, found);
  if (fault) {
    return fault;
  }
  if (is_tapped) {
    tap->see(type == sj::json_type::string ? found.shown : found.json);
  }
  if (out.size() > 1) {
    out += ',';
  }
  out += quoted;
  out += ':';
  out += found.json;
  return simdjson::SUCCESS;
}

// A document is one line: if there are line breaks between its tokens, all white space there goes.
simdjson::error_code put_on_one_line(std::string& json) {
  if (json.find_first_of("\r\n") == std::string::npos) {
    return simdjson::SUCCESS;
  }
  std::string line(json.size() + simdjson::SIMDJSON_PADDING, '\0');
  std::size_t size = 0;
  const auto fault = simdjson::minify(json.data(), json.size(), line.data(), size);
  line.resize(size);
  json = std::move(line);
  return fault;
}

}  // namespace

simdjson::error_code json_document(sj::object object, BatchBuilder& rows, const FieldTap* tap,
                                   PageWalk& walk) {
  std::string& scratch = walk.scratch;
  scratch.assign(1, '{');
  for (auto&& member : object) {
    if (const auto fault = member.error()) {
      return fault;
    }
    // By reference: copying fields and values costs a third of the whole walk.
    auto&& field = std::forward<decltype(member)>(member).value_unsafe();
    if (const auto fault = add_member(field, tap, walk)) {
      return fault;
    }
  }
  scratch += '}';
  if (const auto fault = put_on_one_line(scratch)) {
    return fault;
  }
  rows.cell(kDocumentColumn).append_json(scratch);
  rows.end_row();
  return simdjson::SUCCESS;
}

}  // namespace tendril
