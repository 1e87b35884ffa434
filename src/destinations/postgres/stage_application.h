// Carries out what is staged for a table: inserts, merges, updates, deletes, truncations.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/result.h"
#include "destinations/postgres/postgres_table.h"
#include "destinations/postgres/session.h"
#include "destinations/postgres/staging.h"

namespace tendril {

// What is expected of the rows that are staged together. A table that was made in this run meets no
// key again, and no source gives a key twice within a commit; where they do, it costs a second try.
enum class StagedKeysAre {
  New,        // In the table, which has our unique index, and among themselves.
  Different,  // From each other; the table has our unique index.
  Any,
};

struct StagedCounts {
  std::int64_t written = 0;
  std::int64_t deleted = 0;
  StagedKeysAre keys = StagedKeysAre::Any;  // What they turned out to be.
};

struct StagedTarget {
  const PostgresTable& table;
  const std::vector<std::string>& key;  // Stored names.
  bool hard_deletes = false;
  StagedKeysAre keys = StagedKeysAre::Any;
};

// Applies a stage that is sealed. Rows of the same key are told apart by their order of arrival; a
// key may be null, which then is a value like others.
Result<StagedCounts> apply_postgres_stage(PostgresSession& session, const PostgresStage& stage,
                                          const StagedTarget& target);

// The columns of `key` that the stage has: all, or those of a delete by a part of the key.
std::vector<std::string> staged_key(const PostgresStage& stage,
                                    const std::vector<std::string>& key);

}  // namespace tendril
