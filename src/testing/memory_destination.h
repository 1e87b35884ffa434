// MemoryDestination: a destination whose tables outlive it in a MemoryStore, for tests of what
// survives a crash. What it does outside a commit is made as bad for its user as the interface
// allows: prepare() takes effect at once, and what was staged is gone with the object.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/record_batch.h>

#include "connector/destination.h"
#include "core/clock.h"
#include "data/instant.h"

namespace tendril {

// A row of a table with the columns `id` (Long) and `value` (String), or of `_tendril_rejected`,
// whose reason stands for the value.
struct MemoryRow {
  std::int64_t id = 0;
  std::string value;
  Instant synced = {};
  bool deleted = false;  // In mode History: ended.
};

// What is durable.
struct MemoryStore {
  std::map<std::string, std::vector<MemoryRow>> tables;
  std::map<std::string, std::vector<MemoryRow>> loads;  // Of tables in Replace mode.
  std::map<std::pair<std::string, std::string>, std::string> state;
  std::vector<Checkpoint> commits;
  std::map<std::string, TableSchema> schemas;  // Of prepared tables.
  std::int64_t epoch = 0;
};

// Threads: one at a time.
class MemoryDestination final : public Destination {
 public:
  // `store` and `clock` must outlive the destination.
  MemoryDestination(MemoryStore& store, const Clock& clock) : store_(store), clock_(clock) {}

  // Called first by each call; an error is what the call returns.
  std::function<Status()> on_open;
  std::function<Status(const TablePlan&)> on_prepare;
  std::function<Status(const Batch&)> on_write;
  std::function<Status(const Checkpoint&)> on_commit;
  // Called after a commit has taken effect: an error is a crash before anybody heard of it.
  std::function<Status()> after_commit;
  // Changes what commit() reports.
  std::function<void(std::vector<TableCounts>&)> on_counts;

  Status open(const std::string&) override {
    epoch_ = ++store_.epoch;
    return on_open ? on_open() : Status();
  }

  Status open_to_look(const std::string&) override { return {}; }

  std::int64_t epoch() const override { return epoch_; }

  Result<std::optional<TableSchema>> stored_table(const std::string& table) override {
    const auto found = store_.schemas.find(table);
    return found == store_.schemas.end() ? std::optional<TableSchema>() : found->second;
  }

  Result<std::vector<StateEntry>> load_state() override {
    std::vector<StateEntry> entries;
    for (const auto& [key, json] : store_.state) {
      entries.push_back({key.first, key.second, json});
    }
    return entries;
  }

  Status prepare(const TablePlan& plan) override {
    if (on_prepare) {
      TRY(on_prepare(plan));
    }
    if (!plans_.emplace(plan.schema.name, plan).second) {
      return internal("table was prepared twice: " + plan.schema.name);
    }
    store_.tables[plan.schema.name];
    evolve(store_.schemas.try_emplace(plan.schema.name, plan.schema).first->second, plan.schema);
    if (plan.mode == WriteMode::Replace && !plan.resume) {
      store_.loads[plan.schema.name].clear();
    }
    return {};
  }

  Status write(const Batch& batch) override {
    if (on_write) {
      TRY(on_write(batch));
    }
    if (!plans_.contains(batch.schema->name)) {
      return internal("table was not prepared: " + batch.schema->name);
    }
    staged_.push_back({batch, clock_.now()});
    return {};
  }

  Result<std::vector<TableCounts>> commit(const Checkpoint& checkpoint) override {
    if (on_commit) {
      TRY(on_commit(checkpoint));
    }
    std::map<std::string, TableCounts> counts;
    for (const auto& [batch, synced] : staged_) {
      apply(batch, synced, counts[batch.schema->name]);
    }
    staged_.clear();
    for (const StateKey& key : checkpoint.erased) {
      store_.state.erase({key.stream, key.slice});
    }
    for (const StateEntry& entry : checkpoint.entries) {
      store_.state[{entry.stream, entry.slice}] = entry.json;
    }
    for (const std::string& table : checkpoint.completed_tables) {
      store_.tables[table] = std::exchange(store_.loads[table], {});
    }
    store_.commits.push_back(checkpoint);
    if (after_commit) {
      TRY(after_commit());
    }
    std::vector<TableCounts> list;
    for (auto& [table, count] : counts) {
      count.table = table;
      list.push_back(count);
    }
    if (on_counts) {
      on_counts(list);
    }
    return list;
  }

