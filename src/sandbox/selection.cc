#include "sandbox/selection.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <utility>

#include <fmt/core.h>

namespace tendril {
namespace {

constexpr std::uint64_t kMarkEvery = 256;

bool contains(std::string_view text, std::string_view part, bool ignore_case) {
  const auto same = [&](char a, char b) {
    return ignore_case ? std::tolower(static_cast<unsigned char>(a)) ==
                             std::tolower(static_cast<unsigned char>(b))
                       : a == b;
  };
  return std::search(text.begin(), text.end(), part.begin(), part.end(), same) != text.end();
}

bool is_time_test(Condition::Test test) {
  return test == Condition::Test::Since || test == Condition::Test::After ||
         test == Condition::Test::Until || test == Condition::Test::Before;
}

bool meets_time(const Condition& condition, std::int64_t at_us) {
  switch (condition.test) {
    case Condition::Test::Since: return at_us >= condition.moment_us;
    case Condition::Test::After: return at_us > condition.moment_us;
    case Condition::Test::Until: return at_us <= condition.moment_us;
    case Condition::Test::Before: return at_us < condition.moment_us;
    default: return false;
  }
}

// How the values of a column compare: times and numbers by size, texts by their bytes, null last.
struct SortKey {
  enum class Kind { Number, Text, Null } kind = Kind::Null;
  std::int64_t number = 0;
  std::string text = {};

