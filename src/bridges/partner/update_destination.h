// UpdateDestination: takes the rows and the state of a run and sends them as the messages of an
// update. What a commit makes durable elsewhere is what a checkpoint covers here: all records
// before it.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "bridges/partner/partner_state.h"
#include "bridges/partner/record_messages.h"
#include "bridges/partner/table_choice.h"
#include "bridges/partner/update_outlet.h"
#include "connector/destination.h"
#include "core/log.h"
#include "core/result.h"

namespace tendril {

// A table in mode Replace begins with the deletion of what was there before, unless its load is one
// that goes on; in the others rows replace those of their key. A Truncate acts on what came before
// it, whatever its instant. Rows of tables whose name begins with
// "_tendril" are no stream of the source; they are logged as warnings.
// Threads: one at a time.
class UpdateDestination final : public Destination {
 public:
  // All must outlive it.
  struct Parts {
    UpdateOutlet& outlet;
    const TableChoice& choice;
    Log& log;
  };

  UpdateDestination(const Parts& parts, PartnerState state)
      : parts_(parts), state_(std::move(state)), records_(parts.outlet, parts.choice) {}

  Status open(const std::string& /*connection*/) override { return {}; }
  Status open_to_look(const std::string& /*connection*/) override { return {}; }
  std::int64_t epoch() const override { return 1; }
  Result<std::optional<TableSchema>> stored_table(const std::string& /*table*/) override {
    return std::optional<TableSchema>();
  }
  Result<std::vector<StateEntry>> load_state() override { return state_.entries(); }
  Status prepare(const TablePlan& plan) override;
  Status write(const Batch& batch) override;
  Result<std::vector<TableCounts>> commit(const Checkpoint& checkpoint) override;

  // What the user may like to know, and what the user has to do before all can be read.
  // Threads: as the rest.
  Status warn(const std::string& text);
  Status ask(const std::string& task);

 private:
  struct Table {
    TableSchema known;  // By the client.
    std::int64_t uncommitted = 0;
  };

  Status tell_changes(const TableSchema& schema, Table& table);

  const Parts parts_;
  PartnerState state_;
  RecordMessages records_;
  std::map<std::string, Table, std::less<>> tables_;
};

}  // namespace tendril
