#include "bridges/airbyte/program_catalog.h"

#include <string>
#include <utility>

#include "core/check.h"
#include "data/json_schema_type.h"

namespace tendril {
namespace {

const List& list_in(const Value& value, std::string_view name) {
  static const List kNone;
  const Value* member = value.find(name);
  const List* list = member == nullptr ? nullptr : member->as_list();
  return list == nullptr ? kNone : *list;
}

std::string text_in(const Value& value, std::string_view name) {
  const Value* member = value.find(name);
  const std::string* text = member == nullptr ? nullptr : member->as_string();
  return text == nullptr ? std::string() : *text;
}

Result<TableSchema> schema_of(const Value& stream, const std::string& name) {
  TableSchema schema{.name = name, .columns = {}};
  const Value* described = stream.find("json_schema");
  const Value* properties = described == nullptr ? nullptr : described->find("properties");
  if (properties != nullptr && properties->is_map()) {
    for (const auto& [column, property] : properties->as_map()->members()) {
      schema.columns.push_back({.name = column, .type = column_type(property)});
    }
  }
  for (const Value& path : list_in(stream, "source_defined_primary_key")) {
    const List* steps = path.as_list();
    const std::string* column =
        steps == nullptr || steps->size() != 1 ? nullptr : steps->front().as_string();
    if (column == nullptr) {
      return Error{.code = ErrorCode::Unsupported,
                   .message = "a primary key inside an object is not supported: stream " + name};
    }
    schema.primary_key.push_back(*column);
  }
  return schema;
}

Result<StreamInfo> stream_of(const Value& stream) {
  const std::string name = text_in(stream, "name");
  if (name.empty()) {
    return Error{.code = ErrorCode::BadData, .message = "the catalog has a stream without a name"};
  }
  StreamInfo info;
  info.schema = TRY(schema_of(stream, name));
  for (const Value& mode : list_in(stream, "supported_sync_modes")) {
    const std::string* text = mode.as_string();
    info.incremental = info.incremental || (text != nullptr && *text == "incremental");
  }
  const List& cursor = list_in(stream, "default_cursor_field");
  if (info.incremental && cursor.size() == 1 && cursor.front().is_string()) {
    info.cursor_field = *cursor.front().as_string();
  }
  const Value* fixed = stream.find("source_defined_cursor");
  info.cursor_is_chosen = info.incremental && fixed != nullptr && *fixed == Value(false);
  if (const Value* described = stream.find("json_schema")) {
    info.json_schema = *described;
  }
  return info;
}

}  // namespace

Result<ProgramCatalog> ProgramCatalog::parse(Value catalog) {
  ProgramCatalog parsed;
  for (const Value& stream : list_in(catalog, "streams")) {
    StreamInfo info = TRY(stream_of(stream));
    parsed.catalog_.streams.push_back(std::move(info));
  }
  parsed.described_ = std::move(catalog);
  return parsed;
}

Value ProgramCatalog::configured(const StreamRequest& request) const {
  for (const Value& described : list_in(described_, "streams")) {
    if (text_in(described, "name") != request.stream) {
      continue;
    }
    Map entry{{"stream", described},
              {"sync_mode", Value(request.incremental ? "incremental" : "full_refresh")},
              {"destination_sync_mode", Value("append")}};
    for (const auto& [from, to] : {std::pair("default_cursor_field", "cursor_field"),
                                   std::pair("source_defined_primary_key", "primary_key")}) {
      if (const Value* value = described.find(from)) {
        entry.append(to, *value);
      }
    }
    if (!request.cursor_field.empty()) {
      entry.set("cursor_field", List{Value(request.cursor_field)});
    }
    return Map{{"streams", List{Value(std::move(entry))}}};
  }
  CHECK(false);  // See REQUIRES.
  return {};
}

}  // namespace tendril
