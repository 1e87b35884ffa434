// Reading: what the reading threads of a run do: open streams, plan their slices, read them.
#pragma once

#include <memory>
#include <vector>

#include "connector/source.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/result.h"
#include "sync/progress.h"
#include "sync/queue_sink.h"
#include "sync/schedule.h"
#include "sync/stream_run.h"
#include "sync/sync.h"
#include "sync/work_observer.h"

namespace tendril {

// What reading needs; all must outlive it.
struct ReadingParts {
  Source& source;
  Schedule& schedule;
  Clock& clock;
  Log& log;
  SinkOutlet outlet;
  bool documents;          // See SyncOptions.
  WorkObserver* observer;  // Or null, as the next.
  SyncObserver* sync_observer;
};

// Threads: work() is run by any number of threads at a time.
class Reading {
 public:
  explicit Reading(const ReadingParts& parts) : parts_(parts) {}

  // Does what the schedule says until all streams have been ended.
  void work();

 private:
  Status run(const ReadingTask& task);
  Status run_watched(const ReadingTask& task);
  Status open(StreamRun& stream);
  Status plan(StreamRun& stream);
  Status read(StreamRun& stream, const std::shared_ptr<const SliceWork>& work);
  Status read_retried(StreamRun& stream, const SliceWork& work, QueueSink& sink);
  Status read_once(StreamRun& stream, const SliceWork& work, QueueSink& sink);
  Status send(StreamRun& stream, Event event);

  const ReadingParts parts_;
};

}  // namespace tendril
