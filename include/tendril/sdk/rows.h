// RowBuffer: the rows of one operation on one table that wait to be sent, in columns. A row is
// taken whole or not at all.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fitting.h"
#include "frames.h"
#include "schema.h"

namespace tendril::sdk {

inline std::string_view operation_name(Operation operation) {
  static constexpr std::string_view kNames[] = {"upsert", "update", "delete_row", "truncate"};
  return kNames[static_cast<std::size_t>(operation)];
}

// A value as an error shows it; empty for what shows nothing.
inline std::string value_text(const Cell& cell) {
  constexpr std::size_t kShownMax = 80;
  std::string scratch;
  FittedCell fitted;
  if (!cell.has_value() || Fitting(scratch).fit(cell, Type::String, fitted) != nullptr) {
    return "";
  }
  std::string text(fitted.is_made ? std::string_view(scratch) : fitted.text);
  if (text.size() > kShownMax) {
    std::size_t end = kShownMax;  // Characters stay whole.
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
      --end;
    }
    text = text.substr(0, end) + "...";
  }
  return cell.kind() == Cell::Kind::Text ? "\"" + text + "\"" : text;
}

inline const char* kind_name(const Cell& cell) {
  static constexpr const char* kKinds[] = {
      "absent value", "null", "bool", "int",    "int",  "double",     "Decimal",  "text",
      "RawJson",      "Json", "Xml",  "Binary", "date", "local_time", "sys_time", "duration"};
  return kKinds[static_cast<std::size_t>(cell.kind())];
}

// Threads: one at a time.
class RowBuffer {
 public:
  explicit RowBuffer(std::string_view name) : name_(name) {
    if (name.empty() || !is_utf8(name)) {
      throw ConnectorError("the name of a table must be a text of UTF-8 that is not empty");
    }
  }

  void declare(const Table& table) {
    key_ = table.primary_key;
    for (const Column& column : table.columns) {
      add_column(column.name, column.type);
    }
  }

  const std::string& name() const { return name_; }
  std::uint32_t rows() const { return rows_; }
  Operation operation() const { return operation_; }

  // Returns the bytes that it takes more. Throws ConnectorError for a row that is wrong.
  // REQUIRES: no rows of another operation wait.
  std::size_t take(Operation operation, std::span<const Field> row) {
    ++row_number_;
    fitted_.clear();
    scratch_.clear();
    Fitting fitting(scratch_);
    std::size_t text_bytes = 0;
    for (std::size_t index = 0; index < row.size(); ++index) {
      const std::size_t column = position_of(row[index].name, index);
      if (columns_[column].row == row_number_) {
        fault(operation, row, row[index], "comes twice in a row");
      }
      columns_[column].row = row_number_;
      FittedCell cell;
      if (const char* const problem =
              fitting.fit(row[index].value, columns_[column].declared, cell)) {
        fault(operation, row, row[index], problem);
      }
      text_bytes += cell.is_made ? cell.size : cell.text.size();
      if (text_bytes > kRowBytesMax) {
        fault(operation, row, row[index],
              "makes the row larger than the 128 MiB that one may have");
      }
      fitted_.emplace_back(column, cell);
    }
    std::size_t bytes = kBytesOfRow;
    for (const auto& [column, cell] : fitted_) {
      bytes += append(columns_[column], cell);
    }
    operation_ = operation;
    ++rows_;
    return bytes;
  }

  // Moves the rows into a frame. Columns that no row mentions are left out.
  void build(FrameWriter& frames) {
    std::string& out = frames.begin(FrameKind::Rows);
    out += static_cast<char>(operation_);
    append_sized(out, name_);
    append_raw(out, rows_);
    append_raw(out, static_cast<std::uint32_t>(std::count_if(
                        columns_.begin(), columns_.end(),
                        [](const ColumnBuffer& column) { return !column.tags.empty(); })));
    for (ColumnBuffer& column : columns_) {
      if (column.tags.empty()) {
        continue;
      }
      column.tags.resize(rows_, static_cast<char>(Tag::Absent));
      append_sized(out, column.name);
      append_raw(out, static_cast<std::uint32_t>(column.values.size()));
      out += column.tags;
      out += column.values;
      column.tags.clear();
      column.values.clear();
    }
    rows_ = 0;
    frames.end();
  }

