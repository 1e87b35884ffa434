// SyncHarness: one connection over many runs, for tests of the engine: a scripted source, a store
// that survives crashes, a clock that takes no time.
#pragma once

#include <algorithm>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "core/log.h"
#include "core/secret.h"
#include "sync/sync.h"
#include "testing/fake_clock.h"
#include "testing/memory_destination.h"
#include "testing/scripted_source.h"

namespace tendril {

class SilentSink final : public LogSink {
 public:
  void line(LogLevel, std::string_view) override {}
};

struct SyncHarness {
  SyncHarness() { options.connection = "main"; }

  // A run against a new destination object over the same store.
  Result<SyncReport> run(std::stop_token stop = {}) {
    clock.advance(std::chrono::seconds(1));  // Rows of this run are younger than those before.
    MemoryDestination destination(store, clock);
    if (rig) {
      rig(destination);
    }
    progress = std::make_unique<SyncProgress>();
    return run_sync(other_source == nullptr ? source : *other_source, destination, options, clock,
                    log, *progress, std::move(stop));
  }

  ScriptedStream& add_stream(StreamInfo info) {
    source.streams.push_back({.info = std::move(info)});
    return source.streams.back();
  }

  // Adds slices of `rows` rows each, with ids that go on through the stream.
  ScriptedStream& add_stream(StreamInfo info, int slices, int rows) {
    ScriptedStream& stream = add_stream(std::move(info));
    std::int64_t id = 0;
    for (int s = 0; s < slices; ++s) {
      ScriptedSlice& slice = stream.slices.emplace_back();
      slice.id = "s" + std::to_string(s);
      for (int r = 0; r < rows; ++r, ++id) {
        slice.rows.push_back({.id = id, .value = "v" + std::to_string(id)});
      }
    }
    return stream;
  }

  // Ids of the rows that are not deleted, sorted.
  std::vector<std::int64_t> ids(const std::string& table) const {
    std::vector<std::int64_t> ids;
    if (const auto found = store.tables.find(table); found != store.tables.end()) {
      for (const MemoryRow& row : found->second) {
        if (!row.deleted) {
          ids.push_back(row.id);
        }
      }
    }
    std::ranges::sort(ids);
    return ids;
  }

  // The entries of a stream's slices that are stored.
  std::size_t stored_slices(const std::string& stream) const {
    return static_cast<std::size_t>(std::ranges::count_if(store.state, [&](const auto& entry) {
      return entry.first.first == stream && !entry.first.second.empty();
    }));
  }

  std::string state(const std::string& stream, const std::string& slice = "") const {
    const auto found = store.state.find({stream, slice});
    return found == store.state.end() ? "" : found->second;
  }

  FakeClock clock;
  MemoryStore store;
  ScriptedSource source;
  Source* other_source = nullptr;  // In the place of `source`.
  SyncOptions options;
  std::function<void(MemoryDestination&)> rig;  // Prepares each run's destination.
  std::unique_ptr<SyncProgress> progress;       // Of the last run.
  Redactor redactor;
  SilentSink lines;
  Log log{LogLevel::Debug, LogFormat::Text, clock, redactor, lines};
};

// 0, 1, ... count-1
inline std::vector<std::int64_t> ids_below(std::int64_t count) {
  std::vector<std::int64_t> ids;
  for (std::int64_t id = 0; id < count; ++id) {
    ids.push_back(id);
  }
  return ids;
}

inline Error fault(ErrorCode code, std::string message = "made to fail") {
  return {.code = code, .message = std::move(message)};
}

}  // namespace tendril
