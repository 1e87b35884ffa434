// The tables that a connector declares: names, keys and types of columns.
#pragma once

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "errors.h"
#include "json_text.h"

namespace tendril::sdk {

// Type::Long, Type::UtcDatetime, Type::decimal(15, 2), ...
class Type {
 public:
  enum Kind : std::uint8_t {
    Unspecified,  // Learnt from the values.
    Boolean,
    Short,  // 16 bits
    Int,    // 32 bits
    Long,   // 64 bits
    Decimal,
    Float,
    Double,
    NaiveDate,
    NaiveDatetime,
    UtcDatetime,
    NaiveTime,
    Binary,
    Xml,
    String,
    Json,
  };

  constexpr Type(Kind kind) : kind_(kind) {}
  static constexpr Type decimal(int precision, int scale) {
    Type type(Decimal);
    type.precision_ = precision;
    type.scale_ = scale;
    return type;
  }

  constexpr Kind kind() const { return kind_; }
  constexpr int precision() const { return precision_; }
  constexpr int scale() const { return scale_; }

  // As the program names it; null for what is none.
  const char* name() const {
    static constexpr const char* kNames[] = {
        "UNSPECIFIED",  "BOOLEAN",    "SHORT",  "INT",        "LONG",
        "DECIMAL",      "FLOAT",      "DOUBLE", "NAIVE_DATE", "NAIVE_DATETIME",
        "UTC_DATETIME", "NAIVE_TIME", "BINARY", "XML",        "STRING",
        "JSON"};
    return kind_ <= Json ? kNames[kind_] : nullptr;
  }

 private:
  Kind kind_;
  int precision_ = 0;
  int scale_ = 0;
};

struct Column {
  std::string name;
  Type type = Type::Unspecified;
};

struct Table {
  std::string name;
  std::vector<std::string> primary_key = {};  // None: equal rows are one.
  std::vector<Column> columns = {};           // Others are learnt from the rows.
};

// Says what is wrong with a schema, as exceptions.
class SchemaCheck {
 public:
  explicit SchemaCheck(const std::vector<Table>& tables) {
    std::set<std::string_view> names;
    for (const Table& table : tables) {
      require(!table.name.empty() && is_utf8(table.name), "a table has no name");
      require(names.insert(table.name).second, "table " + table.name + " is declared twice");
      check_key(table);
      check_columns(table);
    }
  }

 private:
  static void require(bool holds, const std::string& problem) {
    if (!holds) {
      throw ConnectorError("schema(): " + problem);
    }
  }

  static void check_key(const Table& table) {
    std::set<std::string_view> names;
    for (const std::string& name : table.primary_key) {
      require(!name.empty() && is_utf8(name),
              "table " + table.name + ": a column of the primary key has no name");
      require(names.insert(name).second,
              "table " + table.name + ": primary_key names a column twice: " + name);
    }
  }

  static void check_columns(const Table& table) {
    std::set<std::string_view> names;
    for (const Column& column : table.columns) {
      require(!column.name.empty() && is_utf8(column.name),
              "table " + table.name + ": a column has no name");
      const std::string where = "table " + table.name + ", column " + column.name;
      require(names.insert(column.name).second, where + " is declared twice");
      require(column.type.name() != nullptr,
              where + ": there is no type of the number " + std::to_string(column.type.kind()));
      const int precision = column.type.precision();
      const int scale = column.type.scale();
      require(column.type.kind() != Type::Decimal ||
                  (precision >= 1 && precision <= 38 && scale >= 0 && scale <= precision),
              where + ": DECIMAL takes a precision from 1 to 38 and a scale up to it, not (" +
                  std::to_string(precision) + "," + std::to_string(scale) +
                  "): write Type::decimal(15, 2)");
    }
  }
};

// As it goes to the program. Throws ConnectorError for one that is wrong.
inline std::string schema_text(const std::vector<Table>& tables) {
  const SchemaCheck checked(tables);
  Json::Array declared;
  for (const Table& table : tables) {
    Json::Array key(table.primary_key.begin(), table.primary_key.end());
    Json::Array columns;
    for (const Column& column : table.columns) {
      if (column.type.kind() == Type::Unspecified) {
        continue;
      }
      Json entry{{"name", column.name}, {"type", column.type.name()}};
      if (column.type.kind() == Type::Decimal) {
        entry["precision"] = column.type.precision();
        entry["scale"] = column.type.scale();
      }
      columns.push_back(std::move(entry));
    }
    declared.push_back(Json{
        {"table", table.name}, {"primary_key", std::move(key)}, {"columns", std::move(columns)}});
  }
  return Json(std::move(declared)).text();
}

}  // namespace tendril::sdk
