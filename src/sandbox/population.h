// Population: how many rows each entity has, which parent each row belongs to, and when it was
// made and changed; all by arithmetic, so that a million rows take no memory.
//
// The rows of an entity are numbered from 0. Those of one parent are neighbours, and so, by
// induction, are those of any ancestor. Rows are in the order of creation within the scope of
// their timeline.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sandbox/hashing.h"

namespace tendril {

using EntityIndex = std::size_t;

struct Row {
  EntityIndex entity = 0;
  std::uint64_t index = 0;

  friend bool operator==(const Row&, const Row&) = default;
  friend auto operator<=>(const Row&, const Row&) = default;
};

struct Range {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;

  std::uint64_t size() const { return end - begin; }
};

// How many rows an entity has.
struct CountPlan {
  std::optional<std::uint64_t> fixed = std::nullopt;       // So many, whatever the size asked for.
  std::optional<std::uint64_t> per_parent = std::nullopt;  // Exactly so many below each parent.
  double per_record = 0;  // Otherwise: so many per row of the main entity,
  std::uint64_t min = 0;
  std::uint64_t max = UINT64_MAX;
};

// How the rows are shared out among the parents.
enum class Spread {
  Even,    // About the same for each, give or take.
  Skewed,  // The first parents have most; the last may have none.
};

// When the rows were made and last changed.
struct Timeline {
  EntityIndex scope = 0;  // The ancestor below which times rise with the index; itself: all rows.
  double from = 0;        // The part of the sandbox's past in which rows are made: 0 is its start,
  double to = 1;          // 1 is now.
  // Rows are changed in another order than made: shuffled in blocks of so many. 0: never changed.
  std::uint64_t shuffle = 0;
};

struct EntityPlan {
  std::string name;
  std::optional<EntityIndex> parent = std::nullopt;  // Lower than the entity's own index.
  CountPlan count = {};
  Spread spread = Spread::Even;
  Timeline timeline = {};
};

// Threads: immutable, safe to share.
class Population {
 public:
  struct Size {
    std::uint64_t seed = 1;
    std::uint64_t records = 1000;
    std::int64_t start_us = 0;  // Microseconds since 1970: the sandbox's past begins here
    std::int64_t now_us = 0;    // and ends here.
  };

  Population(std::vector<EntityPlan> plans, const Size& size);

  const EntityPlan& plan(EntityIndex entity) const { return plans_[entity]; }
  std::size_t entities() const { return plans_.size(); }
  std::uint64_t seed() const { return size_.seed; }
  std::uint64_t count(EntityIndex entity) const { return counts_[entity]; }

  // REQUIRES: the entity has a parent and index < count(entity).
  std::uint64_t parent(EntityIndex entity, std::uint64_t index) const;
  // REQUIRES: `ancestor` is the entity itself or above it.
  std::uint64_t ancestor(EntityIndex entity, std::uint64_t index, EntityIndex ancestor) const;
  // The rows of `entity` below `row`, or `row` alone when it is of that entity.
  Range below(EntityIndex entity, Row row) const;

  std::int64_t created_us(EntityIndex entity, std::uint64_t index) const;
  std::int64_t updated_us(EntityIndex entity, std::uint64_t index) const;

  // The rows that share a timeline with `index`.
  Range timeline_range(EntityIndex entity, std::uint64_t index) const;
  // The index of the row that was changed as the rank-th of `range`, which is a timeline's.
  std::uint64_t by_update(EntityIndex entity, const Range& range, std::uint64_t rank) const;

 private:
  std::uint64_t first_below(EntityIndex entity, std::uint64_t parent) const;
  std::uint64_t expected_count(const EntityPlan& plan) const;
  std::uint64_t rank_of(EntityIndex entity, const Range& range, std::uint64_t index) const;
  std::uint64_t lead_slots(EntityIndex entity, const Range& range) const;
  std::int64_t moment(EntityIndex entity, const Range& range, std::uint64_t slot) const;

  std::vector<EntityPlan> plans_;
  Size size_;
  std::vector<std::uint64_t> counts_;
};

}  // namespace tendril
