// Source: where records come from. A source is read stream by stream, a stream slice by slice
// (a partition, a time window, or both): the slice is the unit of work, retry and parallelism.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "connector/catalog.h"
#include "core/result.h"
#include "data/batch.h"
#include "data/value.h"

namespace tendril {

// One slice of a stream's work.
struct Slice {
  // Unique in the stream, and the same again when an interrupted run continues with the same plan.
  std::string id;
  // What the reader needs to read it; opaque to the engine.
  Value bounds = {};
};

// A record that could not be read or stored; it goes to `_tendril_rejected` (F15).
struct RejectedRow {
  std::string reason;
  std::string position = {};  // Where it came from: "page 3, record 17".
  std::string payload = {};   // The record as received, at most 64 KiB of it.
  std::string table = {};     // Of a feed: the table that it was meant for, or "".
};

// Takes what a slice yields, in order.
// Threads: one at a time; each slice gets its own sink.
class SliceSink {
 public:
  virtual ~SliceSink() = default;

  // The rows of a feed are of the table that the batch's schema names, with its key. A Truncate of
  // a feed whose instant is the epoch is of all rows of its table that came before it.
  // Waits while the queues are full.
  // Errors: Cancelled when the run ends; whatever ended the destination.
  virtual Status write(Batch batch) = 0;

  // All that was written so far is covered by `progress`: once it is committed with those rows,
  // an interrupted slice is resumed with it. Of a feed: all rows of all tables. Cheap; the engine
  // decides which ones are stored. Rows of tables that are not merged wait for it, so it should
  // follow every batch or few.
  virtual Status checkpoint(Value progress) = 0;

  virtual Status reject(RejectedRow row) = 0;
};

// What became of a slice.
struct SliceResult {
  Slice slice;
  Value result;  // What StreamReader::read() returned.
};

// Reads one stream once.
class StreamReader {
 public:
  virtual ~StreamReader() = default;

  // What has to be remembered so that an interrupted run plans the same slices again, for
  // instance the upper bound of the last window. Called once, before next_slice(); stored with the
  // first checkpoint.
  virtual Value plan() const = 0;

  // Returns the next slice, or nullopt after the last. May send requests (parents of
  // substreams).
  // Threads: one at a time, beside any number of read() calls.
  virtual Result<std::optional<Slice>> next_slice(std::stop_token stop) = 0;

  // Reads a slice to its end, from `progress` on where that is not null. Returns what finish()
  // needs to know of it.
  // Threads: many at a time, of different slices.
  virtual Result<Value> read(const Slice& slice, const Value& progress, SliceSink& sink,
                             std::stop_token stop) = 0;

  // Returns the stream's state for the next run after all slices were read, those of interrupted
  // runs included; null for streams that keep none.
  virtual Value finish(std::span<const SliceResult> results) = 0;
};

struct StreamRequest {
  std::string stream;        // Or the name of the feed.
  bool incremental = false;  // REQUIRES: the catalog says the stream can; each feed can.
  Value state = {};          // What finish() returned last time, or null.
  Value plan = {};           // What plan() returned in the run that is to be continued, or null.
  // The field that the user chose to go on by, or "". REQUIRES: the catalog leaves the choice.
  std::string cursor_field = {};
  // Batches of documents rather than of columns are wanted; see document.h. A source that can not
  // give them gives columns.
  bool documents = false;
  // Of a feed: the tables that are wanted; empty: all. Rows of others may come and are left out.
  std::vector<std::string> tables = {};
};

// What a source did so far; shown while it works.
struct SourceCounters {
  std::int64_t requests = 0;
  std::int64_t retries = 0;
  std::int64_t bytes_received = 0;
  // By the hundreds of the status: [2] counts 2xx; [0] those without an answer.
  std::array<std::int64_t, 6> answers{};
  std::int64_t not_modified = 0;      // Answered out of a cache, after asking.
  std::int64_t breaker_openings = 0;  // Servers found to be out of order.
  // By all threads together.
  std::chrono::milliseconds waited_for_rate_limit{0};
  std::chrono::milliseconds waited_to_retry{0};
  std::chrono::milliseconds waited_for_breaker{0};
};

// Threads: safe to share.
class Source {
 public:
  virtual ~Source() = default;

  // Proves with a cheap call that the configuration works.
  virtual Status check(std::stop_token stop) = 0;

  virtual Result<Catalog> discover(std::stop_token stop) = 0;

  // Errors: NotFound when there is no such stream.
  virtual Result<std::unique_ptr<StreamReader>> open(const StreamRequest& request,
                                                     std::stop_token stop) = 0;

  // How many slices may be read at the same time, of all streams together; nullopt: as many as the
  // engine likes.
  virtual std::optional<int> concurrency_max() const { return std::nullopt; }

  virtual SourceCounters counters() const { return {}; }
};

}  // namespace tendril
