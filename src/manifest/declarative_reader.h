// The StreamReader of a declarative stream: plans its slices, turns their pages into batches, and
// works out the state for the next run.
#pragma once

#include <chrono>
#include <memory>

#include "connector/source.h"
#include "core/result.h"
#include "data/schema.h"
#include "manifest/environment.h"
#include "manifest/stream_choice.h"

namespace tendril {

// `environment` must outlive the reader.
// Errors: InvalidConfig from templates; BadData for a state that can not be read.
Result<std::unique_ptr<StreamReader>> declarative_reader(const StreamChoice& choice,
                                                         TableSchema schema,
                                                         const Environment& environment,
                                                         const StreamRequest& request);

}  // namespace tendril
