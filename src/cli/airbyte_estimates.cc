#include "cli/airbyte_estimates.h"

#include <chrono>

namespace tendril {
namespace {

constexpr std::chrono::seconds kInterval{10};

std::int64_t scaled(std::int64_t amount, const StreamProgress& stream) {
  const double part =
      static_cast<double>(stream.slices_done) / static_cast<double>(stream.slices_planned);
  return static_cast<std::int64_t>(static_cast<double>(amount) / part);
}

}  // namespace

std::optional<StreamEstimate> estimate_of(const StreamProgress& stream) {
  if (!stream.all_slices_planned || stream.slices_planned < 2 || stream.slices_done == 0) {
    return std::nullopt;
  }
  return StreamEstimate{.rows = scaled(stream.rows_read, stream),
                        .bytes = scaled(stream.bytes_read, stream)};
}

EstimateMessages::EstimateMessages(const SyncProgress& progress, MessageWriter& writer,
                                   const Clock& clock, Clock& waits)
    : progress_(progress),
      writer_(writer),
      clock_(clock),
      waits_(waits),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

void EstimateMessages::run(const std::stop_token& stop) {
  while (waits_.sleep(kInterval, stop)) {
    send_changed();
  }
}

void EstimateMessages::send_changed() {
  for (const StreamProgress& stream : progress_.snapshot()) {
    const std::optional<StreamEstimate> estimate = estimate_of(stream);
    if (stream.phase != StreamProgress::Phase::Reading || !estimate) {
      continue;
    }
    const auto [place, is_new] = sent_.try_emplace(stream.stream, *estimate);
    if (is_new || !(place->second == *estimate)) {
      place->second = *estimate;
      // Where nobody reads, the run ends at its next commit.
      (void)writer_.write(estimate_message(stream.stream, *estimate, clock_.now()));
    }
  }
}

}  // namespace tendril
