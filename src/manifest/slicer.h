// Slicer: the slices of one stream in one run: each partition, cut into windows.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "core/result.h"
#include "data/value.h"
#include "manifest/cursor_state.h"
#include "manifest/declarative_stream.h"
#include "manifest/environment.h"
#include "manifest/stream_slice.h"
#include "manifest/window.h"

namespace tendril {

// What the run starts from; see StreamRequest.
struct SlicerRequest {
  Value state = {};
  Value plan = {};
  bool has_key = false;  // The stream's records have a primary key.
};

// Which times are of interest in a partition.
struct TimeRange {
  Instant lowest;
  Window span;           // Of the run; see StreamCursor::latest().
  Instant started = {};  // Of the run.
  Value known = {};      // Of a cursor with an overlap; see ReadSpans::known().
};

class Slicer {
 public:
  // `stream` and `environment` must outlive the slicer.
  // Errors: InvalidConfig from templates of dates; BadData for a state that can not be read.
  static Result<std::unique_ptr<Slicer>> open(const DeclarativeStream& stream,
                                              const Environment& environment,
                                              const SlicerRequest& request);

  // The span of time that this run reads, and that of the parents: the same again when the plan is
  // given to the next slicer.
  Value plan() const;

  // Returns nullopt after the last. Partitions that come again are left out.
  // Threads: one at a time, beside calls of time_range().
  Result<std::optional<StreamSlice>> next(std::stop_token stop);

  // Threads: safe to share. nullopt: the stream has no cursor.
  Result<std::optional<TimeRange>> time_range(const Map& partition) const;

  // What the parent's record held of the children in the partition, if it is to be used: their
  // first page. It is kept until it is dropped.
  // Threads: safe to share, both.
  std::optional<Value> first_page(const Map& partition) const;
  void drop_first_page(const Map& partition);

  // The state after all slices were read; null without a cursor. Call it after the last slice.
  // Errors: BadData when a state can not be read.
  Result<Value> state_after(std::span<const SliceOutcome> outcomes) const;

 private:
  Slicer(const DeclarativeStream& stream, const Environment& environment)
      : stream_(stream), environment_(environment) {}
  Status read_span(const Value& plan);
  Result<bool> next_partition(std::stop_token stop);
  void note_partition();
  void keep_first_page();
  Status plan_windows();
  void plan_in_reverse(std::vector<WindowPlan> plans, bool has_read);
  void warn_of(const ReadSpans& spans);
  Result<std::optional<Window>> next_window(std::stop_token stop);
  Result<std::optional<Window>> next_id_range(std::stop_token stop);
  RunFacts facts() const;

  const DeclarativeStream& stream_;
  const Environment& environment_;
  Instant started_at_;                      // Of the run, however often it was interrupted.
  std::optional<Window> span_;              // Of streams with a cursor.
  std::optional<CursorState> state_;        // Of streams with a cursor.
  std::unique_ptr<Partitions> partitions_;  // Null: the stream has one slice or its windows.
  std::set<std::pair<std::size_t, std::size_t>> seen_;  // Two hashes of each partition.
  std::vector<Map> new_partitions_;                     // See RunFacts.
  bool has_too_many_partitions_ = false;
  std::optional<Partition> partition_;  // The one under way, and what is left of it:
  std::vector<WindowPlan> plans_;       // The next one is the last.
  std::optional<Windows> windows_;
  std::vector<Window> newest_last_;  // Only for streams that are read from the newest window on.
  std::optional<Instant> ids_from_;  // Only for streams that are read in ranges of ids.
  bool started_ = false;
  bool has_key_ = false;
  bool has_warned_ = false;  // Of a state that does not fit the span.
  bool uses_first_pages_ = false;
  mutable std::mutex mutex_;
  std::map<std::string, Value> first_pages_;  // Guarded by mutex_. By the partition's text.
};

}  // namespace tendril
