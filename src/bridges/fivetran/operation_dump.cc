#include "bridges/fivetran/operation_dump.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "core/encoding.h"
#include "core/json_text.h"
#include "data/civil.h"

namespace tendril {
namespace {

std::string json_quoted(std::string_view text) {
  std::string json;
  append_json_string(json, text);
  return json;
}

template <class Number>
std::string float_text(Number value) {
  if (std::isnan(value)) {
    return "\"NaN\"";
  }
  if (std::isinf(value)) {
    return value > 0 ? "\"Infinity\"" : "\"-Infinity\"";
  }
  std::array<char, 32> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  return std::string(digits.data(), end);
}

std::string datetime_text(std::int64_t micros) {
  const Civil civil = civil_of(instant_from_micros(micros));
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}", civil.year, civil.month,
                     civil.day, civil.hour, civil.minute, civil.second, civil.micros);
}

std::string time_text(std::int64_t micros) {
  return datetime_text(micros).substr(sizeof("1970-01-01T") - 1);
}

TypeKind kind_of(const FrameCell& cell, TypeKind declared) {
  switch (cell.tag) {
    case CellTag::Absent:
    case CellTag::Null: return TypeKind::Unknown;
    case CellTag::False:
    case CellTag::True: return TypeKind::Boolean;
    case CellTag::Int:
      return declared == TypeKind::Short || declared == TypeKind::Int ? declared : TypeKind::Long;
    case CellTag::Float: return declared == TypeKind::Double ? declared : TypeKind::Float;
    case CellTag::Double: return TypeKind::Double;
    case CellTag::Decimal: return TypeKind::Decimal;
    case CellTag::String: return TypeKind::String;
    case CellTag::Json: return TypeKind::Json;
    case CellTag::Xml: return TypeKind::Xml;
    case CellTag::Binary: return TypeKind::Binary;
    case CellTag::Date: return TypeKind::NaiveDate;
    case CellTag::NaiveDatetime: return TypeKind::NaiveDatetime;
    case CellTag::UtcDatetime: return TypeKind::UtcDatetime;
    case CellTag::Time: break;
  }
  return TypeKind::NaiveTime;
}

std::string value_text(const FrameCell& cell, TypeKind kind) {
  switch (cell.tag) {
    case CellTag::Absent:
    case CellTag::Null: return "null";
    case CellTag::False: return "false";
    case CellTag::True: return "true";
    case CellTag::Int: return std::to_string(cell.number);
    case CellTag::Float:
    case CellTag::Double:
      return kind == TypeKind::Float ? float_text(static_cast<float>(cell.real))
                                     : float_text(cell.real);
    case CellTag::Binary: return json_quoted(base64_encode(cell.text));
    case CellTag::Date: return json_quoted(iso_date(static_cast<std::int32_t>(cell.number)));
    case CellTag::NaiveDatetime: return json_quoted(datetime_text(cell.number));
    case CellTag::UtcDatetime: return json_quoted(datetime_text(cell.number) + "Z");
    case CellTag::Time: return json_quoted(time_text(cell.number));
    default: return json_quoted(cell.text);
  }
}

std::string type_name(TypeKind kind, std::string_view unknown) {
  if (kind == TypeKind::Unknown) {
    return std::string(unknown);
  }
  return kind == TypeKind::Decimal ? "DECIMAL" : to_string(Type{kind});
}

std::string column_json(const Column& column, bool is_key) {
  std::string json =
      fmt::format(R"({{"name":{},"type":"{}","primary_key":{})", json_quoted(column.name),
                  type_name(column.type.kind, "UNSPECIFIED"), is_key);
  if (column.type.kind == TypeKind::Decimal) {
    json += fmt::format(R"(,"precision":{},"scale":{})", column.type.precision, column.type.scale);
  }
  return json + "}";
}

std::string table_json(const DeclaredTable& table) {
  std::string columns;
  const auto add = [&](const Column& column, bool is_key) {
    columns += (columns.empty() ? "" : ",") + column_json(column, is_key);
  };
  const auto is_key = [&](const std::string& name) {
    return std::find(table.primary_key.begin(), table.primary_key.end(), name) !=
           table.primary_key.end();
  };
  for (const std::string& name : table.primary_key) {
    const auto declared = std::find_if(table.columns.begin(), table.columns.end(),
                                       [&](const Column& column) { return column.name == name; });
    add(declared == table.columns.end() ? Column{name, {}} : *declared, true);
  }
  for (const Column& column : table.columns) {
    if (!is_key(column.name)) {
      add(column, false);
    }
  }
  return fmt::format(R"({{"name":{},"columns":[{}]}})", json_quoted(table.name), columns);
}

}  // namespace

Result<OperationDump> OperationDump::open(const std::filesystem::path& path) {
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  if (!file) {
    return Error{.code = ErrorCode::System,
                 .message = "file of operations can not be written: " + path.string()};
  }
  return OperationDump(std::move(file), path);
}

void OperationDump::line(const std::string& json) { file_ << json << '\n'; }

void OperationDump::schema(const std::vector<DeclaredTable>* tables) {
  if (tables == nullptr) {
    line(R"({"op":"schema","tables":null})");
    return;
  }
  std::string text;
  for (const DeclaredTable& table : *tables) {
    text += (text.empty() ? "" : ",") + table_json(table);
    for (const Column& column : table.columns) {
      declared_[table.name][column.name] = column.type.kind;
    }
  }
  line(fmt::format(R"({{"op":"schema","tables":[{}]}})", text));
}

void OperationDump::rows(const RowsFrame& frame) {
  const std::string head = fmt::format(R"({{"op":"{}","table":{})", to_string(frame.operation),
                                       json_quoted(frame.table));
  if (frame.operation == RowOperation::Truncate) {
    line(head + "}");
    return;
  }
  const auto& declared = declared_[std::string(frame.table)];
  std::vector<FrameColumn::Reader> readers(frame.columns.begin(), frame.columns.end());
  for (std::size_t row = 0; row < frame.rows; ++row) {
    std::string values;
    for (std::size_t index = 0; index < readers.size(); ++index) {
      const FrameCell cell = readers[index].next();
      if (cell.tag == CellTag::Absent) {
        continue;
      }
      const std::string name(frame.columns[index].name());
      const auto known = declared.find(name);
      const TypeKind kind =
          kind_of(cell, known == declared.end() ? TypeKind::Unknown : known->second);
      values += fmt::format(R"({}{}:{{"type":"{}","value":{}}})", values.empty() ? "" : ",",
                            json_quoted(name), type_name(kind, "NULL"), value_text(cell, kind));
    }
    line(fmt::format(R"({},"values":{{{}}}}})", head, values));
  }
}

void OperationDump::checkpoint(std::string_view state) {
  line(fmt::format(R"({{"op":"checkpoint","state":{}}})", state));
}

void OperationDump::message(std::string_view operation, std::string_view text) {
  line(fmt::format(R"({{"op":"{}","message":{}}})", operation, json_quoted(text)));
}

void OperationDump::file(std::string_view path, std::size_t bytes, std::string_view sha256) {
  line(fmt::format(R"({{"op":"file","path":{},"bytes":{},"sha256":"{}"}})", json_quoted(path),
                   bytes, sha256));
}

Status OperationDump::finish() {
  file_.flush();
  return file_ ? Status()
               : Status(Error{.code = ErrorCode::System,
                              .message = "file of operations could not be written whole: " +
                                         path_.string()});
}

}  // namespace tendril
