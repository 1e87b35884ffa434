// WriteBatch: the rows of batch files become rows of a table that holds each key once.
// Source: the partner SDK's destination guide, "WriteBatchRequest".
#pragma once

#include <string>
#include <vector>

#include "bridges/partner/staged_files.h"
#include "connector/sql_warehouse.h"
#include "core/result.h"

namespace tendril {

// The files of a call, by what their rows say. Rows of a kind take effect in their order; kinds in
// the order of the members.
struct BatchPaths {
  std::vector<std::string> earliest_starts = {};  // In history mode only.
  std::vector<std::string> replacements = {};
  std::vector<std::string> updates = {};
  std::vector<std::string> deletions = {};
};

// `key` are the columns that tell rows apart. Replacements take the place of rows of their key, or
// are added; updates change the values of rows that are there, save those that stay; deletions
// remove rows. What names no row that is there is passed over.
// Errors: as stage_files() and SqlSession; InvalidConfig when there is no key.
Status write_batch(SqlSession& session, const SqlTable& table, const std::vector<std::string>& key,
                   const BatchFiles& files, const BatchPaths& paths);

// Pieces that history mode shares.

// Deletes the rows of a stage that a later one has the `columns` of. Returns whether there were
// any.
Result<bool> drop_repeated(SqlSession& session, const SqlStage& stage,
                           const std::vector<std::string>& columns);

// Numbers the rows of each key from 1 on, in the order of `by` and then of the files, in the
// temporary table `name` of kStagedOrder and "rank". Returns the highest number.
Result<std::int64_t> number_rows(SqlSession& session, const SqlStage& stage,
                                 const std::vector<std::string>& key, const std::string& by,
                                 const std::string& name);

// The value that a row of an update gives column `index` of its stage: its own, or that of `base`.
std::string updated_value(const SqlSession& session, const std::string& name, std::size_t index,
                          const std::string& base);

}  // namespace tendril
