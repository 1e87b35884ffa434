// TableRewrite: carries out merges, updates, deletes and truncations on the data files of a table.
// Files do not change: those with rows that do are found by reading the columns of the key, and
// written anew without or with the changed rows; all others stay as they are.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "core/result.h"
#include "destinations/lake/segment.h"
#include "destinations/lake/workshop.h"

namespace tendril {

// What a rewrite works on.
struct RewriteTarget {
  FileSet& set;                       // Changed by the rewrite.
  std::string folder;                 // Of the table.
  std::vector<std::string> key = {};  // Stored names.
  bool hard_deletes = false;
};

struct RewriteCounts {
  std::int64_t written = 0;
  std::int64_t deleted = 0;
};

// A staged relation, as SQL can name it, has the columns of the table, `_tendril_synced`,
// `_tendril_order` (which counts up) and `_tendril_operation` (0: upsert, 1: delete).
constexpr std::string_view kStagedRelation = "_tendril_staged";

// Makes kStagedRelation, with the columns of `set`, of segments of upserts, updates and deletes.
// Columns that a segment does not have are NULL. REQUIRES: the segments have rows.
Status stage_segments(Workshop& workshop, const std::vector<const Segment*>& segments,
                      const FileSet& set);

// Applies upserts and deletes in their order; the last one of a key counts. Deletes may have a part
// of the key only: then there are no upserts among them, and `target.key` is that part.
Result<RewriteCounts> apply_merge(Workshop& workshop, const std::vector<const Segment*>& segments,
                                  const RewriteTarget& target);

// Applies updates of the columns that the segment has.
Result<RewriteCounts> apply_update(Workshop& workshop, const Segment& segment,
                                   const RewriteTarget& target);

// Removes or marks rows last synced before an instant.
Result<RewriteCounts> apply_truncation(Workshop& workshop, const Segment& segment,
                                       const RewriteTarget& target);

// Rewrites files whose types readers could not unite with those of the table.
Status conform_files(Workshop& workshop, const RewriteTarget& target);

// The steps that the history mode shares.

// Returns the places in the set of files with rows that `condition` (on table t) holds for, when t
// is joined with `keys` (k, a relation with the columns of the key); "" joins nothing.
Result<std::vector<std::size_t>> files_with(Workshop& workshop, const RewriteTarget& target,
                                            const std::string& keys, const std::string& condition);

// Writes the rows of `select` (given the relation of the old files) in the place of those files.
using RewriteQuery = std::function<std::string(const std::string& old_rows)>;
Status replace_files(Workshop& workshop, const RewriteTarget& target,
                     const std::vector<std::size_t>& places, const RewriteQuery& select);

// Writes the rows of a query, which has the columns of the table, to a new file of the table.
// Returns their number.
Result<std::int64_t> add_rows(Workshop& workshop, const RewriteTarget& target,
                              const std::string& select);

// The relation of some files of the set.
Result<std::string> old_relation(Workshop& workshop, const RewriteTarget& target,
                                 const std::vector<std::size_t>& places, bool names = false);

}  // namespace tendril
