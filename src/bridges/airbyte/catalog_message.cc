#include "bridges/airbyte/catalog_message.h"

#include <utility>

#include "data/json.h"

namespace tendril {
namespace {

// Source: https://docs.airbyte.com/understanding-airbyte/supported-data-types
Map property_of(Type type) {
  const auto property = [](const char* name) {
    return Map{{"type", Value(List{Value(name), Value("null")})}};
  };
  const auto text = [&](const char* format, const char* airbyte_type) {
    Map map = property("string");
    map.append("format", format);
    if (airbyte_type != nullptr) {
      map.append("airbyte_type", airbyte_type);
    }
    return map;
  };
  switch (type.kind) {
    case TypeKind::Boolean: return property("boolean");
    case TypeKind::Short:
    case TypeKind::Int:
    case TypeKind::Long: return property("integer");
    case TypeKind::Float:
    case TypeKind::Double:
    case TypeKind::Decimal: return property("number");
    case TypeKind::NaiveDate: return text("date", nullptr);
    case TypeKind::NaiveTime: return text("time", "time_without_timezone");
    case TypeKind::NaiveDatetime: return text("date-time", "timestamp_without_timezone");
    case TypeKind::UtcDatetime: return text("date-time", "timestamp_with_timezone");
    case TypeKind::Unknown:
    case TypeKind::Json: return {};  // Any value.
    case TypeKind::Binary:
    case TypeKind::Xml:
    case TypeKind::String: break;
  }
  return property("string");
}

Value stream_of(const StreamInfo& info) {
  List modes{Value("full_refresh")};
  if (info.incremental) {
    modes.emplace_back("incremental");
  }
  Map stream{
      {"name", Value(info.schema.name)},
      {"json_schema", info.json_schema.is_map() ? info.json_schema : json_schema_of(info.schema)},
      {"supported_sync_modes", Value(std::move(modes))}};
  if (info.incremental) {
    stream.append("source_defined_cursor", !info.cursor_is_chosen);
    if (!info.cursor_field.empty()) {
      stream.append("default_cursor_field", List{Value(info.cursor_field)});
    }
  }
  if (!info.schema.primary_key.empty()) {
    List key;
    for (const std::string& column : info.schema.primary_key) {
      key.emplace_back(List{Value(column)});
    }
    stream.append("source_defined_primary_key", std::move(key));
  }
  stream.append("is_resumable", info.incremental);
  stream.append("is_file_based", false);
  return stream;
}

}  // namespace

Value json_schema_of(const TableSchema& schema) {
  Map properties;
  for (const Column& column : schema.columns) {
    properties.append(column.name, property_of(column.type));
  }
  return Map{{"$schema", Value("http://json-schema.org/draft-07/schema#")},
             {"type", Value("object")},
             {"properties", Value(std::move(properties))}};
}

std::string catalog_message(const Catalog& catalog) {
  List streams;
  for (const StreamInfo& info : catalog.streams) {
    streams.push_back(stream_of(info));
  }
  return to_json(Map{{"type", Value("CATALOG")},
                     {"catalog", Map{{"streams", Value(std::move(streams))}}}}) +
         '\n';
}

}  // namespace tendril