  friend auto operator<=>(const SortKey&, const SortKey&) = default;
};

SortKey sort_key(const Generator& value, const Scene& scene) {
  if (const auto at = value.instant(scene)) {
    return SortKey{SortKey::Kind::Number, *at};
  }
  std::string text = value.text(scene);
  std::int64_t number = 0;
  const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (fault == std::errc() && end == text.data() + text.size()) {
    return SortKey{SortKey::Kind::Number, number};
  }
  if (text.empty()) {
    return SortKey{};
  }
  return SortKey{SortKey::Kind::Text, 0, std::move(text)};
}

}  // namespace

bool equal_ignoring_case(std::string_view a, std::string_view b) {
  return a.size() == b.size() && (a.empty() || contains(a, b, true));
}

bool meets(const Condition& condition, const Scene& scene) {
  if (is_time_test(condition.test)) {
    const auto at = condition.value->instant(scene);
    return at && meets_time(condition, *at);
  }
  if (condition.test == Condition::Test::Contains) {
    return contains(condition.value->text(scene), condition.operands.front(),
                    condition.ignore_case);
  }
  std::uint64_t texts = 0;
  std::vector<bool> found(condition.operands.size(), false);
  condition.value->texts(scene, [&](std::string_view text) {
    ++texts;
    for (std::size_t i = 0; i < found.size(); ++i) {
      const std::string& operand = condition.operands[i];
      found[i] = found[i] ||
                 (condition.ignore_case ? equal_ignoring_case(operand, text) : operand == text);
    }
  });
  switch (condition.test) {
    case Condition::Test::AnyOf: return std::find(found.begin(), found.end(), true) != found.end();
    case Condition::Test::AllOf: return std::find(found.begin(), found.end(), false) == found.end();
    case Condition::Test::Absent: return texts == 0;
    default: return texts > 0;
  }
}

std::string ListQuery::key() const {
  std::string key =
      fmt::format("{}|{}:{}|{}|{}", entity, scope ? scope->entity + 1 : 0, scope ? scope->index : 0,
                  static_cast<const void*>(sort), descending);
  for (const Condition& condition : conditions) {
    key +=
        fmt::format("|{}:{}:{}:{}", static_cast<const void*>(condition.value),
                    static_cast<int>(condition.test), condition.moment_us, condition.ignore_case);
    for (const std::string& operand : condition.operands) {
      key += fmt::format(":{}:{}", operand.size(), operand);
    }
  }
  return key;
}

Selection::Selection(const World& world, const Facts& facts, ListQuery query)
    : query_(std::move(query)) {
  const Population& population = world.population();
  const bool in_base = !query_.scope || world.is_base(*query_.scope);
  base_ = !in_base       ? Range{}
          : query_.scope ? population.below(query_.entity, *query_.scope)
                         : Range{0, population.count(query_.entity)};
  order_ = order_of(world);
  slots_ = Range{0, base_.size()};
  remaining_ = query_.conditions;
  const Scene scene{world, facts, Row{query_.entity, 0}};
  if (order_ == Order::ByKey) {
    sort_by_key(scene);
    return;
  }
  narrow(world);
  collect_tail(scene);
  mark(scene);
}

// Base rows that were changed move to the tail when the order is that of changes.
Selection::Order Selection::order_of(const World& world) const {
  const Generator::Clocked clocked =
      query_.sort == nullptr ? Generator::Clocked::Created : query_.sort->clocked();
  if (query_.sort == nullptr || base_.size() == 0) {
    return clocked == Generator::Clocked::Updated   ? Order::ByUpdate
           : clocked == Generator::Clocked::Created ? Order::ByIndex
                                                    : Order::ByKey;
  }
  const Population& population = world.population();
  const Range timeline = population.timeline_range(query_.entity, base_.begin);
  const bool inside = timeline.begin <= base_.begin && base_.end <= timeline.end;
  const bool whole = timeline.begin == base_.begin && timeline.end == base_.end;
  const bool shuffled = population.plan(query_.entity).timeline.shuffle > 1;
  if (clocked == Generator::Clocked::Created && inside) {
    return Order::ByIndex;
  }
  if (clocked == Generator::Clocked::Updated && (whole || (inside && !shuffled))) {
    return Order::ByUpdate;
  }
  return Order::ByKey;
}

Row Selection::base_row(const World& world, std::uint64_t slot) const {
  const bool shuffled =
      order_ == Order::ByUpdate && world.population().plan(query_.entity).timeline.shuffle > 1;
  return Row{query_.entity, shuffled ? world.population().by_update(query_.entity, base_, slot)
                                     : base_.begin + slot};
}

// Times rise with the slot where they are what the order is by: conditions on them cut a range.
void Selection::narrow(const World& world) {
  const auto clocked =
      order_ == Order::ByUpdate ? Generator::Clocked::Updated : Generator::Clocked::Created;
  if (query_.sort == nullptr) {
    return;  // Several timelines may be below the scope.
  }
  const auto time = [&](std::uint64_t slot) {
    const Row row = base_row(world, slot);
    return order_ == Order::ByUpdate ? world.population().updated_us(row.entity, row.index)
                                     : world.population().created_us(row.entity, row.index);
  };
  std::erase_if(remaining_, [&](const Condition& condition) {
    if (!is_time_test(condition.test) || condition.value->clocked() != clocked) {
      return false;
    }
    const bool lower =
        condition.test == Condition::Test::Since || condition.test == Condition::Test::After;
    std::uint64_t low = slots_.begin;  // The first slot on the other side lies in [low, high].
    std::uint64_t high = slots_.end;
    while (low < high) {
      const std::uint64_t middle = low + (high - low) / 2;
      if (meets_time(condition, time(middle)) == lower) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    (lower ? slots_.begin : slots_.end) = low;
    return true;
  });
}

void Selection::collect_tail(const Scene& scene) {
  const World& world = scene.world;
  const Changes& changes = world.changes(query_.entity);
  const auto consider = [&](Row row) {
    const Scene at = scene.at(row);
    const bool inside = !query_.scope || world.ancestor(row, query_.scope->entity) == *query_.scope;
    if (inside && world.alive(row) &&
        std::all_of(query_.conditions.begin(), query_.conditions.end(),
                    [&](const Condition& condition) { return meets(condition, at); })) {
      tail_.push_back(row);
    }
  };
  if (order_ == Order::ByUpdate) {
    for (const auto& [index, change] : changes.changed()) {
      if (change.updated_us != 0 && index < changes.base()) {
        consider(Row{query_.entity, index});
      }
    }
  }
  for (std::uint64_t index = changes.base(); index < changes.end(); ++index) {
    consider(Row{query_.entity, index});
  }
  if (order_ == Order::ByUpdate) {
    std::stable_sort(tail_.begin(), tail_.end(),
                     [&](Row a, Row b) { return world.updated_us(a) < world.updated_us(b); });
  }
}

// Whether a base row belongs to the selection, given that its slot is in range.
bool Selection::takes(const World& world, Scene& scene, Row row) const {
  if (order_ == Order::ByUpdate) {
    const Changes::Change* change = world.changes(row.entity).find(row.index);
    if (change != nullptr && change->updated_us != 0) {
      return false;
    }
  }
  if (!world.alive(row)) {
    return false;
  }
  scene.row = row;
  return std::all_of(remaining_.begin(), remaining_.end(),
                     [&](const Condition& condition) { return meets(condition, scene); });
}

void Selection::mark(const Scene& scene) {
  const World& world = scene.world;
  bool deletions = false;
  for (std::optional<EntityIndex> entity = query_.entity; entity;
       entity = world.population().plan(*entity).parent) {
    deletions = deletions || world.changes(*entity).any_deleted();
  }
  const bool moved = order_ == Order::ByUpdate && !world.changes(query_.entity).changed().empty();
  dense_ = remaining_.empty() && !deletions && !moved;
  if (dense_) {
    base_size_ = slots_.end - std::min(slots_.begin, slots_.end);
    return;
  }
  Scene at = scene;
  for (std::uint64_t slot = slots_.begin; slot < slots_.end; ++slot) {
    if (takes(world, at, base_row(world, slot))) {
      if (base_size_ % kMarkEvery == 0) {
        marks_.push_back(slot);
      }
      ++base_size_;
    }
  }
}

void Selection::sort_by_key(const Scene& scene) {
  const World& world = scene.world;
  std::vector<std::pair<SortKey, Row>> keyed;
  Scene at = scene;
  for (std::uint64_t index = base_.begin; index < base_.end; ++index) {
    if (takes(world, at, Row{query_.entity, index})) {
      keyed.emplace_back(sort_key(*query_.sort, at), at.row);
    }
  }
  collect_tail(scene);
  for (const Row row : tail_) {
    keyed.emplace_back(sort_key(*query_.sort, scene.at(row)), row);
  }
  std::sort(keyed.begin(), keyed.end());
  tail_.clear();
  for (const auto& [key, row] : keyed) {
    tail_.push_back(row);
  }
}

void Selection::append_base(Scene& scene, std::uint64_t from, std::uint64_t to,
                            std::vector<Row>& rows) const {
  if (from >= to) {
    return;
  }
  if (dense_) {
    for (std::uint64_t i = from; i < to; ++i) {
      rows.push_back(base_row(scene.world, slots_.begin + i));
    }
    return;
  }
  std::uint64_t at = from - from % kMarkEvery;
  for (std::uint64_t slot = marks_[from / kMarkEvery]; at < to; ++slot) {
    const Row row = base_row(scene.world, slot);
    if (takes(scene.world, scene, row)) {
      if (at >= from) {
        rows.push_back(row);
      }
      ++at;
    }
  }
}

std::vector<Row> Selection::rows(const World& world, const Facts& facts, std::uint64_t offset,
                                 std::uint64_t count) const {
  const std::uint64_t total = size();
  std::vector<Row> rows;
  if (offset >= total) {
    return rows;
  }
  count = std::min(count, total - offset);
  const std::uint64_t from = query_.descending ? total - offset - count : offset;
  const std::uint64_t to = from + count;
  Scene scene{world, facts, Row{query_.entity, 0}};
  append_base(scene, std::min(from, base_size_), std::min(to, base_size_), rows);
  for (std::uint64_t i = std::max(from, base_size_); i < to; ++i) {
    rows.push_back(tail_[i - base_size_]);
  }
  if (query_.descending) {
    std::reverse(rows.begin(), rows.end());
  }
  return rows;
}

}  // namespace tendril
