// Reads a stream whole, record by record: for what has to be known before any stream can be read.
#pragma once

#include <functional>
#include <stop_token>

#include "core/result.h"
#include "data/value.h"
#include "manifest/declarative_stream.h"
#include "manifest/environment.h"
#include "manifest/node.h"
#include "manifest/stream_slice.h"

namespace tendril {

// Gives each record to `take` until that returns false.
// Errors: those of the client, the templates and `take`.
Status read_whole(const DeclarativeStream& stream, const Environment& environment,
                  std::stop_token stop,
                  const std::function<Result<bool>(Value record, const StreamSlice&)>& take);

// A retriever by itself as a stream, for the same purpose; its answers are kept for others.
// `environment` must outlive the result.
// Errors: InvalidConfig and Unsupported with file, line and column.
Result<std::unique_ptr<DeclarativeStream>> compile_retriever(const Node& retriever,
                                                             std::string_view name,
                                                             const Environment& environment);

}  // namespace tendril
