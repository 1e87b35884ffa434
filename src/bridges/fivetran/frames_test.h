// Builds frames as python/native writes them, for tests.
#pragma once

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bridges/fivetran/frame.h"

namespace tendril {

// Included by tests only.
struct TestCell {
  CellTag tag = CellTag::Absent;
  std::string bytes = {};
};

template <class Number>
std::string number_bytes(Number number) {
  std::string bytes(sizeof number, '\0');
  std::memcpy(bytes.data(), &number, sizeof number);
  return bytes;
}

inline std::string sized_text(std::string_view text) {
  return number_bytes(static_cast<std::uint32_t>(text.size())) + std::string(text);
}

inline TestCell int_cell(std::int64_t value) { return {CellTag::Int, number_bytes(value)}; }
inline TestCell float_cell(double value) { return {CellTag::Float, number_bytes(value)}; }
inline TestCell text_cell(std::string_view text, CellTag tag = CellTag::String) {
  return {tag, sized_text(text)};
}
inline TestCell null_cell() { return {CellTag::Null}; }
inline TestCell absent_cell() { return {CellTag::Absent}; }

using TestColumns = std::vector<std::pair<std::string, std::vector<TestCell>>>;

inline std::string rows_payload(RowOperation operation, std::string_view table, std::uint32_t rows,
                                const TestColumns& columns) {
  std::string payload(1, static_cast<char>(operation));
  payload += sized_text(table) + number_bytes(rows) +
             number_bytes(static_cast<std::uint32_t>(columns.size()));
  for (const auto& [name, cells] : columns) {
    std::string tags;
    std::string values;
    for (const TestCell& cell : cells) {
      tags += static_cast<char>(cell.tag);
      values += cell.bytes;
    }
    payload +=
        sized_text(name) + number_bytes(static_cast<std::uint32_t>(values.size())) + tags + values;
  }
  return payload;
}

}  // namespace tendril
