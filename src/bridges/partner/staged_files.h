// Batch files on their way into a table: all files of one kind become one stage.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "bridges/partner/batch_file.h"
#include "connector/sql_warehouse.h"
#include "core/result.h"
#include "core/secret.h"

namespace tendril {

// Beside the columns of the table: a number that grows from row to row, through all files, and in
// stages of updates which values stay, see BatchFileRows.
constexpr std::string_view kStagedOrder = "_tendril_order";
constexpr std::string_view kStagedMarks = "_tendril_unmodified";

// What the files of one call have in common.
struct BatchFiles {
  BatchFileParams params;
  std::map<std::string, Secret> keys;  // By path.
  // The caller does not wait any more.
  std::function<bool()> cancelled = [] { return false; };
};

// What to take from files.
struct StagingPlan {
  std::vector<std::string> columns;   // Of the table; those that a file lacks are null.
  std::vector<std::string> required;  // Without these a file makes no sense.
  bool of_updates = false;
  // Files may have other columns: only some of them count.
  bool partial = false;
};

struct StagedFiles {
  std::unique_ptr<SqlStage> stage;
  std::vector<std::string> columns;  // Of the plan, those that any of the files has.
  std::int64_t rows = 0;
};

// Reads `paths` into a stage and closes it. REQUIRES: the table has the plan's columns.
// Errors: as BatchFileReader; BadData when a file lacks a required column or has one that the table
//   does not; InvalidConfig when a column is of a type that the protocol does not know; Cancelled.
Result<StagedFiles> stage_files(SqlSession& session, const SqlTable& table, const BatchFiles& files,
                                const std::vector<std::string>& paths, const StagingPlan& plan);

// The names of all columns of the table that files can fill.
std::vector<std::string> fillable_columns(const SqlTable& table);

}  // namespace tendril
