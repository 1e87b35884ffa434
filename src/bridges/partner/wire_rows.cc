#include "bridges/partner/wire_rows.h"

#include <cstdint>
#include <cstring>
#include <limits>
#include <optional>
#include <utility>

#include "bridges/partner/wire_cells.h"
#include "connector_sdk.pb.h"
#include "core/utf8.h"
#include "data/json.h"

namespace tendril {
namespace {

namespace wire = fivetran_sdk::v2;

// The first byte of an encoded value.
enum class Encoding : unsigned char { Null, Scalar, Json, Binary, Float, Double };

template <class T>
void append_bytes(std::string& out, T value) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);
  out.append(bytes, sizeof bytes);
}

// As FrameColumn::Reader reads it.
void append_value(std::string& out, const FrameCell& cell) {
  switch (cell.tag) {
    case CellTag::Absent:
    case CellTag::Null:
    case CellTag::False:
    case CellTag::True: break;
    case CellTag::Int:
    case CellTag::NaiveDatetime:
    case CellTag::UtcDatetime:
    case CellTag::Time: append_bytes(out, cell.number); break;
    case CellTag::Float:
    case CellTag::Double: append_bytes(out, cell.real); break;
    case CellTag::Date: append_bytes(out, static_cast<std::int32_t>(cell.number)); break;
    default: append_bytes(out, static_cast<std::uint32_t>(cell.text.size())); out.append(cell.text);
  }
}

Error value_fault(const std::string& table, const std::string& column, const std::string& what) {
  return {.code = ErrorCode::BadData,
          .message = "column " + column + " of table " + table + " has " + what};
}

}  // namespace

Status WireRows::begin(std::string table, const wire::Record& record) {
  switch (record.type()) {
    case wire::UPSERT: operation_ = RowOperation::Upsert; break;
    case wire::UPDATE: operation_ = RowOperation::Update; break;
    case wire::DELETE: operation_ = RowOperation::Delete; break;
    case wire::TRUNCATE: operation_ = RowOperation::Truncate; break;
    default:
      return Error{ErrorCode::Unsupported,
                   "a record of table " + table +
                       " is of an unknown operation: " + std::to_string(record.type())};
  }
  table_ = std::move(table);
  type_ = record.type();
  clear();
  return {};
}

void WireRows::clear() {
  columns_.clear();
  index_.clear();
  rows_ = 0;
  bytes_ = 0;
}

bool WireRows::continues_with(std::string_view table, const wire::Record& record) const {
  return table == table_ && record.type() == type_ && operation_ != RowOperation::Truncate;
}

WireRows::Cells& WireRows::cells_of(std::string_view name) {
  const auto found = index_.find(name);
  if (found != index_.end()) {
    return columns_[found->second];
  }
  index_.emplace(name, columns_.size());
  Cells& cells = columns_.emplace_back(Cells{.name = std::string(name)});
  cells.tags.assign(rows_, static_cast<char>(CellTag::Absent));
  return cells;
}

Status WireRows::add(const wire::Record& record, const WireTypes& types) {
  for (const auto& [name, value] : record.data()) {
    TRY(put(cells_of(name), value));
  }
  for (const auto& [name, bytes] : record.row_data()) {
    TRY(put_encoded(cells_of(name), bytes, types));
  }
  ++rows_;
  for (Cells& cells : columns_) {
    cells.tags.resize(rows_, static_cast<char>(CellTag::Absent));
  }
  return {};
}

Status WireRows::put(Cells& cells, const wire::ValueType& value) {
  std::string problem;
  const std::optional<FrameCell> cell = cell_of(value, problem);
  if (!cell) {
    return value_fault(table_, cells.name, problem);
  }
  if (cell->tag == CellTag::Json) {
    return put_json(cells, cell->text);
  }
  return put_cell(cells, *cell);
}

Status WireRows::put_encoded(Cells& cells, std::string_view bytes, const WireTypes& types) {
  if (bytes.empty()) {
    return value_fault(table_, cells.name, "an encoded value without its kind");
  }
  const std::string_view text = bytes.substr(1);
  switch (static_cast<Encoding>(bytes.front())) {
    case Encoding::Null: return put_cell(cells, {.tag = CellTag::Null});
    case Encoding::Binary: return put_cell(cells, {.tag = CellTag::Binary, .text = text});
    case Encoding::Scalar: return put_scalar(cells, text, types);
    case Encoding::Json: return put_json(cells, text);
    case Encoding::Float:
    case Encoding::Double: {
      const bool is_double = static_cast<Encoding>(bytes.front()) == Encoding::Double;
      const std::optional<double> real = real_of_text(text);
      if (!real) {
        return value_fault(table_, cells.name, "a number that is none");
      }
      return put_cell(cells, {.tag = is_double ? CellTag::Double : CellTag::Float, .real = *real});
    }
  }
  return Error{ErrorCode::Unsupported,
               "column " + cells.name + " of table " + table_ +
                   " has an encoded value of an unknown kind: " +
                   std::to_string(static_cast<unsigned char>(bytes.front()))};
}

Status WireRows::put_scalar(Cells& cells, std::string_view text, const WireTypes& types) {
  if (!is_utf8(text)) {
    return value_fault(table_, cells.name, "text that is not UTF-8");
  }
  const auto declared = types.find(cells.name);
  std::string problem;
  const std::optional<FrameCell> cell =
      cell_of_text(text, declared == types.end() ? Type{} : declared->second, problem);
  return cell ? put_cell(cells, *cell) : Status(value_fault(table_, cells.name, problem));
}

Status WireRows::put_json(Cells& cells, std::string_view text) {
  if (!is_utf8(text) || (checks_json_ && !parse_json(text).ok())) {
    return value_fault(table_, cells.name, "JSON that is none");
  }
  return put_cell(cells, {.tag = CellTag::Json, .text = text});
}

Status WireRows::put_cell(Cells& cells, const FrameCell& cell) {
  if (cells.name.empty()) {
    return Error{ErrorCode::BadData, "a column of table " + table_ + " has no name"};
  }
  if (cells.tags.size() > rows_) {
    return value_fault(table_, cells.name, "two values in one record");
  }
  if (cell.text.size() > std::numeric_limits<std::uint32_t>::max()) {
    return value_fault(table_, cells.name, "a value that is too large");
  }
  const std::size_t before = cells.values.size();
  cells.tags.push_back(static_cast<char>(cell.tag));
  append_value(cells.values, cell);
  bytes_ += cells.values.size() - before + 1;
  return {};
}

RowsFrame WireRows::frame() const {
  RowsFrame frame{.operation = operation_, .table = table_, .rows = rows_};
  for (const Cells& cells : columns_) {
    frame.columns.emplace_back(cells.name, cells.tags, cells.values);
  }
  return frame;
}

}  // namespace tendril
