// Reads a stream, or a slice of one, record by record: for what other streams have to know.
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

// Gives each record of one slice to `take`.
// Errors: as above.
Status read_slice(const DeclarativeStream& stream, const Environment& environment,
                  const StreamSlice& slice, const TakeRecord& take, const std::stop_token& stop);

// A retriever by itself as a stream, for the same purpose. `environment` must outlive the result.
// Errors: InvalidConfig and Unsupported with file, line and column.
Result<std::unique_ptr<DeclarativeStream>> compile_retriever(const Node& retriever,
                                                             std::string_view name,
                                                             const Environment& environment);

// The same; its answers are kept for others.
Result<std::unique_ptr<DeclarativeStream>> compile_shared_retriever(const Node& retriever,
                                                                    std::string_view name,
                                                                    const Environment& environment);

}  // namespace tendril
