#include "sync/stream_ledger.h"

#include <algorithm>
#include <utility>

namespace tendril {

StreamLedger::StreamLedger(const StreamPlan& plan)
    : stream_(plan.info.schema.name),
      entry_bytes_max_(plan.feed.has_value() ? kFeedEntryBytesMax : kStateEntryBytesMax),
      state_{.cursor = plan.stored.cursor,
             .attempt = plan.stored.attempt,
             .key = plan.stored.key,
             .children = plan.stored.children,
             .tables = plan.stored.tables,
             .chosen = plan.stored.chosen,
             .choosing = plan.stored.choosing},
      discarded_(plan.discarded),
      // What a feed is limited to may change from run to run.
      attempt_stored_(plan.resumed() && !plan.feed.has_value()) {
  for (const auto& [id, slice] : plan.stored.slices) {
    stored_slices_.insert(id);
    any_rejected_ = any_rejected_ || slice.rows_rejected > 0;
  }
}

void StreamLedger::open(Attempt attempt) {
  attempt_stored_ = attempt_stored_ && state_.attempt == attempt;
  state_.attempt = std::move(attempt);
}

void StreamLedger::remember_key(const std::vector<std::string>& key) {
  attempt_stored_ = attempt_stored_ && state_.key == key;
  state_.key = key;
}

void StreamLedger::remember_child(const std::string& path) {
  if (std::ranges::find(state_.children, path) == state_.children.end()) {
    state_.children.push_back(path);
    attempt_stored_ = false;
  }
}

void StreamLedger::remember_table(const std::string& table) {
  if (!std::exchange(state_.tables[table].begun, true)) {
    attempt_stored_ = false;
  }
}

void StreamLedger::remember_key(const std::string& table, const std::vector<std::string>& key) {
  if (std::exchange(state_.tables[table].key, key) != key) {
    attempt_stored_ = false;
  }
}

void StreamLedger::remember_child(const std::string& table, const std::string& path) {
  std::vector<std::string>& children = state_.tables[table].children;
  if (std::ranges::find(children, path) == children.end()) {
    children.push_back(path);
    attempt_stored_ = false;
  }
}

void StreamLedger::collect_discarded(Checkpoint& checkpoint) {
  StreamState idle = state_;
  idle.attempt.reset();
  idle.slices.clear();
  idle.choosing.clear();
  checkpoint.entries.push_back(stream_entry(stream_, idle));
  checkpoint.erased.insert(checkpoint.erased.end(), discarded_.begin(), discarded_.end());
  discarded_.clear();
}

void StreamLedger::cover(const Slice& slice, SliceState state) {
  if (state.done) {
    results_.push_back({.slice = slice, .result = state.value});
  }
  any_rejected_ = any_rejected_ || state.rows_rejected > 0;
  state_.slices.insert_or_assign(slice.id, std::move(state));
}

void StreamLedger::skip(const Slice& slice, const SliceState& state) {
  results_.push_back({.slice = slice, .result = state.value});
}

void StreamLedger::collect(Checkpoint& checkpoint) {
  if (ended_ || !writing_) {
    return;
  }
  if (!attempt_stored_) {
    checkpoint.entries.push_back(stream_entry(stream_, state_));
    attempt_stored_ = true;
  }
  for (const auto& [id, slice] : state_.slices) {
    checkpoint.entries.push_back(slice_entry(stream_, id, slice));
    stored_slices_.insert(id);
  }
  state_.slices.clear();
}

StateEntry StreamLedger::end_entry(Value cursor) const {
  StreamState ended = state_;
  ended.cursor = std::move(cursor);
  ended.chosen = std::exchange(ended.choosing, {});
  ended.attempt.reset();
  ended.slices.clear();
  for (auto& [name, table] : ended.tables) {
    table.begun = false;
  }
  return stream_entry(stream_, ended);
}

void StreamLedger::collect_end(Value cursor, Checkpoint& checkpoint) {
  for (const std::string& id : stored_slices_) {
    checkpoint.erased.push_back(slice_key(stream_, id));
  }
  checkpoint.entries.push_back(end_entry(std::move(cursor)));
  state_.attempt.reset();
  state_.slices.clear();
  stored_slices_.clear();
  ended_ = true;
}

}  // namespace tendril
