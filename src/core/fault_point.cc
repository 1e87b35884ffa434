#include "core/fault_point.h"

#include <array>
#include <charconv>
#include <csignal>
#include <optional>
#include <string>
#include <utility>

#include <unistd.h>

namespace tendril {
namespace {

constexpr std::array kNames{
    FaultPointName{FaultPoint::PageDecoded, "page-decoded"},
    FaultPointName{FaultPoint::BatchSealed, "batch-sealed"},
    FaultPointName{FaultPoint::SliceCovered, "slice-covered"},
    FaultPointName{FaultPoint::RowsSpilled, "rows-spilled"},
    FaultPointName{FaultPoint::TablePrepared, "table-prepared"},
    FaultPointName{FaultPoint::BatchStaged, "batch-staged"},
    FaultPointName{FaultPoint::CommitBegun, "commit-begun"},
    FaultPointName{FaultPoint::FileWritten, "file-written"},
    FaultPointName{FaultPoint::FileSynced, "file-synced"},
    FaultPointName{FaultPoint::FileRenamed, "file-renamed"},
    FaultPointName{FaultPoint::RowsApplied, "rows-applied"},
    FaultPointName{FaultPoint::StateApplied, "state-applied"},
    FaultPointName{FaultPoint::CommitPointPassed, "commit-point-passed"},
    FaultPointName{FaultPoint::CommitReported, "commit-reported"},
    FaultPointName{FaultPoint::TableSwapped, "table-swapped"},
    FaultPointName{FaultPoint::StreamEnded, "stream-ended"},
    FaultPointName{FaultPoint::LeaseRenewed, "lease-renewed"},
    FaultPointName{FaultPoint::RunRecorded, "run-recorded"},
};

constexpr int kExitStatus = 70;

enum class Action { Kill, Stop, Exit };

// Set by arm_fault(), before there are threads.
std::atomic<std::int64_t> passes_left = 0;
Action action = Action::Kill;

Error refused(std::string message) {
  return {.code = ErrorCode::InvalidConfig, .message = "TENDRIL_FAULT: " + std::move(message)};
}

template <class Number>
std::optional<Number> parse_number(std::string_view text) {
  Number number = 0;
  const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size()) {
    return std::nullopt;
  }
  return number;
}

Result<FaultPoint> parse_point(std::string_view text) {
  const std::optional<int> number = parse_number<int>(text);
  std::string known;
  for (const FaultPointName& each : kNames) {
    if (text == each.name || number == static_cast<int>(each.point)) {
      return each.point;
    }
    known += (known.empty() ? "" : ", ") + std::string(each.name);
  }
  return refused("there is no point " + std::string(text) + " (known: " + known + ")");
}

Result<Action> parse_action(std::string_view text) {
  if (text == "kill") {
    return Action::Kill;
  }
  if (text == "stop") {
    return Action::Stop;
  }
  if (text == "exit") {
    return Action::Exit;
  }
  return refused("there is no action " + std::string(text) + " (known: kill, stop, exit)");
}

}  // namespace

namespace detail {

std::atomic<std::uint8_t> armed_fault_point = 0;

void pass_fault_point() {
  if (passes_left.fetch_sub(1) != 1) {
    return;
  }
  switch (action) {
    case Action::Kill: kill(getpid(), SIGKILL); break;
    case Action::Stop: kill(getpid(), SIGSTOP); break;
    case Action::Exit: _exit(kExitStatus);
  }
}

}  // namespace detail

std::span<const FaultPointName> fault_points() { return kNames; }

Status arm_fault(std::string_view text) {
  detail::armed_fault_point = 0;
  if (text.empty()) {
    return {};
  }
  const std::size_t first = text.find(':');
  const std::size_t second = first == std::string_view::npos ? first : text.find(':', first + 1);
  if (second == std::string_view::npos) {
    return refused("POINT:N:ACTION is expected: " + std::string(text));
  }
  const FaultPoint point = TRY(parse_point(text.substr(0, first)));
  const std::string_view count = text.substr(first + 1, second - first - 1);
  const std::optional<std::int64_t> passes = parse_number<std::int64_t>(count);
  if (!passes || *passes < 1) {
    return refused("N must be a whole number from 1 on: " + std::string(count));
  }
  action = TRY(parse_action(text.substr(second + 1)));
  passes_left = *passes;
  detail::armed_fault_point = static_cast<std::uint8_t>(point);
  return {};
}

}  // namespace tendril
