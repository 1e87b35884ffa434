// RunStore: where runs are recorded. Several processes work on one store at the same time; each
// call is one transaction.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "state/run_record.h"

namespace tendril {

enum class OnLiveRun { Refuse, TakeOver };

// What the holder of a run's lease tells, again and again.
struct LeaseRenewal {
  std::string run;
  LeaseHolder holder;
  Instant expires = {};
  Instant progressed = {};
  std::int64_t epoch = 0;
  RunCounts counts = {};
  std::vector<StreamRecord> streams = {};  // Those that changed.
  std::vector<SliceRecord> slices = {};
  std::vector<SliceRecord> slices_gone = {};  // By stream and slice; not worth keeping any more.
  std::vector<RunEvent> events = {};
};

// The last that is told of a run.
struct RunEnd {
  RunState state = RunState::Failed;  // REQUIRES: final.
  std::string reason = {};
  Instant ended = {};
  std::optional<int> exit_code = std::nullopt;
  std::string report = {};
};

struct RunFilter {
  std::string connection = {};  // "": all.
  bool only_moving = false;
  std::size_t limit = 0;  // 0: no limit.
};

// Errors: Unavailable when others kept the store busy for too long; System for the disk; BadData
//   when it is damaged; Unsupported when a newer program made it.
// Threads: one at a time.
class RunStore {
 public:
  static constexpr std::size_t kRunsKeptPerConnection = 50;
  static constexpr std::size_t kEventsKeptPerRun = 200;
  static constexpr std::size_t kSlicesKeptPerEndedRun = 100;

  virtual ~RunStore() = default;

  // Records a run that begins now. When another run of the same connection and destination moves,
  // and its lease has not expired by then, that one is returned and nothing is done; or it becomes
  // lost, with TakeOver.
  virtual Result<std::optional<RunRecord>> begin(const RunRecord& run, OnLiveRun on_live) = 0;

  // Returns the state of the run as it stands: when it is final, or there is no such run, nothing
  // was renewed, and the holder has to stop; also when another holds the lease (then Lost).
  virtual Result<RunState> renew(const LeaseRenewal& renewal) = 0;

  // Returns the state without renewing anything; Lost when there is no such run.
  virtual Result<RunState> state_of(std::string_view run) = 0;

  // Ends a moving run; returns false when it had ended already, or another holds its lease.
  // Its slices are dropped but for some of those in trouble, and older runs of the connection but
  // for the last kRunsKeptPerConnection.
  virtual Result<bool> end(std::string_view run, const LeaseHolder& holder, const RunEnd& end) = 0;

  // Ends a moving run from outside, if nothing was renewed since `seen` was read. Returns false
  // when something was.
  virtual Result<bool> give_up(const RunRecord& seen, const RunEnd& end) = 0;

  // Asks a moving run to stop; returns the state that it is in now, nothing when there is none.
  virtual Result<std::optional<RunState>> ask_to_cancel(std::string_view run, Instant now) = 0;

  // Newest first.
  virtual Result<std::vector<RunRecord>> list(const RunFilter& filter) = 0;

  virtual Result<std::optional<RunRecord>> find(std::string_view run) = 0;
  virtual Result<std::vector<StreamRecord>> streams(std::string_view run) = 0;
  virtual Result<std::vector<SliceRecord>> slices(std::string_view run) = 0;
  virtual Result<std::vector<RunEvent>> events(std::string_view run) = 0;
};

}  // namespace tendril
