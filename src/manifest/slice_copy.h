// SliceCopy: copies the records of one slice, or of a part of it, into a sink, batch by batch.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <vector>

#include "connector/source.h"
#include "core/result.h"
#include "data/batch_builder.h"
#include "data/schema.h"
#include "data/value.h"
#include "manifest/declarative_stream.h"
#include "manifest/environment.h"
#include "manifest/reread_filter.h"
#include "manifest/slice_reader.h"
#include "manifest/slicer.h"
#include "manifest/stream_slice.h"

namespace tendril {

// A batch goes out when it has reached one of these; a checkpoint goes with it.
inline constexpr std::size_t kBatchBytes = std::size_t{4} * 1024 * 1024;
inline constexpr std::int64_t kBatchRows = 16 * 1024;
inline constexpr std::chrono::seconds kBatchAge{5};  // So that slow vendors' rows do not wait.

// What is copied, and where to.
struct SliceTask {
  StreamSlice slice;
  Value progress = {};  // What the sink was given last in the run that is gone on with, or null.
};

// What the end of a slice leaves to know.
struct SliceEnd {
  std::optional<Instant> latest = std::nullopt;  // Of the records.
  Value seen = {};                               // See RereadFilter::seen().
  Value known = {};                              // See RereadFilter::progress().
};

// Threads: safe to share; each thread brings its own task and sink.
class SliceCopy {
 public:
  // All must outlive the object.
  SliceCopy(const DeclarativeStream& stream, const TableSchema& schema,
            const Environment& environment, Slicer& slicer)
      : stream_(stream), schema_(schema), environment_(environment), slicer_(slicer) {}

  // Errors: those of the client, the templates and the sink.
  Result<SliceEnd> copy(const SliceTask& task, SliceSink& sink, std::stop_token stop) const;

 private:
  // What one slice is copied with.
  struct Parts {
    BatchBuilder rows;
    std::optional<RereadFilter> filter;
    SliceSink& sink;
  };

  Result<SliceEnd> copy_whole(const SliceTask& task, SliceSink& sink, std::stop_token stop) const;
  Result<SliceEnd> copy_adaptively(const SliceTask& task, const Window& window, SliceSink& sink,
                                   std::stop_token stop) const;
  Result<SliceEnd> copy_by_id(const SliceTask& task, SliceSink& sink, std::stop_token stop) const;
  Result<Parts> parts(const SliceTask& task, SliceSink& sink) const;
  Status copy_pages(SliceReader& reader, Parts& parts, std::stop_token stop) const;
  SliceEnd end_of(Parts& parts, std::optional<Instant> latest) const;
  static Status flush(Parts& parts, Value progress);
  Status add_hydrated(std::vector<Value>& records, const StreamSlice& slice, BatchBuilder& rows,
                      SliceSink& sink, std::stop_token stop) const;

  const DeclarativeStream& stream_;
  const TableSchema& schema_;
  const Environment& environment_;
  Slicer& slicer_;
};

}  // namespace tendril
