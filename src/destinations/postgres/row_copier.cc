#include "destinations/postgres/row_copier.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <string_view>

#include <fmt/format.h>

#include "core/check.h"
#include "destinations/postgres/wire.h"

namespace tendril {
namespace {

// Handed over as soon as there is so much: it still lies in the processor's cache.
constexpr std::size_t kFlushBytes = std::size_t{256} * 1024;

// A row of a hundred megabytes does not leave a buffer of that size behind.
constexpr std::size_t kKeptBytesMax = 8 * kFlushBytes;

}  // namespace

RowCopier::RowCopier(PostgresSession& session, const PostgresTableName& table,
                     const std::vector<std::string>& names)
    : session_(session),
      sql_(fmt::format("COPY {} ({}) FROM STDIN (FORMAT binary)", table.sql(),
                       postgres_names(names))),
      width_(names.size()) {}

void RowCopier::reserve(std::size_t bytes) {
  if (size_ + bytes <= capacity_) {
    return;
  }
  const std::size_t capacity = std::max({size_ + bytes, 2 * capacity_, kFlushBytes});
  std::unique_ptr<char[]> grown(new char[capacity]);  // Not initialised.
  if (size_ > 0) {
    std::memcpy(grown.get(), buffer_.get(), size_);
  }
  buffer_ = std::move(grown);
  capacity_ = capacity;
}

void RowCopier::encode(const std::vector<std::unique_ptr<CopyColumn>>& columns,
                       const CopyBlock& block) {
  std::array<std::uint64_t, kCopyBlockRows> sizes;
  const auto rows = static_cast<std::size_t>(block.rows);
  std::fill_n(sizes.begin(), rows, 2);  // The number of columns.
  for (const auto& column : columns) {
    column->measure(block, sizes.data());
  }
  std::size_t total = 0;
  for (std::size_t row = 0; row < rows; ++row) {
    total += sizes[row];
  }
  reserve(total);
  std::array<char*, kCopyBlockRows> places;
  char* place = buffer_.get() + size_;
  for (std::size_t row = 0; row < rows; ++row) {
    places[row] = put_wire(place, static_cast<std::uint16_t>(columns.size()));
    place += sizes[row];
  }
  for (const auto& column : columns) {
    column->write(block, places.data());
  }
  CHECK(places[rows - 1] == place);
  size_ += total;
  rows_ += block.rows;
}

Status RowCopier::append(const std::vector<std::unique_ptr<CopyColumn>>& columns,
                         std::int64_t rows) {
  CHECK(columns.size() == width_);
  for (std::int64_t first = 0; first < rows; first += kCopyBlockRows) {
    encode(columns, {first, std::min(kCopyBlockRows, rows - first)});
    if (size_ >= kFlushBytes) {
      TRY(flush());
    }
  }
  return {};
}

Status RowCopier::flush() {
  if (rows_ == 0) {
    return {};
  }
  TRY(session_.copy(sql_, std::string_view(buffer_.get(), size_), rows_));
  size_ = 0;
  rows_ = 0;
  if (capacity_ > kKeptBytesMax) {
    buffer_.reset();
    capacity_ = 0;
  }
  return {};
}

}  // namespace tendril
