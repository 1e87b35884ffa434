// CommitLog: the chain of manifests of one connection. The manifest with the next number is made
// only once, so whoever makes it has committed, and everybody else of that connection has not: that
// is what keeps older runs out.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/clock.h"
#include "core/result.h"
#include "destinations/lake/manifest.h"
#include "destinations/lake/storage.h"

namespace tendril {

// Threads: one at a time.
class CommitLog {
 public:
  // Reads the chain; writes nothing. `storage` and `clock` must outlive the log.
  static Result<std::unique_ptr<CommitLog>> load(LakeStorage& storage, const Clock& clock,
                                                 const std::string& connection);

  // Begins a new epoch: from then on older runs can not commit.
  Status claim();

  // Makes tables and checkpoint of `change` the newest manifest; the rest of it is filled in here.
  // Errors: Cancelled when another run has begun an epoch since claim().
  Status commit(Manifest change);

  // Errors: Cancelled when another run has begun an epoch since claim(). That there is none says
  // nothing about the next commit().
  Status check_epoch();

  // Removes manifests that no reader needs, and what runs left that were killed while they made
  // one. The last two snapshots and what comes after them stay, for readers that are on their way.
  Status tidy();

  // True when the last manifest was a snapshot, so that tidy() has something to do.
  bool is_fresh_snapshot() const { return state_.number == snapshot_; }

  const LakeState& state() const { return state_; }

  // Tells the data files of this connection from those of others: their names begin with it.
  const std::string& tag() const { return tag_; }

 private:
  CommitLog(LakeStorage& storage, const Clock& clock, const std::string& connection);

  std::string manifest_name(std::int64_t number) const;
  Status read_chain();
  Result<bool> add(Manifest change, std::int64_t epoch);
  Result<bool> is_last(std::int64_t number) const;
  Error taken_over(std::int64_t epoch) const;

  LakeStorage& storage_;
  const Clock& clock_;
  const std::string connection_;
  const std::string tag_;
  const std::string folder_;  // Of the chain.
  const std::string writer_;
  LakeState state_;
  std::int64_t snapshot_ = 0;  // The number of the last one; 0: there is none.
};

}  // namespace tendril
