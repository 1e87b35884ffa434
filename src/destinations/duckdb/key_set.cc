#include "destinations/duckdb/key_set.h"

#include <bit>
#include <cmath>
#include <functional>
#include <string_view>

#include <arrow/array.h>
#include <arrow/type_traits.h>
#include <arrow/util/checked_cast.h>
#include <arrow/visit_array_inline.h>

namespace tendril {
namespace {

constexpr std::size_t kSlotsMin = 1024;
constexpr std::uint64_t kNullHash = 0x5bd1e9955bd1e995ULL;

// Source: the finalizer of splitmix64 by S. Vigna.
std::uint64_t mix(std::uint64_t value) {
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9ULL;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebULL;
  return value ^ (value >> 31U);
}

// Mixes the values of one column into the hashes of the rows.
class ColumnHasher {
 public:
  explicit ColumnHasher(std::vector<std::uint64_t>& hashes) : hashes_(hashes) {}

  template <class ArrayType>
  arrow::Status Visit(const ArrayType& array) {
    for (std::int64_t row = 0; row < array.length(); ++row) {
      std::uint64_t& hash = hashes_[static_cast<std::size_t>(row)];
      hash = mix(hash * 0x9e3779b97f4a7c15ULL + (array.IsNull(row) ? kNullHash : bits(array, row)));
    }
    return arrow::Status::OK();
  }

 private:
  template <class ArrayType>
  static std::uint64_t bits(const ArrayType& array, std::int64_t row) {
    if constexpr (requires { std::string_view(array.GetView(row)); }) {
      return std::hash<std::string_view>()(array.GetView(row));
    } else if constexpr (requires { static_cast<double>(array.Value(row)); }) {
      using Number = std::decay_t<decltype(array.Value(row))>;
      if constexpr (std::is_floating_point_v<Number>) {
        const auto number = static_cast<double>(array.Value(row));
        // What is equal in SQL has one hash: both zeroes, and all that are no number.
        return std::isnan(number) ? kNullHash : std::bit_cast<std::uint64_t>(number + 0.0);
      } else {
        return static_cast<std::uint64_t>(static_cast<std::int64_t>(array.Value(row)));
      }
    } else {
      return kNullHash;  // No type of ours: all rows count as one key.
    }
  }

  std::vector<std::uint64_t>& hashes_;
};

}  // namespace

bool KeySet::add(const std::vector<const arrow::Array*>& columns) {
  if (columns.empty()) {
    return false;
  }
  std::vector<std::uint64_t> hashes(static_cast<std::size_t>(columns.front()->length()));
  for (const arrow::Array* column : columns) {
    ColumnHasher hasher(hashes);
    if (!arrow::VisitArrayInline(*column, &hasher).ok()) {
      return false;
    }
  }
  for (const std::uint64_t hash : hashes) {
    if (!insert(hash)) {
      return false;
    }
  }
  return true;
}

void KeySet::clear() {
  slots_.clear();
  slots_.shrink_to_fit();
  size_ = 0;
}

bool KeySet::insert(std::uint64_t hash) {
  if (size_ >= kKeysMax) {
    return false;
  }
  if ((size_ + 1) * 2 > slots_.size()) {
    grow();
  }
  hash |= 1U;  // Never a free slot.
  const std::size_t mask = slots_.size() - 1;
  std::size_t slot = (hash >> 1U) & mask;
  while (slots_[slot] != 0) {
    if (slots_[slot] == hash) {
      return false;
    }
    slot = (slot + 1) & mask;
  }
  slots_[slot] = hash;
  ++size_;
  return true;
}

void KeySet::grow() {
  std::vector<std::uint64_t> old(slots_.empty() ? kSlotsMin : slots_.size() * 2);
  old.swap(slots_);
  const std::size_t mask = slots_.size() - 1;
  for (const std::uint64_t hash : old) {
    if (hash == 0) {
      continue;
    }
    std::size_t slot = (hash >> 1U) & mask;
    while (slots_[slot] != 0) {
      slot = (slot + 1) & mask;
    }
    slots_[slot] = hash;
  }
}

}  // namespace tendril
