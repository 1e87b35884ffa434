#include "bridges/fivetran/declared_table.h"

#include <algorithm>

#include <fmt/format.h>

#include "data/json.h"
#include "data/value.h"

namespace tendril {
namespace {

Error broken_schema() {
  return {.code = ErrorCode::BadData, .message = "the connector's process sent a broken schema"};
}

Result<std::string> text_of(const Value& value, std::string_view name) {
  const Value* member = value.find(name);
  if (member == nullptr || !member->is_string()) {
    return broken_schema();
  }
  return *member->as_string();
}

Result<int> number_of(const Value& value, std::string_view name) {
  const Value* member = value.find(name);
  if (member == nullptr || member->as_int() == nullptr) {
    return broken_schema();
  }
  return static_cast<int>(*member->as_int());
}

Result<Column> parse_column(const Value& value) {
  const std::string name = TRY(text_of(value, "name"));
  const std::string type = TRY(text_of(value, "type"));
  if (type != "DECIMAL") {
    const Type parsed = TRY(parse_type(type));
    return Column{name, parsed};
  }
  const int precision = TRY(number_of(value, "precision"));
  const int scale = TRY(number_of(value, "scale"));
  if (precision < 1 || precision > 38 || scale < 0 || scale > precision) {
    return broken_schema();
  }
  return Column{name, decimal_type(precision, scale)};
}

Result<DeclaredTable> parse_table(const Value& value) {
  DeclaredTable table;
  table.name = TRY(text_of(value, "table"));
  const Value* key = value.find("primary_key");
  const Value* columns = value.find("columns");
  if (key == nullptr || !key->is_list() || columns == nullptr || !columns->is_list()) {
    return broken_schema();
  }
  for (const Value& name : *key->as_list()) {
    if (!name.is_string()) {
      return broken_schema();
    }
    table.primary_key.push_back(*name.as_string());
  }
  for (const Value& each : *columns->as_list()) {
    Column column = TRY(parse_column(each));
    table.columns.push_back(std::move(column));
  }
  return table;
}

}  // namespace

Result<std::optional<std::vector<DeclaredTable>>> parse_declared_tables(std::string_view json) {
  const Value value = TRY(parse_json(json));
  if (value.is_null()) {
    return std::optional<std::vector<DeclaredTable>>();
  }
  if (!value.is_list()) {
    return broken_schema();
  }
  std::vector<DeclaredTable> tables;
  for (const Value& each : *value.as_list()) {
    DeclaredTable table = TRY(parse_table(each));
    tables.push_back(std::move(table));
  }
  return std::optional(std::move(tables));
}

Result<TableSchema> warehouse_schema(const DeclaredTable& table, ProjectNaming naming) {
  TableSchema schema{warehouse_table(table.name, naming), {}};
  for (const Column& column : table.columns) {
    const std::string name = warehouse_column(column.name, naming);
    const auto same = std::find_if(schema.columns.begin(), schema.columns.end(),
                                   [&](const Column& each) { return each.name == name; });
    if (same != schema.columns.end()) {
      const auto& other = table.columns[static_cast<std::size_t>(same - schema.columns.begin())];
      return Error{.code = ErrorCode::InvalidConfig,
                   .message = fmt::format("table {}: columns {} and {} of schema() both become {}: "
                                          "rename one, or use the naming SOURCE",
                                          table.name, other.name, column.name, name)};
    }
    schema.columns.push_back({name, column.type});
  }
  std::vector<Column> key;
  for (const std::string& column : table.primary_key) {
    schema.primary_key.push_back(warehouse_column(column, naming));
    const Column* const declared = schema.find(schema.primary_key.back());
    key.push_back(declared != nullptr ? *declared : Column{schema.primary_key.back(), {}});
  }
  std::erase_if(schema.columns, [&](const Column& column) {
    return std::find(schema.primary_key.begin(), schema.primary_key.end(), column.name) !=
           schema.primary_key.end();
  });
  schema.columns.insert(schema.columns.begin(), key.begin(), key.end());
  return schema;
}

}  // namespace tendril
