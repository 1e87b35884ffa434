#include "sync/sync.h"

#include <algorithm>
#include <atomic>
#include <memory>
#include <optional>
#include <system_error>
#include <thread>
#include <utility>

#include "core/byte_budget.h"
#include "sync/guarded.h"
#include "sync/reading.h"
#include "sync/run_plan.h"
#include "sync/schedule.h"
#include "sync/stream_run.h"
#include "sync/work_observer.h"
#include "sync/writer.h"

namespace tendril {
namespace {

constexpr std::size_t kQueueCapacityEvents = 256;

// The part of the memory for rows that wait for a checkpoint, 1/n; the rest is the queue's. The
// two are apart, so that the writer always takes from the queue and no reader waits for ever.
constexpr std::size_t kHeldPart = 4;

using Streams = std::vector<std::unique_ptr<StreamRun>>;

// All requests are made by reading threads, so their number bounds what goes on at the same time.
int reading_threads(const Source& source, const SyncOptions& options) {
  const std::optional<int> allowed = source.concurrency_max();
  return std::clamp(allowed.value_or(options.concurrency), 1, options.concurrency);
}

// The threads that read.
class ReadingThreads {
 public:
  // The last thread to end closes `queue`.
  ReadingThreads(Reading& reading, EventQueue& queue) : reading_(reading), queue_(queue) {}

  // Starts up to `count` threads; fewer when the system has no more. Errors: System when it has
  // none.
  Status start(int count) {
    for (int i = 0; i < count; ++i) {
      ++working_;
      try {
        threads_.emplace_back([this] {
          reading_.work();
          leave();
        });
      } catch (const std::system_error& error) {
        leave();
        if (threads_.empty()) {
          return Error{.code = ErrorCode::System,
                       .message = std::string("starting a reading thread: ") + error.what()};
        }
        return {};
      }
    }
    return {};
  }

 private:
  void leave() {
    if (--working_ == 0) {
      queue_.close();
    }
  }

  Reading& reading_;
  EventQueue& queue_;
  std::atomic<int> working_ = 0;
  std::vector<std::jthread> threads_;  // Last: joined before the rest goes.
};

Result<Streams> streams_of(Source& source, Destination& destination, const SyncOptions& options,
                           RunRejections& rejections, std::stop_token stop) {
  TRY(check_options(options));
  TRY(guarded("opening the destination", [&] { return destination.open(options.connection); }));
  if (options.work_observer != nullptr) {
    options.work_observer->run_opened(destination.epoch());
  }
  if (options.on_opened) {
    options.on_opened();
  }
  std::vector<StreamPlan> plans = TRY(plan_run(source, destination, options, std::move(stop)));
  Streams streams;
  for (StreamPlan& plan : plans) {
    streams.push_back(std::make_unique<StreamRun>(std::move(plan), streams.size(), &rejections));
  }
  return streams;
}

// Runs the reading threads beside the writer, which is this thread, until both have ended.
// Errors: what ended the writer.
Status run_pipeline(const ReadingParts& parts, Writer& writer, int threads) {
  EventQueue& queue = parts.outlet.queue;
  Reading reading(parts);
  ReadingThreads readers(reading, queue);
  Status written = readers.start(threads);
  if (written.ok()) {
    written = guarded("writing", [&] { return writer.run(queue); });
  }
  if (!written.ok()) {
    parts.schedule.stop_all();
    queue.close();
    while (queue.pop({}).has_value()) {
    }
  }
  return written;
}

}  // namespace

Result<SyncReport> run_sync(Source& source, Destination& destination, const SyncOptions& options,
                            Clock& clock, Log& log, SyncProgress& progress, std::stop_token stop) {
  const Clock::Monotonic started_at = clock.monotonic();
  RunRejections rejections(options.run_rejected_rows_max);
  const Streams streams = TRY(streams_of(source, destination, options, rejections, stop));
  for (const std::unique_ptr<StreamRun>& stream : streams) {
    const std::optional<FeedPlan>& feed = stream->plan.feed;
    if (!feed.has_value()) {
      progress.add_stream(stream->name());
      continue;
    }
    progress.add_feed(stream->name());
    for (const StreamPlan& table : feed->tables) {
      progress.add_table(stream->name(), table.info.schema.name);
    }
  }
  log.info("sync started", {{"connection", options.connection}, {"streams", streams.size()}});

  const std::size_t held_bytes_max = options.memory_bytes / kHeldPart;
  ByteBudget budget(options.memory_bytes - held_bytes_max);
  EventQueue queue(kQueueCapacityEvents, budget);
  const SyncProgress::QueueWatch queue_watch(progress, budget);
  Schedule schedule(streams);
  Writer writer({.destination = destination,
                 .options = options,
                 .held_bytes_max = held_bytes_max,
                 .clock = clock,
                 .log = log,
                 .progress = progress},
                streams);
  {
    const std::stop_callback on_stop(stop, [&] { schedule.stop_all(); });
    const Status written =
        run_pipeline({.source = source,
                      .schedule = schedule,
                      .clock = clock,
                      .log = log,
                      .outlet = {.queue = queue, .progress = progress, .clock = clock, .log = log},
                      .documents = options.documents,
                      .work_observer = options.work_observer,
                      .observer = options.observer},
                     writer, reading_threads(source, options));
    if (!written.ok()) {
      writer.fail_rest(written.error());
    }
  }

  SyncReport report{.streams = writer.reports(), .source = source.counters()};
  report.elapsed =
      std::chrono::duration_cast<std::chrono::milliseconds>(clock.monotonic() - started_at);
  report.stopped =
      stop.stop_requested() && std::ranges::any_of(report.streams, [](const StreamReport& stream) {
        return stream.outcome == StreamOutcome::Stopped;
      });
  log.info("sync ended", {{"connection", options.connection},
                          {"stopped", report.stopped},
                          {"seconds", static_cast<double>(report.elapsed.count()) / 1000.0}});
  return report;
}

bool SyncReport::all_done() const {
  return std::ranges::all_of(
      streams, [](const StreamReport& stream) { return stream.outcome == StreamOutcome::Done; });
}

bool SyncReport::all_failed() const {
  return !streams.empty() && std::ranges::all_of(streams, [](const StreamReport& stream) {
    return stream.outcome == StreamOutcome::Failed;
  });
}

}  // namespace tendril
