// WrittenTable: one table of a stream in the writer's hands: what is to be done with its rows, and
// what was. A stream has the one table of its name, a feed has many.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "sync/list_tables.h"
#include "sync/rejections.h"
#include "sync/schema_gate.h"
#include "sync/stream_plan.h"
#include "sync/stream_run.h"

namespace tendril {

// Threads: one at a time.
struct WrittenTable {
  // The table of a stream, which must outlive it.
  explicit WrittenTable(StreamRun& stream)
      : plan(stream.plan),
        rejections(stream.rejections),
        lists(plan),
        gate(lists.remaining(plan.info.schema), plan.rules) {}

  // A table of a feed. `of_run` may be nullptr, and must outlive it.
  WrittenTable(StreamPlan table, RunRejections* of_run)
      : own_plan(std::move(table)),
        own_rejections(std::in_place, own_plan->rules, of_run),
        plan(*own_plan),
        rejections(*own_rejections),
        lists(plan),
        gate(lists.remaining(plan.info.schema), plan.rules) {}

  WrittenTable(const WrittenTable&) = delete;
  WrittenTable& operator=(const WrittenTable&) = delete;

  const std::string& name() const { return plan.info.schema.name; }

  const std::optional<StreamPlan> own_plan = std::nullopt;
  std::optional<Rejections> own_rejections = std::nullopt;
  const StreamPlan& plan;
  Rejections& rejections;
  ListTables lists;
  SchemaGate gate;
  bool prepared = false;

  // In this run:
  std::int64_t rows_read = 0;  // That came, those that came again too.
  std::int64_t rows_staged = 0;
  std::int64_t rows_written = 0;
  std::int64_t rows_deleted = 0;
  std::int64_t child_rows_written = 0;
  std::int64_t values_discarded = 0;

  // Of what is staged and not committed:
  std::int64_t rows_uncommitted = 0;
  std::optional<Operation> last_operation = std::nullopt;
  bool only_inserts = true;  // So that the destination has to write each row.
  std::map<std::string, std::int64_t> list_rows = {};  // Of the tables of its lists; all prepared.
};

}  // namespace tendril
