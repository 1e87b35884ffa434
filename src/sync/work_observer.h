// WorkObserver: is told how the work of a run goes, slice by slice.
#pragma once

#include <cstdint>
#include <string>

#include "core/error.h"

namespace tendril {

// Names a slice for an observer; for the time of the call.
struct SliceName {
  const std::string& stream;
  const std::string& slice;
};

// Threads: called by all threads of a run, at the same time.
class WorkObserver {
 public:
  virtual ~WorkObserver() = default;

  // The destination is open; `epoch` is that of this run of the connection.
  virtual void run_opened(std::int64_t epoch) = 0;

  virtual void slice_started(const SliceName& slice) = 0;

  // An attempt failed with `error`; another follows.
  virtual void slice_retried(const SliceName& slice, const Error& error) = 0;

  // All of it was read: so many rows in this run.
  virtual void slice_read(const SliceName& slice, std::int64_t rows) = 0;

  // Its reading ended early. Cancelled: it was stopped.
  virtual void slice_failed(const SliceName& slice, const Error& error) = 0;

  // All its rows, and the state that says that it is done, are durable.
  virtual void slice_committed(const SliceName& slice) = 0;
};

}  // namespace tendril
