// The mode History on data files: every version of a key has a row. What is staged follows the
// active versions of its keys in order; where it differs from what came before, a version ends and
// another begins.
#pragma once

#include <vector>

#include "core/result.h"
#include "destinations/lake/table_rewrite.h"

namespace tendril {

// Upserts, and deletes that have the whole key, in their order.
Result<RewriteCounts> apply_history(Workshop& workshop, const std::vector<const Segment*>& segments,
                                    const RewriteTarget& target);

// Deletes with a part of the key: `part`.
Result<RewriteCounts> apply_history_deletes(Workshop& workshop, const Segment& segment,
                                            const RewriteTarget& target,
                                            const std::vector<std::string>& part);

Result<RewriteCounts> apply_history_update(Workshop& workshop, const Segment& segment,
                                           const RewriteTarget& target);

Result<RewriteCounts> apply_history_truncation(Workshop& workshop, const Segment& segment,
                                               const RewriteTarget& target);

}  // namespace tendril
