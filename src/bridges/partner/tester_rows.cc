#include "bridges/partner/tester_rows.h"

#include <utility>

#include "core/encoding.h"
#include "data/batch_builder.h"
#include "data/instant.h"
#include "data/json.h"

namespace tendril {
namespace {

// When the row became what it is; no column.
constexpr std::string_view kOperationTime = "op_time";

Error wrong(const PartnerTable& table, const std::string& column, const std::string& what) {
  return {.code = ErrorCode::InvalidConfig,
          .message = "input: column " + table.schema.name + "." + column + " " + what};
}

std::string text_of(const Value& value) {
  const std::string* text = value.as_string();
  return text == nullptr ? to_json(value) : *text;
}

// Decimals and naive times are sent as the input spells them: what they are is for the server to
// say.
Type cell_type(Type type) {
  switch (type.kind) {
    case TypeKind::Boolean:
    case TypeKind::Short:
    case TypeKind::Int:
    case TypeKind::Long:
    case TypeKind::Float:
    case TypeKind::Double:
    case TypeKind::Binary: return type;
    default: return {TypeKind::String};
  }
}

// Instants are in UTC, also where the input names no zone; servers are told so.
std::string instant_text(const std::string& text) {
  const auto datetime = parse_iso_datetime(text);
  return datetime ? to_iso(datetime->instant) : text;
}

// `kind` is that of the table's column.
void append_value(ColumnBuilder& cell, const Value& value, TypeKind kind) {
  const std::string text = text_of(value);
  if (kind == TypeKind::UtcDatetime) {
    cell.append_string(instant_text(text));
  } else if (cell_type({kind}).kind == TypeKind::String) {
    cell.append_string(text);
  } else if (kind == TypeKind::Binary) {
    cell.append_bytes(base64_decode(text).value_or(text));
  } else {
    // Numbers and truth values may be written as texts.
    const Result<Value> read = value.is_string() ? parse_json(text) : value;
    cell.append(read.ok() ? *read : value);
  }
}

}  // namespace

Result<TesterRow> tester_row(const PartnerTable& table, const Map& row) {
  TesterRow result;
  TableSchema given{.name = table.schema.name, .columns = {}};
  for (const auto& [name, value] : row.members()) {
    if (name == kOperationTime) {
      const std::string* text = value.as_string();
      const auto instant = text == nullptr ? std::nullopt : parse_iso_datetime(*text);
      if (!instant) {
        return wrong(table, name, "is no time");
      }
      result.start = micros_of(instant->instant);
      continue;
    }
    const Column* column = table.schema.find(name);
    if (column == nullptr) {
      return wrong(table, name, "is not in its table");
    }
    given.columns.push_back({name, cell_type(column->type)});
  }
  for (const std::string& column : table.schema.primary_key) {
    if (given.find(column) == nullptr) {
      return wrong(table, column, "is of the key, and a row lacks it");
    }
  }
  BatchBuilder builder(given);
  for (const Column& column : given.columns) {
    const Value& value = *row.find(column.name);
    ColumnBuilder& cell = builder.cell(column.name);
    if (value.is_null()) {
      cell.append_null();
    } else {
      append_value(cell, value, table.schema.find(column.name)->type.kind);
    }
  }
  builder.end_row();
  result.batch = TRY(builder.take());
  for (const Column& column : given.columns) {
    if (result.batch.schema->find(column.name)->type != column.type) {
      return wrong(table, column.name,
                   "has a value that is no " + to_string(table.schema.find(column.name)->type));
    }
  }
  return result;
}

}  // namespace tendril
