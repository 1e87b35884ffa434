// StreamLedger: what the destination knows and does not yet know of one stream's state. It decides
// which entries a commit has to carry.
#pragma once

#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "connector/destination.h"
#include "connector/source.h"
#include "state/stream_state.h"
#include "sync/stream_plan.h"

namespace tendril {

// Threads: one at a time.
class StreamLedger {
 public:
  explicit StreamLedger(const StreamPlan& plan);

  // The load begins, or goes on, as `attempt` says.
  void open(Attempt attempt);

  // Errors: BadData when the stream's own entry is larger than is kept.
  Status check_size() const { return check(stream_entry(stream_, state_)); }

  // The same of an entry that the stream would have.
  Status check(const StateEntry& entry) const { return check_state_size(entry, entry_bytes_max_); }

  // The load writes to its table: from the next commit on it can be gone on with.
  void start_writing() { writing_ = true; }

  // Rows are written by this primary key; the list at this path has become a table. Known to later
  // runs from the next commit on.
  void remember_key(const std::vector<std::string>& key);
  void remember_child(const std::string& path);

  // The same of tables of a feed; and that rows of the table are written in this load.
  void remember_table(const std::string& table);
  void remember_key(const std::string& table, const std::vector<std::string>& key);
  void remember_child(const std::string& table, const std::string& path);

  // Entries of an earlier load stand in the way; they go with a commit before anything is done to
  // the table, which could make them untrue.
  bool has_discarded() const { return !discarded_.empty(); }
  void collect_discarded(Checkpoint& checkpoint);

  // All staged rows of the slice are covered by `state`.
  void cover(const Slice& slice, SliceState state);

  // The slice was done in an earlier run.
  void skip(const Slice& slice, const SliceState& state);

  // Adds what changed since the last call.
  void collect(Checkpoint& checkpoint);

  // The stream's entry as it will be when the load has ended.
  StateEntry end_entry(Value cursor) const;

  // Adds the end of the load: its slices and its attempt go, the cursor comes.
  void collect_end(Value cursor, Checkpoint& checkpoint);

  // Of all slices that are done, in this run or before.
  std::span<const SliceResult> results() const { return results_; }

  // Rows were rejected in this load, in this run or before.
  bool any_rejected() const { return any_rejected_; }

  const Attempt& attempt() const { return *state_.attempt; }  // REQUIRES: open() was called.

 private:
  const std::string stream_;
  const std::size_t entry_bytes_max_;
  StreamState state_;  // Its slices are those that the next commit has to carry.
  std::vector<StateKey> discarded_;
  std::set<std::string> stored_slices_;  // Ids that the destination has an entry of.
  std::vector<SliceResult> results_;
  bool attempt_stored_ = false;
  bool writing_ = false;
  bool any_rejected_ = false;
  bool ended_ = false;
};

}  // namespace tendril
