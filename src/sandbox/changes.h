// Changes: what happened to the rows of an entity since the sandbox started. Holds only rows
// that were inserted, updated or deleted; everything else stays arithmetic.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <unordered_map>
#include <vector>

#include "sandbox/population.h"

namespace tendril {

// Threads: many readers or one writer.
class Changes {
 public:
  struct Change {
    std::uint32_t version = 0;  // How often its content was updated.
    bool deleted = false;
    std::int64_t updated_us = 0;  // Unless 0: when it last changed.
  };

  struct Inserted {
    std::uint64_t parent = 0;    // Index of the parent row, where the entity has one.
    std::uint64_t position = 0;  // Among the rows of that parent.
    std::int64_t created_us = 0;
  };

  // `base` rows exist from the start.
  explicit Changes(std::uint64_t base) : base_(base) {}

  std::uint64_t base() const { return base_; }
  std::uint64_t end() const { return base_ + inserted_.size(); }
  bool untouched() const { return changed_.empty() && inserted_.empty(); }
  bool any_deleted() const { return deleted_ > 0; }
  std::uint64_t alive() const { return end() - deleted_; }

  // Returns nullptr when the row never changed.
  const Change* find(std::uint64_t index) const;
  // Changed rows by index.
  const std::map<std::uint64_t, Change>& changed() const { return changed_; }

  // REQUIRES: index >= base().
  const Inserted& inserted(std::uint64_t index) const { return inserted_[index - base_]; }
  // The rows inserted below a parent, in order.
  const std::vector<std::uint64_t>& inserted_below(std::uint64_t parent) const;
  // How many of the rows in `range` of the base are deleted.
  std::uint64_t deleted_in(const Range& range) const;

  std::uint64_t insert(const Inserted& row);
  void update(std::uint64_t index, std::int64_t now_us);
  // Moves the time of change on, but leaves the content.
  void touch(std::uint64_t index, std::int64_t now_us);
  void erase(std::uint64_t index);

 private:
  std::uint64_t base_;
  std::uint64_t deleted_ = 0;
  std::map<std::uint64_t, Change> changed_;
  std::vector<Inserted> inserted_;
  std::unordered_map<std::uint64_t, std::vector<std::uint64_t>> inserted_below_;
};

}  // namespace tendril
