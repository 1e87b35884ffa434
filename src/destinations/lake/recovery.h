// Recovery: what a new run does about a run before it that was ended between two steps. Files that
// the last manifest has are put into place, all others of the connection are removed.
#pragma once

#include <string>

#include "core/result.h"
#include "destinations/lake/lake_state.h"
#include "destinations/lake/storage.h"

namespace tendril {

// REQUIRES: this run has claimed its epoch, so that `state` is the newest there can be.
// Errors: System when a data file of the lake is missing.
Status recover_lake(LakeStorage& storage, const LakeState& state, const std::string& tag);

// After a commit: puts the files of `after` into place that `before` did not show, and removes what
// only `before` has.
Status publish_commit(LakeStorage& storage, const LakeState& before, const LakeState& after);

}  // namespace tendril
