// MirrorDestination: one table with the columns `id`, `a` and `b`, to which changes of every
// operation are applied in order; what survives a crash is in a MirrorStore.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/record_batch.h>

#include "connector/destination.h"

namespace tendril {

struct MirrorRow {
  std::optional<std::string> a;
  std::optional<std::string> b;

  friend bool operator==(const MirrorRow&, const MirrorRow&) = default;
};

struct MirrorStore {
  std::map<std::int64_t, MirrorRow> rows;  // Deleted ones are gone.
  std::map<std::pair<std::string, std::string>, std::string> state;
  std::int64_t epoch = 0;
};

// Threads: one at a time.
class MirrorDestination final : public Destination {
 public:
  explicit MirrorDestination(MirrorStore& store) : store_(store) {}

  // Called before and after a commit takes effect; an error is a crash there.
  std::function<Status()> before_commit;
  std::function<Status()> after_commit;

  Status open(const std::string&) override {
    epoch_ = ++store_.epoch;
    return {};
  }
  Status open_to_look(const std::string&) override { return {}; }
  std::int64_t epoch() const override { return epoch_; }
  Result<std::optional<TableSchema>> stored_table(const std::string&) override {
    return std::optional<TableSchema>();
  }
  Result<std::vector<StateEntry>> load_state() override {
    std::vector<StateEntry> entries;
    for (const auto& [key, json] : store_.state) {
      entries.push_back({key.first, key.second, json});
    }
    return entries;
  }
  Status prepare(const TablePlan&) override { return {}; }

  Status write(const Batch& batch) override {
    staged_.push_back(batch);
    return {};
  }

  Result<std::vector<TableCounts>> commit(const Checkpoint& checkpoint) override {
    if (before_commit) {
      TRY(before_commit());
    }
    TableCounts counts{.table = "changes"};
    for (const Batch& batch : staged_) {
      apply(batch);
      counts.rows_written += batch.row_count();
    }
    staged_.clear();
    for (const StateKey& key : checkpoint.erased) {
      store_.state.erase({key.stream, key.slice});
    }
    for (const StateEntry& entry : checkpoint.entries) {
      store_.state[{entry.stream, entry.slice}] = entry.json;
    }
    if (after_commit) {
      TRY(after_commit());
    }
    return std::vector<TableCounts>{counts};
  }

 private:
  static std::optional<std::string> text(const Batch& batch, const char* name, std::int64_t row) {
    const auto column =
        std::dynamic_pointer_cast<arrow::StringArray>(batch.rows->GetColumnByName(name));
    return column == nullptr || column->IsNull(row) ? std::nullopt
                                                    : std::optional(column->GetString(row));
  }

  void apply(const Batch& batch) {
    if (batch.operation == Operation::Truncate) {
      store_.rows.clear();
      return;
    }
    const auto ids =
        std::dynamic_pointer_cast<arrow::Int64Array>(batch.rows->GetColumnByName("id"));
    for (std::int64_t row = 0; row < batch.row_count(); ++row) {
      const std::int64_t id = ids->Value(row);
      const auto found = store_.rows.find(id);
      if (batch.operation == Operation::Upsert) {
        store_.rows[id] = {text(batch, "a", row), text(batch, "b", row)};
      } else if (batch.operation == Operation::Delete) {
        store_.rows.erase(id);
      } else if (found != store_.rows.end()) {
        for (const auto& [name, member] :
             {std::pair("a", &MirrorRow::a), std::pair("b", &MirrorRow::b)}) {
          if (batch.rows->GetColumnByName(name) != nullptr) {
            found->second.*member = text(batch, name, row);
          }
        }
      }
    }
  }

  MirrorStore& store_;
  std::int64_t epoch_ = 0;
  std::vector<Batch> staged_;
};

}  // namespace tendril
