// World: the rows of a sandbox as they are at this moment: the population as it started and
// what mutations made of it.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

#include "sandbox/changes.h"
#include "sandbox/count_cache.h"
#include "sandbox/population.h"
#include "sandbox/render_cache.h"

namespace tendril {

// Threads: many readers or one writer; the owner holds the lock.
class World {
 public:
  explicit World(Population population, std::int64_t now_us);

  const Population& population() const { return population_; }
  const Changes& changes(EntityIndex entity) const { return changes_[entity]; }
  Changes& changes(EntityIndex entity) { return changes_[entity]; }

  std::uint64_t seed() const { return population_.seed(); }
  std::int64_t now_us() const { return now_us_; }
  void advance(std::int64_t by_us) { now_us_ += by_us; }
  // Grows with each mutation: what was computed from an older one may be wrong.
  std::uint64_t revision() const { return revision_; }
  void bump_revision() { ++revision_; }

  bool exists(Row row) const { return row.index < changes_[row.entity].end(); }
  bool is_base(Row row) const { return row.index < changes_[row.entity].base(); }
  // Neither it nor anything above it was deleted.
  bool alive(Row row) const;

  // REQUIRES: the entity has a parent.
  Row parent(Row row) const;
  // REQUIRES: `ancestor` is the row's entity or above it.
  Row ancestor(Row row, EntityIndex ancestor) const;
  bool is_below(EntityIndex entity, EntityIndex ancestor) const;

  std::int64_t created_us(Row row) const;
  std::int64_t updated_us(Row row) const;
  std::uint32_t version(Row row) const;

  // The row's number among those of its parent (of all, without a parent), from 0. Rows keep
  // theirs when others are deleted.
  std::uint64_t position(Row row) const;
  // The row that has this position below `parent`, deleted or not.
  std::optional<Row> at_position(EntityIndex entity, std::optional<Row> parent,
                                 std::uint64_t position) const;
  // The neighbour made before it below the same parent.
  std::optional<Row> previous(Row row) const;

  // The first living row of `entity` directly below `row`.
  std::optional<Row> first_child(EntityIndex entity, Row row) const;
  // How many living rows of `entity` are directly below `row`.
  std::uint64_t children(EntityIndex entity, Row row) const;
  // Calls `visit` for each of them, in the order of creation.
  void each_child(EntityIndex entity, Row row, const std::function<void(Row)>& visit) const;

  // The first row below `scope` (of all, without one) that `accept` likes, deleted or not.
  std::optional<Row> find_below(EntityIndex entity, std::optional<Row> scope,
                                const std::function<bool(Row)>& accept) const;

  CountCache& counts() const { return *counts_; }
  RenderCache& rendered() const { return *rendered_; }

 private:
  Population population_;
  std::vector<Changes> changes_;
  std::int64_t now_us_;
  std::uint64_t revision_ = 0;
  std::unique_ptr<CountCache> counts_ = std::make_unique<CountCache>();
  std::unique_ptr<RenderCache> rendered_ = std::make_unique<RenderCache>();
};

}  // namespace tendril
