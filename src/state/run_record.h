// Run records: what is remembered of a run, its streams and the slices under way or in trouble, for
// whoever asks what is going on, what went wrong, and how to go on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/instant.h"

namespace tendril {

// Moving: queued, running, cancelling. The others are final.
enum class RunState {
  Queued,
  Running,
  Cancelling,  // Somebody asked it to stop; it does at its next safe point.
  Succeeded,
  Failed,
  PartlyFailed,  // Some of its streams did.
  Cancelled,
  Lost,  // Its process ended without a word, or stood still for too long.
};

// "queued", "running", "cancelling", "succeeded", "failed", "partly failed", "cancelled", "lost"
std::string_view to_string(RunState state);
std::optional<RunState> parse_run_state(std::string_view text);

bool is_final(RunState state);

// The process that a run belongs to; told apart from a later one with the same number.
struct LeaseHolder {
  std::string host = {};
  std::int64_t pid = 0;
  std::string boot = {};           // Of the host, and of the processes that share its numbers.
  std::int64_t process_start = 0;  // In clock ticks since the boot.

  friend bool operator==(const LeaseHolder&, const LeaseHolder&) = default;
};

// What a run has done so far.
struct RunCounts {
  std::int64_t rows_read = 0;
  std::int64_t rows_committed = 0;
  std::int64_t bytes_read = 0;
  std::int64_t slices_done = 0;
  std::int64_t requests = 0;

  friend bool operator==(const RunCounts&, const RunCounts&) = default;
};

struct RunRecord {
  std::string id = {};
  std::string connection = {};
  std::string source = {};
  std::string destination = {};  // Its URI without secrets, files by their full path.
  // At most one run of the same connection and destination moves at a time.
  bool exclusive = true;
  // The command line of a retry, and the folder to run it in; no arguments when they held a secret.
  std::vector<std::string> arguments = {};
  std::string folder = {};
  RunState state = RunState::Running;
  std::string reason = {};  // Why it is in that state, where there is something to say.
  std::int64_t epoch = 0;   // Of the destination; 0: not opened yet.
  Instant started = {};
  std::optional<Instant> ended = std::nullopt;
  LeaseHolder holder = {};
  Instant lease_expires = {};
  Instant progressed = {};  // When anything moved last.
  RunCounts counts = {};
  std::optional<int> exit_code = std::nullopt;
  std::string report = {};  // JSON; "" while there is none.
};

struct StreamRecord {
  std::string stream = {};
  std::string state = {};  // "waiting", "reading", "done", "failed", "stopped"
  std::int64_t rows_read = 0;
  std::int64_t rows_committed = 0;
  std::int64_t slices_done = 0;
  std::int64_t slices_planned = 0;
  std::string error = {};

  friend bool operator==(const StreamRecord&, const StreamRecord&) = default;
};

enum class SliceStage { Reading, Read, Committed, Failed, Stopped };

// "reading", "read", "committed", "failed", "stopped"
std::string_view to_string(SliceStage stage);
std::optional<SliceStage> parse_slice_stage(std::string_view text);

struct SliceRecord {
  std::string stream = {};
  std::string slice = {};
  SliceStage stage = SliceStage::Reading;
  std::int64_t attempts = 1;
  std::int64_t rows = 0;
  std::string checksum = {};  // "" where none was made.
  std::int64_t epoch = 0;
  std::string error = {};  // Of the last attempt that failed.

  friend bool operator==(const SliceRecord&, const SliceRecord&) = default;
};

// Something that happened to a run.
struct RunEvent {
  Instant at = {};
  std::string what = {};
};

}  // namespace tendril
