// Selection: the rows that a list request asks for, in its order, without holding them: page
// 4,000 of a million issues is found by arithmetic, or by a short walk from a mark.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sandbox/generator.h"

namespace tendril {

// What a row must be like to be listed.
struct Condition {
  enum class Test {
    AnyOf,     // One of its texts is one of the operands.
    AllOf,     // Each operand is one of its texts.
    Contains,  // Its text contains the first operand.
    Since,     // Its time is that of `moment_us`, or later.
    After,     // Its time is later.
    Until,     // Its time is that of `moment_us`, or earlier.
    Before,    // Its time is earlier.
    Absent,    // It is null, or an empty list.
    Present,   // It is neither.
  };

  const Generator* value = nullptr;
  Test test = Test::AnyOf;
  std::vector<std::string> operands = {};
  std::int64_t moment_us = 0;
  bool ignore_case = false;
};

bool meets(const Condition& condition, const Scene& scene);

// ASCII letters compare without case.
bool equal_ignoring_case(std::string_view a, std::string_view b);

struct ListQuery {
  EntityIndex entity = 0;
  std::optional<Row> scope = std::nullopt;  // Only rows below this one.
  std::vector<Condition> conditions = {};
  const Generator* sort = nullptr;  // nullptr: the order of creation.
  bool descending = false;

  // Equal for queries that select the same rows of the same world.
  std::string key() const;
};

// Threads: immutable, safe to share. Valid until the world's next mutation.
class Selection {
 public:
  Selection(const World& world, const Facts& facts, ListQuery query);

  std::uint64_t size() const { return base_size_ + tail_.size(); }

  // The rows at `offset` and the following ones, at most `count`.
  std::vector<Row> rows(const World& world, const Facts& facts, std::uint64_t offset,
                        std::uint64_t count) const;

 private:
  enum class Order { ByIndex, ByUpdate, ByKey };

  Order order_of(const World& world) const;
  void narrow(const World& world);
  void collect_tail(const Scene& scene);
  void mark(const Scene& scene);
  void sort_by_key(const Scene& scene);
  Row base_row(const World& world, std::uint64_t slot) const;
  bool takes(const World& world, Scene& scene, Row row) const;
  void append_base(Scene& scene, std::uint64_t from, std::uint64_t to,
                   std::vector<Row>& rows) const;

  ListQuery query_;
  Order order_ = Order::ByIndex;
  Range base_;                        // Base rows below the scope.
  Range slots_;                       // Of them, in order, those that times do not rule out.
  std::vector<Condition> remaining_;  // What is left to check for those.
  bool dense_ = false;                // Every slot is taken.
  std::uint64_t base_size_ = 0;
  std::vector<std::uint64_t> marks_;  // The slot of each kMarkEvery-th row taken.
  std::vector<Row> tail_;             // What comes after the base rows, ascending.
};

}  // namespace tendril
