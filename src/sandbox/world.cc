#include "sandbox/world.h"

#include <algorithm>
#include <utility>

#include "core/check.h"

namespace tendril {

World::World(Population population, std::int64_t now_us)
    : population_(std::move(population)), now_us_(now_us) {
  for (EntityIndex entity = 0; entity < population_.entities(); ++entity) {
    changes_.emplace_back(population_.count(entity));
  }
}

bool World::alive(Row row) const {
  while (true) {
    const Changes& changes = changes_[row.entity];
    const Changes::Change* change = changes.any_deleted() ? changes.find(row.index) : nullptr;
    if (change != nullptr && change->deleted) {
      return false;
    }
    EntityIndex above = row.entity;  // The nearest ancestor of which any row was deleted.
    do {
      const auto& parent = population_.plan(above).parent;
      if (!parent) {
        return true;
      }
      above = *parent;
    } while (!changes_[above].any_deleted());
    row = ancestor(row, above);
  }
}

Row World::parent(Row row) const {
  const auto& parent = population_.plan(row.entity).parent;
  CHECK(parent.has_value());
  const Changes& changes = changes_[row.entity];
  return Row{*parent, row.index < changes.base() ? population_.parent(row.entity, row.index)
                                                 : changes.inserted(row.index).parent};
}

Row World::ancestor(Row row, EntityIndex ancestor) const {
  while (row.entity != ancestor) {
    row = parent(row);
  }
  return row;
}

bool World::is_below(EntityIndex entity, EntityIndex ancestor) const {
  while (entity != ancestor) {
    const auto& parent = population_.plan(entity).parent;
    if (!parent) {
      return false;
    }
    entity = *parent;
  }
  return true;
}

std::int64_t World::created_us(Row row) const {
  const Changes& changes = changes_[row.entity];
  return row.index < changes.base() ? population_.created_us(row.entity, row.index)
                                    : changes.inserted(row.index).created_us;
}

std::int64_t World::updated_us(Row row) const {
  const Changes& changes = changes_[row.entity];
  const Changes::Change* change = changes.find(row.index);
  if (change != nullptr && change->updated_us != 0) {
    return change->updated_us;
  }
  return row.index < changes.base() ? population_.updated_us(row.entity, row.index)
                                    : changes.inserted(row.index).created_us;
}

std::uint32_t World::version(Row row) const {
  const Changes::Change* change = changes_[row.entity].find(row.index);
  return change == nullptr ? 0 : change->version;
}

std::uint64_t World::position(Row row) const {
  const Changes& changes = changes_[row.entity];
  if (row.index >= changes.base()) {
    return changes.inserted(row.index).position;
  }
  if (!population_.plan(row.entity).parent) {
    return row.index;
  }
  return row.index - population_.below(row.entity, parent(row)).begin;
}

std::optional<Row> World::at_position(EntityIndex entity, std::optional<Row> parent,
                                      std::uint64_t position) const {
  const Changes& changes = changes_[entity];
  const Range range = parent ? population_.below(entity, *parent) : Range{0, changes.base()};
  if (position < range.size()) {
    return Row{entity, range.begin + position};
  }
  const auto& inserted = changes.inserted_below(parent ? parent->index : 0);
  const std::uint64_t beyond = position - range.size();
  return beyond < inserted.size() ? std::optional(Row{entity, inserted[beyond]}) : std::nullopt;
}

std::optional<Row> World::previous(Row row) const {
  const std::uint64_t at = position(row);
  if (at == 0) {
    return std::nullopt;
  }
  const bool has_parent = population_.plan(row.entity).parent.has_value();
  return at_position(row.entity, has_parent ? std::optional(parent(row)) : std::nullopt, at - 1);
}

std::optional<Row> World::first_child(EntityIndex entity, Row row) const {
  const Range range = is_base(row) ? population_.below(entity, row) : Range{};
  for (std::uint64_t index = range.begin; index < range.end; ++index) {
    if (alive(Row{entity, index})) {
      return Row{entity, index};
    }
  }
  for (const std::uint64_t index : changes_[entity].inserted_below(row.index)) {
    if (alive(Row{entity, index})) {
      return Row{entity, index};
    }
  }
  return std::nullopt;
}

std::uint64_t World::children(EntityIndex entity, Row row) const {
  if (!alive(row)) {
    return 0;
  }
  const Changes& changes = changes_[entity];
  const Range range = is_base(row) ? population_.below(entity, row) : Range{};
  const auto& inserted = changes.inserted_below(row.index);
  const auto living = std::count_if(inserted.begin(), inserted.end(), [&](std::uint64_t index) {
    const Changes::Change* change = changes.find(index);
    return change == nullptr || !change->deleted;
  });
  return range.size() - changes.deleted_in(range) + static_cast<std::uint64_t>(living);
}

void World::each_child(EntityIndex entity, Row row, const std::function<void(Row)>& visit) const {
  const Range range = is_base(row) ? population_.below(entity, row) : Range{};
  for (std::uint64_t index = range.begin; index < range.end; ++index) {
    if (alive(Row{entity, index})) {
      visit(Row{entity, index});
    }
  }
  for (const std::uint64_t index : changes_[entity].inserted_below(row.index)) {
    if (alive(Row{entity, index})) {
      visit(Row{entity, index});
    }
  }
}

std::optional<Row> World::find_below(EntityIndex entity, std::optional<Row> scope,
                                     const std::function<bool(Row)>& accept) const {
  const Changes& changes = changes_[entity];
  const Range range = scope ? population_.below(entity, *scope) : Range{0, changes.base()};
  for (std::uint64_t index = range.begin; index < range.end; ++index) {
    if (accept(Row{entity, index})) {
      return Row{entity, index};
    }
  }
  for (std::uint64_t index = changes.base(); index < changes.end(); ++index) {
    const Row row{entity, index};
    if ((!scope || ancestor(row, scope->entity) == *scope) && accept(row)) {
      return row;
    }
  }
  return std::nullopt;
}

}  // namespace tendril
