#include "sync/reading.h"

#include <functional>
#include <string>
#include <utility>

#include "sync/guarded.h"
#include "sync/retry.h"

namespace tendril {
namespace {

std::uint64_t seed_of(const StreamRun& stream, std::string_view slice_id, const Clock& clock) {
  const std::hash<std::string_view> hash;
  return hash(stream.name()) ^ (hash(slice_id) << 1U) ^
         static_cast<std::uint64_t>(clock.monotonic().time_since_epoch().count());
}

// REQUIRES: the task is not End.
StreamWork work_of(const ReadingTask& task) {
  static const std::string kNoSlice;
  switch (task.kind) {
    case ReadingTask::Kind::Open: return {StreamWork::Kind::Open, task.stream->name(), kNoSlice};
    case ReadingTask::Kind::Read:
      return {StreamWork::Kind::Read, task.stream->name(), task.slice->slice.id};
    default: return {StreamWork::Kind::Plan, task.stream->name(), kNoSlice};
  }
}

}  // namespace

void Reading::work() {
  while (std::optional<ReadingTask> task = parts_.schedule.next()) {
    Status status =
        guarded("reading stream " + task->stream->name(), [&] { return run_watched(*task); });
    parts_.schedule.finish(*task, std::move(status));
  }
}

Status Reading::run_watched(const ReadingTask& task) {
  if (parts_.observer == nullptr || task.kind == ReadingTask::Kind::End) {
    return run(task);
  }
  const StreamWork work = work_of(task);
  parts_.observer->work_started(work);
  Status status = guarded("reading stream " + work.stream, [&] { return run(task); });
  parts_.observer->work_ended(work, status);
  return status;
}

Status Reading::run(const ReadingTask& task) {
  switch (task.kind) {
    case ReadingTask::Kind::Open: return open(*task.stream);
    case ReadingTask::Kind::Plan: return plan(*task.stream);
    case ReadingTask::Kind::Read: return read(*task.stream, task.slice);
    case ReadingTask::Kind::End: return send(*task.stream, {.what = task.end});
  }
  return {};
}

Status Reading::open(StreamRun& stream) {
  const StreamPlan& plan = stream.plan;
  const bool whole = !plan.incremental;
  const StreamRequest request{
      .stream = stream.name(),
      .incremental = plan.info.incremental,
      .state = whole ? Value() : plan.stored.cursor,
      .plan = plan.resumed() ? plan.stored.attempt->plan : Value(),
      .cursor_field = plan.cursor_field,
      .documents = parts_.documents,
      .tables = plan.feed.has_value() ? plan.feed->chosen : std::vector<std::string>()};
  stream.started_at = parts_.clock.monotonic();
  const Instant started_at = plan.resumed() ? plan.stored.attempt->started_at : parts_.clock.now();
  parts_.outlet.progress.set_phase(stream.name(), StreamProgress::Phase::Reading);

  Retry retry(parts_.clock, seed_of(stream, "", parts_.clock));
  const std::stop_token stop = stream.stop.get_token();
  for (;;) {
    auto reader = guarded("opening stream " + stream.name(),
                          [&] { return parts_.source.open(request, stop); });
    if (reader.ok()) {
      stream.reader = std::move(reader).value();
      break;
    }
    if (!retry.wait(reader.error(), stop)) {
      return std::move(reader).error();
    }
    parts_.log.warning("stream is opened again",
                       {{"stream", stream.name()}, {"error", reader.error().message}});
  }
  return send(stream, {.what = event::Opened{{.plan = stream.reader->plan(),
                                              .started_at = started_at,
                                              .mode = std::string(to_string(plan.mode)),
                                              .incremental = plan.incremental}}});
}

Status Reading::plan(StreamRun& stream) {
  const std::map<std::string, SliceState, std::less<>>& stored = stream.plan.stored.slices;
  const std::stop_token stop = stream.stop.get_token();
  for (bool more = true; more;) {
    if (stop.stop_requested()) {
      return Error{.code = ErrorCode::Cancelled, .message = "planning was stopped"};
    }
    std::optional<Slice> slice = TRY(stream.reader->next_slice(stop));
    const bool last = !slice.has_value();
    parts_.outlet.progress.set_slices_planned(stream.name(), stream.slices_planned += last ? 0 : 1,
                                              last);
    if (last) {
      parts_.schedule.all_planned(stream);
      return {};
    }
    const auto found = stored.find(slice->id);
    const auto work = std::make_shared<const SliceWork>(
        SliceWork{.slice = std::move(*slice),
                  .stored = found == stored.end() ? SliceState() : found->second});
    if (work->stored.done) {
      TRY(send(stream, {.slice = work, .what = event::Skipped{}}));
    } else {
      more = parts_.schedule.add_slice(stream, work);
    }
  }
  return {};
}

Status Reading::read(StreamRun& stream, const std::shared_ptr<const SliceWork>& work) {
  const SliceName name{.stream = stream.name(), .slice = work->slice.id};
  QueueSink sink(stream, work, parts_.outlet);
  if (parts_.work_observer != nullptr) {
    parts_.work_observer->slice_started(name);
  }
  Status status = read_retried(stream, *work, sink);
  if (parts_.work_observer != nullptr && !status.ok()) {
    parts_.work_observer->slice_failed(name, status.error());
  }
  return status;
}

Status Reading::read_retried(StreamRun& stream, const SliceWork& work, QueueSink& sink) {
  Retry retry(parts_.clock, seed_of(stream, work.slice.id, parts_.clock));
  for (;;) {
    const Value progress = sink.progress();
    Status status = read_once(stream, work, sink);
    if (status.ok()) {
      return {};
    }
    if (!(sink.progress() == progress)) {
      retry.reset();
    }
    if (sink.error().has_value() || !retry.wait(status.error(), stream.stop.get_token())) {
      // A feed has one slice, of which there is nothing to say.
      return stream.plan.feed.has_value()
                 ? std::move(status).error()
                 : std::move(status).error().while_doing("reading slice " + work.slice.id);
    }
    parts_.log.warning("slice is read again", {{"stream", stream.name()},
                                               {"slice", work.slice.id},
                                               {"retry", retry.retries()},
                                               {"error", status.error().message}});
    if (parts_.observer != nullptr) {
      parts_.observer->work_restarted({StreamWork::Kind::Read, stream.name(), work.slice.id},
                                      status.error());
    }
    if (parts_.work_observer != nullptr) {
      parts_.work_observer->slice_retried({.stream = stream.name(), .slice = work.slice.id},
                                          status.error());
    }
    TRY(sink.restart());
  }
}

// A fault of the sink counts even where the reader made nothing of it.
Status Reading::read_once(StreamRun& stream, const SliceWork& work, QueueSink& sink) {
  Result<Value> result = guarded("reading", [&] {
    return stream.reader->read(work.slice, Value(sink.progress()), sink, stream.stop.get_token());
  });
  if (sink.error().has_value()) {
    return *sink.error();
  }
  if (!result.ok()) {
    return std::move(result).error();
  }
  if (parts_.work_observer != nullptr) {  // Before the writer can commit it.
    parts_.work_observer->slice_read({.stream = stream.name(), .slice = work.slice.id},
                                     sink.rows());
  }
  return sink.finish(std::move(result).value());
}

// Not given up on a stop: the writer takes until the queue is closed.
Status Reading::send(StreamRun& stream, Event event) {
  event.stream = &stream;
  if (!parts_.outlet.queue.push(std::move(event), 0, {})) {
    return Error{.code = ErrorCode::Cancelled, .message = "the run was ended"};
  }
  return {};
}

}  // namespace tendril
