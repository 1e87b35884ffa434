// Carries out what is staged for a table in mode History, in which each version of a key has a row.
#pragma once

#include "core/result.h"
#include "destinations/postgres/stage_application.h"

namespace tendril {

// Applies a stage that is sealed; set by set, with window functions: what happened to each key is
// put into order behind its active version, and cut into versions where it differs.
Result<StagedCounts> apply_history_stage(PostgresSession& session, const PostgresStage& stage,
                                         const StagedTarget& target);

}  // namespace tendril
