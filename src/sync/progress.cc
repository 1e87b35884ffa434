#include "sync/progress.h"

#include <map>
#include <mutex>
#include <utility>

#include "core/check.h"

namespace tendril {

struct SyncProgress::State {
  mutable std::mutex mutex;
  std::vector<StreamProgress> streams;                    // Guarded by mutex.
  std::map<std::string, std::size_t, std::less<>> index;  // Guarded by mutex.
  const ByteBudget* budget = nullptr;                     // Guarded by mutex. Null: no run is on.
  std::chrono::microseconds queue_waited{0};              // Guarded by mutex.

  // What its tables have in common, and which they are. Guarded by mutex.
  struct Feed {
    StreamProgress common = {};
    std::vector<std::size_t> tables = {};
  };
  std::map<std::string, Feed, std::less<>> feeds;

  // Calls `change` with the stream's entry while the lock is held.
  template <class Change>
  void update(std::string_view stream, Change change) {
    const std::lock_guard lock(mutex);
    const auto found = index.find(stream);
    CHECK(found != index.end());
    change(streams[found->second]);
  }

  // The same of what a feed has for all its tables.
  template <class Change>
  void update_all(std::string_view stream, Change change) {
    {
      const std::lock_guard lock(mutex);
      if (const auto feed = feeds.find(stream); feed != feeds.end()) {
        change(feed->second.common);
        for (const std::size_t table : feed->second.tables) {
          change(streams[table]);
        }
        return;
      }
    }
    update(stream, change);
  }
};

SyncProgress::SyncProgress() : state_(std::make_unique<State>()) {}
SyncProgress::~SyncProgress() = default;

std::vector<StreamProgress> SyncProgress::snapshot() const {
  const std::lock_guard lock(state_->mutex);
  return state_->streams;
}

void SyncProgress::add_stream(std::string stream) {
  const std::lock_guard lock(state_->mutex);
  const bool is_new = state_->index.try_emplace(stream, state_->streams.size()).second;
  CHECK(is_new);
  state_->streams.push_back({.stream = std::move(stream)});
}

void SyncProgress::add_feed(std::string feed) {
  const std::lock_guard lock(state_->mutex);
  state_->feeds.try_emplace(std::move(feed));
}

void SyncProgress::add_table(std::string_view feed, std::string_view table) {
  const std::lock_guard lock(state_->mutex);
  const auto found = state_->feeds.find(feed);
  CHECK(found != state_->feeds.end());
  if (!state_->index.try_emplace(std::string(table), state_->streams.size()).second) {
    return;
  }
  found->second.tables.push_back(state_->streams.size());
  state_->streams.push_back(found->second.common);
  state_->streams.back().stream = table;
}

void SyncProgress::set_phase(std::string_view stream, StreamProgress::Phase phase) {
  state_->update_all(stream, [&](StreamProgress& progress) { progress.phase = phase; });
}

void SyncProgress::add_rows_read(std::string_view stream, std::int64_t rows, std::int64_t bytes) {
  state_->update(stream, [&](StreamProgress& progress) {
    progress.rows_read += rows;
    progress.bytes_read += bytes;
  });
}

void SyncProgress::add_rows_committed(std::string_view stream, std::int64_t rows) {
  state_->update(stream, [&](StreamProgress& progress) { progress.rows_committed += rows; });
}

void SyncProgress::add_rows_rejected(std::string_view stream, std::int64_t rows) {
  state_->update(stream, [&](StreamProgress& progress) { progress.rows_rejected += rows; });
}

void SyncProgress::add_slice_read_again(std::string_view stream) {
  state_->update_all(stream, [&](StreamProgress& progress) { ++progress.slices_read_again; });
}

void SyncProgress::add_queue_wait(std::chrono::microseconds waited) {
  const std::lock_guard lock(state_->mutex);
  state_->queue_waited += waited;
}

QueueProgress SyncProgress::queue() const {
  const std::lock_guard lock(state_->mutex);
  return {.bytes = state_->budget == nullptr ? 0 : state_->budget->used_bytes(),
          .waited = state_->queue_waited};
}

SyncProgress::QueueWatch::QueueWatch(SyncProgress& progress, const ByteBudget& budget)
    : progress_(progress) {
  const std::lock_guard lock(progress_.state_->mutex);
  progress_.state_->budget = &budget;
}

SyncProgress::QueueWatch::~QueueWatch() {
  const std::lock_guard lock(progress_.state_->mutex);
  progress_.state_->budget = nullptr;
}

void SyncProgress::add_slices_done(std::string_view stream, std::int64_t slices) {
  state_->update_all(stream, [&](StreamProgress& progress) { progress.slices_done += slices; });
}

void SyncProgress::set_slices_planned(std::string_view stream, std::int64_t slices, bool all) {
  state_->update_all(stream, [&](StreamProgress& progress) {
    progress.slices_planned = slices;
    progress.all_slices_planned = all;
  });
}

}  // namespace tendril
