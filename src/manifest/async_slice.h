// AsyncSlice: one slice of a stream whose records the API prepares in a job: creates the job, waits
// for it, and reads its results. A checkpoint holds the answer that created the job, so that after
// a crash the job is gone on with instead of being created again.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/result.h"
#include "data/value.h"
#include "manifest/async_job_limit.h"
#include "manifest/async_retrieval.h"
#include "manifest/environment.h"
#include "manifest/stream_slice.h"

namespace tendril {

// Threads: one at a time.
class AsyncSlice {
 public:
  // `progress` is what progress() returned in the run that is gone on with, or null. The others
  // must outlive it.
  AsyncSlice(const AsyncRetrieval& retrieval, const Environment& environment, StreamSlice slice,
             const Value& progress);

  // Waits until the job is done; creates it, or creates it again, where that is needed. Returns
  // true when there are results, and false when progress() should be kept before it is called
  // again. Errors: those of the requests; BadData for a status that the manifest does not know;
  // Unavailable
  //   when jobs fail again and again.
  Result<bool> advance(std::stop_token stop);

  // What the requests of the download see beside the slice; nullopt after the last of them, and
  // when there is nothing to download. REQUIRES: advance() returned true.
  std::optional<Map> target() const;

  // The download under way is complete. After the last one the job is deleted, where the manifest
  // says so.
  Status next_target(std::stop_token stop);

  // How often the job was created, and which download is under way.
  Value progress() const;

 private:
  Result<bool> create(std::stop_token stop);
  Result<JobStatus> poll(std::stop_token stop);
  Result<bool> wait_for_end(std::stop_token stop);
  Result<bool> again(JobStatus status, std::stop_token stop);
  Status find_targets(std::stop_token stop);
  Result<Response> send(const Requester& requester, const Map& more, std::stop_token stop,
                        Value* view = nullptr);
  Result<List> bodies_of_answer(const Response& response) const;

  const AsyncRetrieval& retrieval_;
  const Environment& environment_;
  const StreamSlice slice_;
  std::optional<AsyncJobLimit::Slot> slot_;  // While the job runs.
  Value creation_;                           // What templates see of the answer; null: no job.
  Value polling_;                            // Of the last answer.
  List polled_bodies_;                       // The same, for extractors.
  std::int64_t attempts_ = 0;
  bool resumed_ = false;  // The job was created by an earlier run, and may be gone.
  bool done_ = false;
  std::size_t at_ = 0;  // In targets_.
  std::vector<Value> targets_;
};

}  // namespace tendril
