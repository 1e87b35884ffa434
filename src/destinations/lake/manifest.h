// Manifest: one commit, as a JSON file says it: what changed in tables and state since the one
// before, or, in a snapshot, all there is. docs/adr/0005-lake-commits.md describes the format.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "connector/destination.h"
#include "core/result.h"
#include "data/instant.h"
#include "destinations/lake/lake_state.h"

namespace tendril {

struct Manifest {
  std::int64_t number = 0;
  std::int64_t epoch = 0;
  std::string connection = {};
  std::string writer = {};  // Tells a run's own manifest from another's of the same number.
  Instant written_at = {};
  // Tables that changed, as they are now.
  std::vector<LakeTable> tables = {};
  Checkpoint checkpoint = {};
};

// Writes what `manifest` changes in `before`, the state that its tables were made from.
std::string manifest_text(const Manifest& manifest, const LakeState& before);

// Writes all of `after`, the state with the manifest applied.
std::string snapshot_text(const Manifest& manifest, const LakeState& after);

// Applies the text of a manifest. A snapshot replaces what is in `state`.
// Errors: BadData when it is no manifest, Unsupported when it is of a later version.
Status apply_manifest(std::string_view text, LakeState& state);

// True for a snapshot. Errors: as above.
Result<bool> is_snapshot(std::string_view text);

}  // namespace tendril
