// DryRun: what a run would do, told without doing it: nothing is read from the source but its
// catalog, and nothing is written.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "connector/destination.h"
#include "connector/source.h"
#include "core/error.h"
#include "core/result.h"
#include "data/schema.h"
#include "data/value.h"
#include "sync/sync.h"
#include "sync/table_settings.h"

namespace tendril {

// A column as the source declares it that the table does not have so.
struct ColumnForecast {
  enum class What {
    Added,    // The table gains it.
    Widened,  // Its type becomes `to`.
    Kept,     // Its type stays; `rule` decides on values that do not fit.
    LeftOut,  // The table does not gain it; `rule` decides on its values.
    Varied,   // Values of another kind go to columns of their own.
  };

  What what = What::Added;
  std::string column;
  std::optional<Type> from = std::nullopt;  // In the table.
  Type to = {};                             // As declared; of Widened: what it becomes.
  ContractRule rule = ContractRule::Evolve;
};

struct TableForecast {
  std::string table;
  bool exists = false;
  WriteMode mode = WriteMode::Append;
  bool hard_deletes = false;
  bool incremental = false;
  bool resumes = false;  // Goes on with a load that was left unfinished.
  std::vector<std::string> primary_key = {};
  std::string cursor_field = {};
  Value cursor = {};                         // Where the next read goes on; null: from the start.
  std::vector<ColumnForecast> columns = {};  // Those that are new, or not as declared.
  std::size_t columns_declared = 0;
  Contract contract = {};
  std::vector<std::string> child_paths = {};  // Lists that become tables, where named.
  bool all_lists = false;                     // All lists become tables.
  std::optional<Error> refused = std::nullopt;
};

// In the order of the catalog. What only rows can tell, columns and types that are not declared, is
// not in it. Errors: as run_sync().
Result<std::vector<TableForecast>> dry_run(Source& source, Destination& destination,
                                           const SyncOptions& options, std::stop_token stop);

}  // namespace tendril