 private:
  static constexpr std::size_t kBytesOfRow = 4;
  static constexpr std::size_t kRowBytesMax = std::size_t{128} << 20U;

  struct ColumnBuffer {
    std::string name;
    Type declared = Type::Unspecified;
    std::string tags = {};
    std::string values = {};
    std::uint64_t row = 0;  // The last that mentioned it.
  };

  // Rows mostly mention the same columns in the same order.
  std::size_t position_of(std::string_view name, std::size_t expected) {
    if (expected < order_.size() && columns_[order_[expected]].name == name) {
      return order_[expected];
    }
    const auto known = positions_.find(name);
    const std::size_t position = known != positions_.end() ? known->second : add_column(name, {});
    order_.resize(std::max(order_.size(), expected + 1));
    order_[expected] = position;
    return position;
  }

  std::size_t add_column(std::string_view name, std::optional<Type> declared) {
    if (name.empty() || !is_utf8(name)) {
      throw ConnectorError("table " + name_ +
                           ": the name of a column must be a text of UTF-8 that is not empty");
    }
    columns_.push_back(
        ColumnBuffer{.name = std::string(name), .declared = declared.value_or(Type::Unspecified)});
    positions_.emplace(name, columns_.size() - 1);
    return columns_.size() - 1;
  }

  std::size_t append(ColumnBuffer& column, const FittedCell& cell) const {
    const std::size_t before = column.values.size();
    column.tags.resize(rows_, static_cast<char>(Tag::Absent));
    column.tags += static_cast<char>(cell.tag);
    switch (cell.tag) {
      case Tag::Absent:
      case Tag::Null:
      case Tag::False:
      case Tag::True: break;
      case Tag::Int:
      case Tag::NaiveDatetime:
      case Tag::UtcDatetime:
      case Tag::Time: append_raw(column.values, cell.number); break;
      case Tag::Float: append_raw(column.values, cell.real); break;
      case Tag::Date: append_raw(column.values, static_cast<std::int32_t>(cell.number)); break;
      default:
        append_sized(column.values, cell.is_made
                                        ? std::string_view(scratch_).substr(cell.offset, cell.size)
                                        : cell.text);
    }
    return column.values.size() - before + 1;
  }

  // "row id=7" where the table has a key, else "row 12", counted from the sync's first operation on
  // the table.
  std::string row_name(std::span<const Field> row) const {
    std::string text;
    for (const std::string& name : key_) {
      const auto found = std::find_if(row.begin(), row.end(),
                                      [&](const Field& each) { return each.name == name; });
      if (found != row.end()) {
        text += (text.empty() ? "row " : ", ") + name + "=" + value_text(found->value);
      }
    }
    return text.empty() ? "row " + std::to_string(row_number_) : text;
  }

  [[noreturn]] void fault(Operation operation, std::span<const Field> row, const Field& field,
                          const char* problem) {
    const Type declared = columns_[positions_.find(field.name)->second].declared;
    std::string text = "table " + name_ + ", " + row_name(row) + ": column ";
    text += field.name;
    if (declared.kind() != Type::Unspecified) {
      text += std::string(" is declared ") + declared.name() + " and";
    }
    text += std::string(" ") + problem + "; ";
    text += operation_name(operation);
    text += std::string("() got the ") + kind_name(field.value);
    const std::string value = value_text(field.value);
    throw ConnectorError(value.empty() ? text : text + " " + value);
  }

  const std::string name_;
  std::vector<std::string> key_;
  std::vector<ColumnBuffer> columns_;
  std::map<std::string, std::size_t, std::less<>> positions_;
  std::vector<std::size_t> order_;  // Where the fields of the last rows were.
  std::uint32_t rows_ = 0;
  Operation operation_ = Operation::Upsert;
  std::uint64_t row_number_ = 0;
  std::vector<std::pair<std::size_t, FittedCell>> fitted_;
  std::string scratch_;
};

}  // namespace tendril::sdk
