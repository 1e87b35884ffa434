#include "bridges/fivetran/frame.h"

#include <algorithm>
#include <cstring>

#include <fmt/format.h>

#include "core/check.h"

namespace tendril {
namespace {

constexpr auto kTagMax = static_cast<unsigned char>(CellTag::Double);
constexpr std::size_t kRowsMax = std::size_t{1} << 20U;

Error broken(std::string_view what) {
  return {.code = ErrorCode::BadData,
          .message = "the connector's process sent a broken frame: " + std::string(what)};
}

// Takes pieces from the front of a payload.
class PayloadReader {
 public:
  explicit PayloadReader(std::string_view payload) : rest_(payload) {}

  template <class T>
  Result<T> number() {
    if (rest_.size() < sizeof(T)) {
      return broken("it ends within a number");
    }
    T value{};
    std::memcpy(&value, rest_.data(), sizeof value);
    rest_.remove_prefix(sizeof value);
    return value;
  }

  Result<std::string_view> bytes(std::size_t size) {
    if (rest_.size() < size) {
      return broken("it ends within a text");
    }
    const std::string_view taken = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return taken;
  }

  Result<std::string_view> text() {
    const auto size = TRY(number<std::uint32_t>());
    return bytes(size);
  }

  std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
};

// Bytes of a value's fixed part; nullopt for texts.
std::optional<std::size_t> fixed_size(CellTag tag) {
  switch (tag) {
    case CellTag::Absent:
    case CellTag::Null:
    case CellTag::False:
    case CellTag::True: return 0;
    case CellTag::Int:
    case CellTag::Float:
    case CellTag::NaiveDatetime:
    case CellTag::UtcDatetime:
    case CellTag::Time:
    case CellTag::Double: return 8;
    case CellTag::Date: return 4;
    default: return std::nullopt;
  }
}

}  // namespace

std::string_view to_string(RowOperation operation) {
  switch (operation) {
    case RowOperation::Upsert: return "upsert";
    case RowOperation::Update: return "update";
    case RowOperation::Delete: return "delete";
    case RowOperation::Truncate: break;
  }
  return "truncate";
}

std::optional<std::size_t> FrameColumn::first_value() const {
  const auto found = std::find_if(tags_.begin(), tags_.end(), [](char tag) {
    return static_cast<unsigned char>(tag) > static_cast<unsigned char>(CellTag::Null);
  });
  return found == tags_.end()
             ? std::nullopt
             : std::optional(static_cast<std::size_t>(std::distance(tags_.begin(), found)));
}

Status FrameColumn::check() const {
  PayloadReader reader(values_);
  for (const char byte : tags_) {
    if (static_cast<unsigned char>(byte) > kTagMax) {
      return broken("a value has no known type");
    }
    const std::optional<std::size_t> size = fixed_size(static_cast<CellTag>(byte));
    if (size) {
      TRY(reader.bytes(*size));
    } else {
      TRY(reader.text());
    }
  }
  return reader.rest().empty() ? Status() : Status(broken("it has values that no row has"));
}

template <class T>
T FrameColumn::Reader::take() {
  T value{};
  std::memcpy(&value, rest_.data(), sizeof value);
  rest_.remove_prefix(sizeof value);
  return value;
}

FrameCell FrameColumn::Reader::next() {
  FrameCell cell{.tag = column_.tag(row_++)};
  switch (cell.tag) {
    case CellTag::Absent:
    case CellTag::Null:
    case CellTag::False:
    case CellTag::True: break;
    case CellTag::Int:
    case CellTag::NaiveDatetime:
    case CellTag::UtcDatetime:
    case CellTag::Time: cell.number = take<std::int64_t>(); break;
    case CellTag::Float:
    case CellTag::Double: cell.real = take<double>(); break;
    case CellTag::Date: cell.number = take<std::int32_t>(); break;
    default: {
      const auto size = take<std::uint32_t>();
      cell.text = rest_.substr(0, size);
      rest_.remove_prefix(size);
    }
  }
  return cell;
}

FrameCell FrameColumn::cell(std::size_t row) const {
  Reader reader(*this);
  FrameCell found = reader.next();
  for (std::size_t passed = 0; passed < row; ++passed) {
    found = reader.next();
  }
  return found;
}

const FrameColumn* RowsFrame::find(std::string_view column) const {
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [&](const FrameColumn& each) { return each.name() == column; });
  return found == columns.end() ? nullptr : &*found;
}

Result<RowsFrame> parse_rows(std::string_view payload) {
  PayloadReader reader(payload);
  RowsFrame frame;
  const auto operation = TRY(reader.number<std::uint8_t>());
  if (operation > static_cast<std::uint8_t>(RowOperation::Truncate)) {
    return broken("there is no such operation");
  }
  frame.operation = static_cast<RowOperation>(operation);
  frame.table = TRY(reader.text());
  frame.rows = TRY(reader.number<std::uint32_t>());
  const auto columns = TRY(reader.number<std::uint32_t>());
  if (frame.rows > kRowsMax) {
    return broken("it has too many rows");
  }
  for (std::uint32_t index = 0; index < columns; ++index) {
    const std::string_view name = TRY(reader.text());
    const auto size = TRY(reader.number<std::uint32_t>());
    const std::string_view tags = TRY(reader.bytes(frame.rows));
    const std::string_view values = TRY(reader.bytes(size));
    frame.columns.emplace_back(name, tags, values);
    TRY(frame.columns.back().check());
  }
  if (!reader.rest().empty()) {
    return broken("something follows its columns");
  }
  return frame;
}

Result<FilePartFrame> parse_file_part(std::string_view payload) {
  PayloadReader reader(payload);
  FilePartFrame frame;
  frame.path = TRY(reader.text());
  const auto last = TRY(reader.number<std::uint8_t>());
  frame.last = last != 0;
  frame.bytes = reader.rest();
  return frame;
}

Result<LogFrame> parse_log(std::string_view payload) {
  PayloadReader reader(payload);
  const auto level = TRY(reader.number<std::uint8_t>());
  return LogFrame{level, reader.rest()};
}

}  // namespace tendril
