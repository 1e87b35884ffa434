// Mutator: inserts, updates and deletes rows as users of the vendor's product would.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sandbox/definition.h"
#include "sandbox/world.h"

namespace tendril {

// Threads: one at a time; the owner holds the world's lock.
class Mutator {
 public:
  Mutator(const CompiledSandbox& sandbox, World& world) : sandbox_(sandbox), world_(world) {}

  // Changes `count` rows, of `entity` or of the definition's mix, and returns them in order;
  // fewer when there are no more rows to update or delete. The same orders after the same
  // start change the same rows.
  std::vector<Row> apply(MutationKind kind, std::uint64_t count, std::optional<EntityIndex> entity);

 private:
  const std::vector<MutationPlan::Share>& shares(MutationKind kind) const;
  std::optional<Row> apply_one(MutationKind kind, const MutationPlan::Share& share);
  std::optional<Row> insert(EntityIndex entity, bool new_parent);
  std::optional<Row> parent_for(EntityIndex entity, bool new_parent);
  std::optional<Row> living_row(EntityIndex entity);
  void touch_ancestors(Row row);
  std::uint64_t draw();

  const CompiledSandbox& sandbox_;
  World& world_;
  std::uint64_t drawn_ = 0;
};

}  // namespace tendril
