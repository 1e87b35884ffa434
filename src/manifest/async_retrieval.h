// AsyncRetrieval: how an API is asked to prepare records: a job is created, looked at until it is
// done, and its results are downloaded. The download itself is that of any stream.
// Source: manifest components "AsyncRetriever" and "AsyncJobStatusMap".
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>

#include "core/result.h"
#include "manifest/decoder.h"
#include "manifest/environment.h"
#include "manifest/node.h"
#include "manifest/record_extractor.h"
#include "manifest/requester.h"

namespace tendril {

enum class JobStatus : std::uint8_t { Running, Completed, Failed, TimedOut, Skipped };

// Threads: safe to share once compiled.
struct AsyncRetrieval {
  // `node` is an AsyncRetriever; `environment` must outlive the result.
  // Errors: InvalidConfig and Unsupported with file, line and column.
  static Result<AsyncRetrieval> compile(const Node& node, const Environment& environment);

  Requester creation;
  Requester polling;
  std::optional<Requester> target;  // Asks where the results are, when polling does not say.
  std::optional<Requester> abort;
  std::optional<Requester> erase;
  RecordExtractor status_extractor;
  std::optional<RecordExtractor> target_extractor;
  Decoder decoder;  // Of the answers about jobs.
  std::map<std::string, JobStatus, std::less<>> statuses;
  std::chrono::milliseconds timeout{0};
  std::chrono::milliseconds failed_wait{0};  // Before a job that failed is created again.
};

}  // namespace tendril
