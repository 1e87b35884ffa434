// RowKeys: the keys of the rows that a call is going to write, so that each is in it only once.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_set>
#include <vector>

#include "data/batch.h"

namespace tendril {

// A key as a number of 128 bits; that two keys have the same one is left out of account.
struct RowKey {
  std::uint64_t low = 0;
  std::uint64_t high = 0;

  friend bool operator==(const RowKey&, const RowKey&) = default;
};

struct RowKeyHash {
  std::size_t operator()(const RowKey& key) const { return static_cast<std::size_t>(key.low); }
};

using RowKeySet = std::unordered_set<RowKey, RowKeyHash>;

// The keys of the rows, in order. Values that are written alike are alike, whatever their type.
// REQUIRES: the batch has all of `columns`.
std::vector<RowKey> keys_of(const Batch& batch, const std::vector<std::string>& columns);

}  // namespace tendril
