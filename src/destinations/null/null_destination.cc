#include "destinations/null/null_destination.h"

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tendril {
namespace {

class NullDestination final : public Destination {
 public:
  Status open(const std::string& /*connection*/) override { return {}; }

  Status open_to_look(const std::string& /*connection*/) override { return {}; }

  std::int64_t epoch() const override { return 1; }

  Result<std::optional<TableSchema>> stored_table(const std::string& /*table*/) override {
    return std::optional<TableSchema>();
  }

  Result<std::vector<StateEntry>> load_state() override { return state_; }

  Status prepare(const TablePlan& plan) override {
    if (!tables_.emplace(plan.schema.name, TableCounts{plan.schema.name}).second) {
      return Error{ErrorCode::Internal, "table is prepared twice: " + plan.schema.name};
    }
    return {};
  }

  Status write(const Batch& batch) override {
    const auto table = tables_.find(batch.schema->name);
    if (table == tables_.end()) {
      return unprepared(batch.schema->name);
    }
    std::int64_t& rows = batch.operation == Operation::Delete ? table->second.rows_deleted
                                                              : table->second.rows_written;
    rows += batch.row_count();
    return {};
  }

  Result<std::vector<TableCounts>> commit(const Checkpoint& checkpoint) override {
    for (const std::string& table : checkpoint.completed_tables) {
      if (tables_.find(table) == tables_.end()) {
        return unprepared(table);
      }
    }
    for (const StateKey& key : checkpoint.erased) {
      erase(key.stream, key.slice);
    }
    for (const StateEntry& entry : checkpoint.entries) {
      erase(entry.stream, entry.slice);
      state_.push_back(entry);
    }
    std::vector<TableCounts> counts;
    for (auto& [name, table] : tables_) {
      if (table.rows_written > 0 || table.rows_deleted > 0) {
        counts.push_back(std::exchange(table, TableCounts{name}));
      }
    }
    return counts;
  }

 private:
  static Error unprepared(const std::string& table) {
    return {ErrorCode::Internal, "table was not prepared: " + table};
  }

  void erase(const std::string& stream, const std::string& slice) {
    std::erase_if(state_, [&](const StateEntry& entry) {
      return entry.stream == stream && entry.slice == slice;
    });
  }

  std::map<std::string, TableCounts> tables_;
  std::vector<StateEntry> state_;
};

}  // namespace

DestinationSpec null_destination() {
  return {"null", "Reads and types everything, keeps nothing",
          "null:", [](const DestinationTarget& target) -> Result<std::unique_ptr<Destination>> {
            if (!target.text.empty()) {
              return Error{ErrorCode::InvalidConfig,
                           "null destination takes no name: " + std::string(target.text)};
            }
            return std::make_unique<NullDestination>();
          }};
}

}  // namespace tendril
