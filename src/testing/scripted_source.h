// ScriptedSource: a source that holds its records in memory and does what a test tells it: any
// slices, batches of any size, checkpoints now and then or never, faults at any record. Its data
// has generations, so that it can change between two runs and be read incrementally.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "connector/source.h"
#include "core/random.h"
#include "data/batch_builder.h"

namespace tendril {

struct ScriptedRow {
  std::int64_t id = 0;
  std::string value = {};
  // There from one generation on, until another.
  std::int64_t added = 0;
  std::int64_t removed = std::numeric_limits<std::int64_t>::max();
};

struct ScriptedSlice {
  std::string id;
  std::vector<ScriptedRow> rows;
};

struct ScriptedStream {
  StreamInfo info;
  std::vector<ScriptedSlice> slices = {};
};

// Returns a stream's declaration, with the columns `id` (Long) and `value` (String).
inline StreamInfo scripted_info(std::string name, bool keyed, bool incremental) {
  StreamInfo info;
  info.schema.name = std::move(name);
  info.schema.columns = {{"id", {TypeKind::Long}}, {"value", {TypeKind::String}}};
  if (keyed) {
    info.schema.primary_key = {"id"};
  }
  info.incremental = incremental;
  return info;
}

// Threads: safe to share once it is set up.
class ScriptedSource final : public Source {
 public:
  // A point in the reading of a slice: before the record at `offset`, or after the last.
  struct Point {
    const StreamInfo& stream;
    const std::string& slice;
    std::int64_t offset;
    SliceSink& sink;
  };

  struct ReadCall {
    std::string stream;
    std::string slice;
    Value progress;
  };

  std::vector<ScriptedStream> streams;
  std::int64_t generation = 0;  // What is there now.
  std::uint64_t seed = 0;       // Decides the size of batches and which end with a checkpoint.
  std::uint64_t batch_rows_max = 3;
  std::uint64_t checkpoint_one_in = 1;               // Batches to a checkpoint on average; 0: none.
  std::optional<int> slices_at_once = std::nullopt;  // What concurrency_max() says.

  // An error is what the source returns at that point. Called by many threads.
  std::function<Status(const Point&)> at;
  std::function<Status(const StreamRequest&)> on_open;
  std::function<Status(const std::string& stream)> on_next_slice;
  std::function<void(const std::string& stream)> on_finish;

  Status check(std::stop_token) override { return {}; }

  Result<Catalog> discover(std::stop_token) override {
    Catalog catalog;
    for (const ScriptedStream& stream : streams) {
      catalog.streams.push_back(stream.info);
    }
    return catalog;
  }

  Result<std::unique_ptr<StreamReader>> open(const StreamRequest& request,
                                             std::stop_token) override {
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
    }
    if (on_open) {
      TRY(on_open(request));
    }
    const auto found = std::ranges::find(streams, request.stream, [](const ScriptedStream& stream) {
      return stream.info.schema.name;
    });
    if (found == streams.end()) {
      return Error{.code = ErrorCode::NotFound, .message = "stream does not exist"};
    }
    return std::make_unique<Reader>(*this, *found, request);
  }

  std::optional<int> concurrency_max() const override { return slices_at_once; }

  // What was asked for so far.
  std::vector<StreamRequest> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }
  std::vector<ReadCall> reads() const {
    const std::lock_guard lock(mutex_);
    return reads_;
  }
  std::vector<std::size_t> finished_slices() const {
    const std::lock_guard lock(mutex_);
    return finished_slices_;
  }
  int readers_alive() const { return readers_alive_; }

 private:
  class Reader final : public StreamReader {
   public:
    Reader(ScriptedSource& source, const ScriptedStream& stream, const StreamRequest& request)
        : source_(source), stream_(stream), until_(source.generation) {
      ++source_.readers_alive_;
      if (request.incremental && request.state.as_int() != nullptr) {
        after_ = *request.state.as_int();
      }
      if (request.plan.as_int() != nullptr) {
        until_ = *request.plan.as_int();
      }
    }
    ~Reader() override { --source_.readers_alive_; }

    Value plan() const override { return until_; }

    Result<std::optional<Slice>> next_slice(std::stop_token) override {
      if (source_.on_next_slice) {
        TRY(source_.on_next_slice(stream_.info.schema.name));
      }
      if (next_ == stream_.slices.size()) {
        return std::optional<Slice>();
      }
      const auto position = static_cast<std::int64_t>(next_++);
      return std::optional<Slice>(
          {.id = stream_.slices[static_cast<std::size_t>(position)].id, .bounds = position});
    }

    Result<Value> read(const Slice& slice, const Value& progress, SliceSink& sink,
                       std::stop_token stop) override {
      {
        const std::lock_guard lock(source_.mutex_);
        source_.reads_.push_back({stream_.info.schema.name, slice.id, progress});
      }
      const auto position = static_cast<std::size_t>(*slice.bounds.as_int());
      const std::vector<ScriptedRow> rows = chosen(stream_.slices[position].rows);
      const auto end = static_cast<std::int64_t>(rows.size());
      Random random(source_.seed ^ std::hash<std::string>()(slice.id) ^ 77U);
      BatchBuilder builder(stream_.info.schema);
      std::uint64_t batch_rows = random.below(source_.batch_rows_max) + 1;
      for (std::int64_t i = progress.as_int() == nullptr ? 0 : *progress.as_int(); i <= end; ++i) {
        if (stop.stop_requested()) {
          return Error{.code = ErrorCode::Cancelled, .message = "stopped"};
        }
        if (source_.at) {
          TRY(source_.at({stream_.info, slice.id, i, sink}));
        }
        if (i < end) {
          const ScriptedRow& row = rows[static_cast<std::size_t>(i)];
          builder.cell("id").append_int(row.id);
          builder.cell("value").append_string(row.value);
          builder.end_row();
        }
        const bool last = i + 1 >= end;
        if (static_cast<std::uint64_t>(builder.row_count()) >= batch_rows ||
            (last && builder.row_count() > 0)) {
          const Batch batch = TRY(builder.take());
          TRY(sink.write(batch));
          batch_rows = random.below(source_.batch_rows_max) + 1;
          if (source_.checkpoint_one_in > 0 && random.below(source_.checkpoint_one_in) == 0) {
            TRY(sink.checkpoint(i + 1));
          }
        }
      }
      return Value(end);
    }

    Value finish(std::span<const SliceResult> results) override {
      if (source_.on_finish) {
        source_.on_finish(stream_.info.schema.name);
      }
      const std::lock_guard lock(source_.mutex_);
      source_.finished_slices_.push_back(results.size());
      return until_;
    }

   private:
    std::vector<ScriptedRow> chosen(const std::vector<ScriptedRow>& rows) const {
      std::vector<ScriptedRow> chosen;
      std::ranges::copy_if(rows, std::back_inserter(chosen), [&](const ScriptedRow& row) {
        return row.added > after_ && row.added <= until_ && row.removed > until_;
      });
      return chosen;
    }

    ScriptedSource& source_;
    const ScriptedStream& stream_;
    std::int64_t after_ = -1;
    std::int64_t until_;
    std::size_t next_ = 0;
  };

  mutable std::mutex mutex_;
  std::vector<StreamRequest> requests_;       // Guarded by mutex_.
  std::vector<ReadCall> reads_;               // Guarded by mutex_.
  std::vector<std::size_t> finished_slices_;  // Guarded by mutex_.
  std::atomic<int> readers_alive_ = 0;
};

}  // namespace tendril
