#include "sync/stream_ledger.h"

#include <algorithm>
#include <utility>

namespace tendril {

StreamLedger::StreamLedger(const StreamPlan& plan)
    : stream_(plan.info.schema.name),
      state_{.cursor = plan.stored.cursor,
             .attempt = plan.stored.attempt,
             .key = plan.stored.key,
             .children = plan.stored.children},
      discarded_(plan.discarded),
      attempt_stored_(plan.resumed()) {
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

void StreamLedger::collect_discarded(Checkpoint& checkpoint) {
  const StreamState idle{.cursor = state_.cursor, .key = state_.key, .children = state_.children};
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

void StreamLedger::collect_end(Value cursor, Checkpoint& checkpoint) {
  for (const std::string& id : stored_slices_) {
    checkpoint.erased.push_back(slice_key(stream_, id));
  }
  state_.cursor = std::move(cursor);
  state_.attempt.reset();
  state_.slices.clear();
  checkpoint.entries.push_back(stream_entry(stream_, state_));
  stored_slices_.clear();
  ended_ = true;
}

}  // namespace tendril
