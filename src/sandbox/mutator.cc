#include "sandbox/mutator.h"

#include <algorithm>
#include <numeric>

#include "core/check.h"

namespace tendril {

std::vector<Row> Mutator::apply(MutationKind kind, std::uint64_t count,
                                std::optional<EntityIndex> entity) {
  std::vector<MutationPlan::Share> mix_of = shares(kind);
  if (entity) {
    std::erase_if(mix_of, [&](const auto& share) { return share.entity != *entity; });
    if (mix_of.empty()) {
      mix_of.push_back(MutationPlan::Share{.entity = *entity});
    }
  }
  std::vector<Row> rows;
  while (!mix_of.empty() && rows.size() < count) {
    const std::uint64_t total =
        std::accumulate(mix_of.begin(), mix_of.end(), std::uint64_t{0},
                        [](std::uint64_t sum, const auto& share) { return sum + share.weight; });
    std::uint64_t at = scaled(draw(), total);
    auto share = mix_of.begin();
    while (at >= share->weight) {
      at -= share->weight;
      ++share;
    }
    world_.advance(std::chrono::microseconds(sandbox_.mutations.step).count());
    const std::optional<Row> row = apply_one(kind, *share);
    if (row) {
      rows.push_back(*row);
    } else {
      mix_of.erase(share);  // No row of it is left.
    }
    world_.bump_revision();
    drawn_ = 0;
  }
  return rows;
}

const std::vector<MutationPlan::Share>& Mutator::shares(MutationKind kind) const {
  switch (kind) {
    case MutationKind::Insert: return sandbox_.mutations.inserts;
    case MutationKind::Update: return sandbox_.mutations.updates;
    case MutationKind::Delete: return sandbox_.mutations.deletes;
  }
  CHECK(false);
}

std::optional<Row> Mutator::apply_one(MutationKind kind, const MutationPlan::Share& share) {
  if (kind == MutationKind::Insert) {
    return insert(share.entity, share.new_parent);
  }
  const std::optional<Row> row = living_row(share.entity);
  if (!row) {
    return std::nullopt;
  }
  if (kind == MutationKind::Update) {
    world_.changes(row->entity).update(row->index, world_.now_us());
  } else {
    touch_ancestors(*row);
    world_.changes(row->entity).erase(row->index);
  }
  return row;
}

std::optional<Row> Mutator::insert(EntityIndex entity, bool new_parent) {
  Changes::Inserted inserted{.created_us = world_.now_us()};
  std::optional<Row> parent;
  if (world_.population().plan(entity).parent) {
    parent = parent_for(entity, new_parent);
    if (!parent) {
      return std::nullopt;
    }
    inserted.parent = parent->index;
  }
  const Range base =
      parent ? world_.population().below(entity, *parent) : Range{0, world_.changes(entity).base()};
  inserted.position = base.size() + world_.changes(entity).inserted_below(inserted.parent).size();
  const Row row{entity, world_.changes(entity).insert(inserted)};
  touch_ancestors(row);
  return row;
}

// Where there are rows already, new ones go where old ones are, so that proportions stay.
std::optional<Row> Mutator::parent_for(EntityIndex entity, bool new_parent) {
  const EntityIndex above = *world_.population().plan(entity).parent;
  if (new_parent) {
    return insert(above, false);
  }
  const std::optional<Row> sibling = living_row(entity);
  return sibling ? world_.parent(*sibling) : living_row(above);
}

std::optional<Row> Mutator::living_row(EntityIndex entity) {
  constexpr int kDrawsMax = 64;
  const std::uint64_t end = world_.changes(entity).end();
  if (end == 0) {
    return std::nullopt;
  }
  for (int i = 0; i < kDrawsMax; ++i) {
    const Row row{entity, scaled(draw(), end)};
    if (world_.alive(row)) {
      return row;
    }
  }
  const std::uint64_t start = scaled(draw(), end);
  for (std::uint64_t i = 0; i < end; ++i) {
    const Row row{entity, (start + i) % end};
    if (world_.alive(row)) {
      return row;
    }
  }
  return std::nullopt;
}

void Mutator::touch_ancestors(Row row) {
  for (const EntityIndex entity : sandbox_.traits[row.entity].touches) {
    const Row ancestor = world_.ancestor(row, entity);
    world_.changes(entity).touch(ancestor.index, world_.now_us());
  }
}

std::uint64_t Mutator::draw() { return mix(mix(world_.seed(), world_.revision() + 1), ++drawn_); }

}  // namespace tendril
