// Fault points: numbered places in the engine where a test can end or stop the process, in release
// builds too. TENDRIL_FAULT=POINT:N:ACTION does ACTION when POINT, by name or number, is passed for
// the Nth time: "kill" (SIGKILL), "stop" (SIGSTOP, to be woken by SIGCONT) or "exit" (exit status
// 70 without any cleaning up). Unset, a point costs one load and one branch.
#pragma once

#include <atomic>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/result.h"

namespace tendril {

// Numbers stay what they are: tests and documents name them.
enum class FaultPoint : std::uint8_t {
  PageDecoded = 1,         // A page of an answer was turned into columns.
  BatchSealed = 2,         // A batch is on its way to the writer.
  SliceCovered = 3,        // A reader's checkpoint is on its way to the writer.
  RowsSpilled = 4,         // Rows that wait for a checkpoint went to disk.
  TablePrepared = 5,       // A table is ready to be written to.
  BatchStaged = 6,         // The destination took a batch.
  CommitBegun = 7,         // Rows, state and epoch are about to become durable.
  FileWritten = 8,         // A data file is complete, and not synced.
  FileSynced = 9,          // A data file is on disk.
  FileRenamed = 10,        // A data file has its final name.
  RowsApplied = 11,        // Staged rows are in their tables, in an open transaction.
  StateApplied = 12,       // State and epoch are, too.
  CommitPointPassed = 13,  // The commit is durable, and nobody was told.
  CommitReported = 14,     // The engine has heard of the commit.
  TableSwapped = 15,       // A complete load took its table's place, in an open transaction.
  StreamEnded = 16,        // A stream has come to its end.
  LeaseRenewed = 17,       // The run's lease was renewed.
  RunRecorded = 18,        // The end of the run was recorded.
};

struct FaultPointName {
  FaultPoint point;
  std::string_view name;  // "page-decoded"
};

// All of them, in the order of their numbers.
std::span<const FaultPointName> fault_points();

// Reads the text of TENDRIL_FAULT. To be called before threads start; "" disarms.
// Errors: InvalidConfig.
Status arm_fault(std::string_view text);

namespace detail {
extern std::atomic<std::uint8_t> armed_fault_point;  // 0: none.
void pass_fault_point();
}  // namespace detail

// Threads: any.
inline void fault_point(FaultPoint point) {
  if (detail::armed_fault_point.load(std::memory_order_relaxed) == static_cast<std::uint8_t>(point))
      [[unlikely]] {
    detail::pass_fault_point();
  }
}

}  // namespace tendril
