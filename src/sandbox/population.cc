#include "sandbox/population.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

#include "core/check.h"

namespace tendril {
namespace {

constexpr std::uint64_t kJitterSteps = 1U << 16U;
constexpr std::int64_t kSecond_us = 1'000'000;
// Changes trail creation by so many rows, so that a row's own children are made before.
constexpr std::uint64_t kUpdateLag = 3;

// A permutation of [0, size): x -> (factor * x + shift) mod size.
struct Shuffle {
  std::uint64_t size;
  std::uint64_t factor;
  std::uint64_t shift;

  explicit Shuffle(std::uint64_t block) : size(block), factor(block * 5 / 8 + 1), shift(block / 3) {
    while (std::gcd(factor, size) != 1) {
      ++factor;
    }
  }

  std::uint64_t forward(std::uint64_t x) const { return (factor * x + shift) % size; }

  std::uint64_t backward(std::uint64_t y) const {
    std::int64_t previous = 0;  // Extended Euclid: the inverse of factor modulo size.
    std::int64_t inverse = 1;
    std::uint64_t a = size;
    std::uint64_t b = factor % size;
    while (b > 1) {
      const auto quotient = static_cast<std::int64_t>(a / b);
      previous = std::exchange(inverse, previous - quotient * inverse);
      a = std::exchange(b, a % b);
    }
    const auto modulus = static_cast<std::int64_t>(size);
    const auto positive = static_cast<std::uint64_t>((inverse % modulus + modulus) % modulus);
    return positive * ((y + size - shift) % size) % size;
  }
};

std::uint64_t block_size(const Timeline& timeline, const Range& range) {
  return std::min(timeline.shuffle, range.size());
}

}  // namespace

Population::Population(std::vector<EntityPlan> plans, const Size& size)
    : plans_(std::move(plans)), size_(size) {
  for (const EntityPlan& plan : plans_) {
    CHECK(!plan.parent || *plan.parent < counts_.size());
    counts_.push_back(expected_count(plan));
  }
}

std::uint64_t Population::expected_count(const EntityPlan& plan) const {
  if (plan.parent && counts_[*plan.parent] == 0) {
    return 0;
  }
  if (plan.count.fixed) {
    return *plan.count.fixed;
  }
  if (plan.count.per_parent) {
    return *plan.count.per_parent * counts_[*plan.parent];
  }
  const double wanted = std::round(plan.count.per_record * static_cast<double>(size_.records));
  return std::clamp(static_cast<std::uint64_t>(wanted), plan.count.min, plan.count.max);
}

std::uint64_t Population::first_below(EntityIndex entity, std::uint64_t parent) const {
  const EntityPlan& plan = plans_[entity];
  const std::uint64_t total = counts_[entity];
  const std::uint64_t parents = counts_[*plan.parent];
  if (parent == 0 || parent >= parents) {
    return parent == 0 ? 0 : total;
  }
  if (plan.count.per_parent) {
    return parent * *plan.count.per_parent;
  }
  if (plan.spread == Spread::Skewed) {
    const std::uint64_t rest = parents - parent;
    return total - multiply_divide(multiply_divide(total, rest, parents), rest, parents);
  }
  const std::uint64_t jitter = mix(mix(size_.seed, entity), parent) % kJitterSteps;
  return multiply_divide(parent * kJitterSteps + jitter, total, parents * kJitterSteps);
}

std::uint64_t Population::parent(EntityIndex entity, std::uint64_t index) const {
  const EntityPlan& plan = plans_[entity];
  const std::uint64_t total = counts_[entity];
  const std::uint64_t parents = counts_[*plan.parent];
  if (plan.count.per_parent) {
    return index / *plan.count.per_parent;
  }
  std::uint64_t low = 0;  // first_below(low) <= index < first_below(high)
  std::uint64_t high = parents;
  if (plan.spread == Spread::Even) {
    const std::uint64_t guess = multiply_divide(index, parents, total);
    low = guess > 1 ? guess - 2 : 0;
    high = std::min(parents, multiply_divide(index + 1, parents, total) + 2);
  }
  while (high - low > 1) {
    const std::uint64_t middle = low + (high - low) / 2;
    (first_below(entity, middle) <= index ? low : high) = middle;
  }
  return low;
}

std::uint64_t Population::ancestor(EntityIndex entity, std::uint64_t index,
                                   EntityIndex ancestor) const {
  while (entity != ancestor) {
    CHECK(plans_[entity].parent.has_value());
    index = parent(entity, index);
    entity = *plans_[entity].parent;
  }
  return index;
}

Range Population::below(EntityIndex entity, Row row) const {
  if (entity == row.entity) {
    return Range{row.index, row.index + 1};
  }
  CHECK(plans_[entity].parent.has_value());
  const Range parents = below(*plans_[entity].parent, row);
  return Range{first_below(entity, parents.begin), first_below(entity, parents.end)};
}

Range Population::timeline_range(EntityIndex entity, std::uint64_t index) const {
  const EntityIndex scope = plans_[entity].timeline.scope;
  if (scope == entity) {
    return Range{0, counts_[entity]};
  }
  return below(entity, Row{scope, ancestor(entity, index, scope)});
}

// Rows are made at least one of their parent's steps after it, so that nothing is older than
// what it belongs to.
std::uint64_t Population::lead_slots(EntityIndex entity, const Range& range) const {
  const EntityPlan& plan = plans_[entity];
  if (!plan.parent || plan.timeline.scope == entity || plan.timeline.scope == *plan.parent) {
    return 0;
  }
  const std::uint64_t first = parent(entity, range.begin);
  const std::uint64_t parents = timeline_range(*plan.parent, first).size();
  return range.size() / parents + 2;
}

std::int64_t Population::moment(EntityIndex entity, const Range& range, std::uint64_t slot) const {
  const Timeline& timeline = plans_[entity].timeline;
  const std::uint64_t block = block_size(timeline, range);
  const std::uint64_t lead = lead_slots(entity, range);
  const std::uint64_t slots = lead + range.size() + (block == 0 ? 1 : block + kUpdateLag + 1);
  const auto past = static_cast<double>(size_.now_us - size_.start_us);
  const auto begin = size_.start_us + static_cast<std::int64_t>(past * timeline.from);
  const auto span_ns = static_cast<std::uint64_t>(past * (timeline.to - timeline.from)) * 1000;
  const std::uint64_t step_ns = std::max<std::uint64_t>(span_ns / slots, 1);
  const std::uint64_t jitter = scaled(mix(mix(size_.seed, entity), range.begin + slot), step_ns);
  const auto moment_us =
      begin + static_cast<std::int64_t>(((lead + slot) * step_ns + jitter) / 1000);
  return moment_us - moment_us % kSecond_us;
}

std::int64_t Population::created_us(EntityIndex entity, std::uint64_t index) const {
  const Range range = timeline_range(entity, index);
  return moment(entity, range, index - range.begin);
}

std::int64_t Population::updated_us(EntityIndex entity, std::uint64_t index) const {
  const Range range = timeline_range(entity, index);
  const std::uint64_t block = block_size(plans_[entity].timeline, range);
  const std::uint64_t lag = block == 0 ? 0 : block + kUpdateLag;
  return moment(entity, range, rank_of(entity, range, index) + lag);
}

std::uint64_t Population::rank_of(EntityIndex entity, const Range& range,
                                  std::uint64_t index) const {
  const std::uint64_t local = index - range.begin;
  const std::uint64_t block = block_size(plans_[entity].timeline, range);
  if (block < 2) {
    return local;
  }
  const std::uint64_t first = local - local % block;
  return first + Shuffle(std::min(block, range.size() - first)).forward(local - first);
}

std::uint64_t Population::by_update(EntityIndex entity, const Range& range,
                                    std::uint64_t rank) const {
  const std::uint64_t block = block_size(plans_[entity].timeline, range);
  if (block < 2) {
    return range.begin + rank;
  }
  const std::uint64_t first = rank - rank % block;
  const Shuffle shuffle(std::min(block, range.size() - first));
  return range.begin + first + shuffle.backward(rank - first);
}

}  // namespace tendril
