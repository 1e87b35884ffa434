// The index that this program puts on the primary key of a table, so that a merge looks rows up
// instead of reading the whole table.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/result.h"
#include "destinations/postgres/postgres_table.h"

namespace tendril {

// Unique for the mode Merge, in mode History among the active versions. Null counts as a value, as
// it does in a merge, from PostgreSQL 15 on.
Status create_key_index(PostgresSession& session, const PostgresTable& table,
                        const std::vector<std::string>& key);

// True when the unique index knows null as a value.
bool is_key_index_strict(const PostgresSession& session);

// Makes the unique index of a table that this transaction made and filled by COPY alone, which puts
// every row behind those before it. Of rows with the same key the last stays. Returns how many
// went. REQUIRES: is_key_index_strict().
Result<std::int64_t> fold_into_key_index(PostgresSession& session, const PostgresTable& table,
                                         const std::vector<std::string>& key);

// Makes the index of a table that was not made for merges: not unique, since it may hold a key
// twice. Does nothing when there is an index on the key.
Status need_key_index(PostgresSession& session, const PostgresTable& table,
                      const std::vector<std::string>& key);

// True when the table has our unique index, which rows of a table that is only appended to may
// break.
Result<bool> has_key_index(PostgresSession& session, const PostgresTableName& table);
Status drop_key_index(PostgresSession& session, const PostgresTableName& table);

// After the table was renamed. Does nothing when there is no index of ours.
Status rename_key_index(PostgresSession& session, const PostgresTableName& from,
                        const PostgresTableName& to);

}  // namespace tendril