 private:
  static Error internal(std::string message) {
    return {.code = ErrorCode::Internal, .message = std::move(message)};
  }

  void apply(const Batch& batch, Instant synced, TableCounts& counts) {
    const std::string& name = batch.schema->name;
    const WriteMode mode = plans_.at(name).mode;
    std::vector<MemoryRow>& rows =
        mode == WriteMode::Replace ? store_.loads[name] : store_.tables[name];
    switch (batch.operation) {
      case Operation::Truncate:
        remove(rows, {batch, synced, counts},
               [&](const MemoryRow& row) { return row.synced < batch.truncate_before; });
        break;
      case Operation::Delete:
        for (const MemoryRow& key : rows_of(batch, synced)) {
          remove(rows, {batch, synced, counts}, [&](const MemoryRow& row) {
            return (!has(batch, "id") || row.id == key.id) &&
                   (!has(batch, "value") || row.value == key.value);
          });
        }
        break;
      case Operation::Upsert:
      case Operation::Update:
        for (MemoryRow& row : rows_of(batch, synced)) {
          put(rows, mode, batch.operation, std::move(row));
          ++counts.rows_written;
        }
        break;
    }
  }

  static bool has(const Batch& batch, const char* column) {
    return batch.schema->find(column) != nullptr;
  }

  struct Removal {
    const Batch& batch;
    Instant now;
    TableCounts& counts;
  };

  // Marks the rows; with hard deletes they leave, but for versions of mode History.
  template <class IsMeant>
  void remove(std::vector<MemoryRow>& rows, const Removal& removal, IsMeant is_meant) const {
    for (MemoryRow& row : rows) {
      if (!row.deleted && is_meant(row)) {
        row.deleted = true;
        row.synced = removal.now;
        ++removal.counts.rows_deleted;
      }
    }
    const TablePlan& plan = plans_.at(removal.batch.schema->name);
    if (plan.hard_deletes && plan.mode != WriteMode::History) {
      std::erase_if(rows, [](const MemoryRow& row) { return row.deleted; });
    }
  }

  static void put(std::vector<MemoryRow>& rows, WriteMode mode, Operation operation,
                  MemoryRow row) {
    const bool keeps_history = mode == WriteMode::History;
    const bool keyed = mode == WriteMode::Merge || keeps_history;
    const auto same = std::ranges::find_if(rows, [&](const MemoryRow& each) {
      return keyed && each.id == row.id && !(keeps_history && each.deleted);
    });
    if (same == rows.end()) {
      if (operation == Operation::Upsert) {
        rows.push_back(std::move(row));
      }
    } else if (keeps_history && same->value != row.value) {
      same->deleted = true;
      same->synced = row.synced;
      rows.push_back(std::move(row));
    } else {
      *same = std::move(row);
    }
  }

  static std::vector<MemoryRow> rows_of(const Batch& batch, Instant synced) {
    const auto ids =
        std::dynamic_pointer_cast<arrow::Int64Array>(batch.rows->GetColumnByName("id"));
    const char* text = has(batch, "reason") ? "reason" : "value";
    const auto values =
        std::dynamic_pointer_cast<arrow::StringArray>(batch.rows->GetColumnByName(text));
    std::vector<MemoryRow> rows;
    for (std::int64_t i = 0; i < batch.row_count(); ++i) {
      rows.push_back({.id = ids == nullptr ? 0 : ids->Value(i),
                      .value = values == nullptr ? "" : values->GetString(i),
                      .synced = synced});
    }
    return rows;
  }

  MemoryStore& store_;
  const Clock& clock_;
  std::int64_t epoch_ = 0;
  std::map<std::string, TablePlan> plans_;
  std::vector<std::pair<Batch, Instant>> staged_;
};

}  // namespace tendril
