#include "manifest/slice_copy.h"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

#include "connector/document.h"
#include "manifest/adaptive_windows.h"
#include "manifest/holding_sink.h"
#include "manifest/id_read.h"

namespace tendril {
namespace {

constexpr std::string_view kCursor = "cursor";
constexpr std::string_view kKnown = "known";  // See RereadFilter::progress().
constexpr std::int64_t kRowsBetweenLooks = 64;

void add_record(BatchBuilder& rows, const TableSchema& schema, const Value& record) {
  if (holds_documents(schema)) {
    add_document(rows, *record.as_map());
  } else {
    rows.add_row(*record.as_map());
  }
}

bool is_full(const BatchBuilder& rows) {
  return rows.bytes() >= kBatchBytes || rows.row_count() >= kBatchRows;
}

// Inside a page: hands over rows when there are many. What they cover can only be said after it.
Status write_full(BatchBuilder& rows, SliceSink& sink) {
  if (!is_full(rows)) {
    return {};
  }
  Batch batch = TRY(rows.take());
  return sink.write(std::move(batch));
}

}  // namespace

Result<SliceEnd> SliceCopy::copy(const SliceTask& task, SliceSink& sink,
                                 std::stop_token stop) const {
  const StreamCursor* cursor = stream_.cursor.get();
  if (cursor != nullptr && cursor->options().id_paging != nullptr) {
    return copy_by_id(task, sink, stop);
  }
  if (cursor != nullptr && cursor->options().adaptive) {
    if (const auto window = cursor->window_of(task.slice.window)) {
      return copy_adaptively(task, *window, sink, stop);
    }
  }
  return copy_whole(task, sink, stop);
}

Result<SliceCopy::Parts> SliceCopy::parts(const SliceTask& task, SliceSink& sink) const {
  Parts parts{BatchBuilder(schema_), std::nullopt, sink};
  if (stream_.cursor != nullptr && stream_.cursor->options().overlap) {
    const auto range = TRY(slicer_.time_range(task.slice.partition));
    const Value* known = task.progress.find(kKnown);
    parts.filter = TRY(
        RereadFilter::open(*stream_.cursor, schema_, *range, known == nullptr ? Value() : *known));
  }
  return parts;
}

// Hands over the rows so far, and where to go on after them.
Status SliceCopy::flush(Parts& parts, Value progress) {
  if (parts.rows.row_count() > 0) {
    Batch batch = TRY(parts.rows.take());
    TRY(parts.sink.write(std::move(batch)));
  }
  if (parts.filter) {
    progress.as_map()->set(kKnown, parts.filter->progress());
  }
  return parts.sink.checkpoint(std::move(progress));
}

SliceEnd SliceCopy::end_of(Parts& parts, std::optional<Instant> latest) const {
  SliceEnd end;
  end.latest = latest;
  if (parts.filter) {
    end.known = parts.filter->progress();
    end.seen = parts.filter->seen();
    if (parts.filter->has_forgotten()) {
      environment_.log.warning("a slice has more records at its edge than are remembered",
                               {{"stream", stream_.name}});
    }
  }
  return end;
}

Result<SliceEnd> SliceCopy::copy_whole(const SliceTask& task, SliceSink& sink,
                                       std::stop_token stop) const {
  const auto range = TRY(slicer_.time_range(task.slice.partition));
  SliceReader reader(stream_, environment_, task.slice, range, task.progress);
  if (const auto page = slicer_.first_page(task.slice.partition)) {
    reader.start_with(*page);
  }
  Parts parts = TRY(this->parts(task, sink));
  TRY(copy_pages(reader, parts, stop));
  TRY(flush(parts, reader.progress()));
  if (reader.times().unreadable() > 0) {
    environment_.log.warning("records carry times that can not be read, and do not move the cursor",
                             {{"stream", stream_.name},
                              {"field", stream_.cursor->field()},
                              {"records", reader.times().unreadable()},
                              {"first", reader.times().first_unreadable()}});
  }
  slicer_.drop_first_page(task.slice.partition);
  return end_of(parts, reader.times().most_recent());
}

Status SliceCopy::copy_pages(SliceReader& reader, Parts& parts, std::stop_token stop) const {
  BatchBuilder& rows = parts.rows;
  SliceSink& sink = parts.sink;
  const bool plain = reader.reads_columns() && !stream_.hydration && !parts.filter;
  const RecordRejector reject = [&](std::int64_t index, std::string_view json,
                                    std::string_view reason) {
    return sink.reject(
        {std::string(reason),
         "page " + std::to_string(reader.page()) + ", record " + std::to_string(index + 1),
         std::string(json)});
  };
  std::vector<Value> records;  // Of a page whose details are to be fetched.
  const auto take = [&](Value record) -> Status {
    if (parts.filter && !parts.filter->is_new(record)) {
      return {};
    }
    if (stream_.hydration) {
      records.push_back(std::move(record));
    } else {
      add_record(rows, schema_, record);
    }
    return rows.row_count() % kRowsBetweenLooks == 0 ? write_full(rows, sink) : Status();
  };
  const std::function<Status()> grown = [&] { return write_full(rows, sink); };
  Clock::Monotonic flushed_at = environment_.clock.monotonic();
  for (;;) {
    auto fetched = reader.fetch(stop);
    if (!fetched.ok()) {
      // What the pages before brought is complete: it is kept, and the next run goes on here. A
      // sink that takes no more is no worse than the error at hand.
      (void)flush(parts, reader.progress());
      return std::move(fetched).error();
    }
    if (!*fetched) {
      return {};
    }
    TRY(plain ? reader.read_columns(rows, reject, grown) : reader.read_records(take, reject));
    TRY(add_hydrated(records, reader.slice(), rows, sink, stop));
    const Clock::Monotonic now = environment_.clock.monotonic();
    if (is_full(rows) || reader.wants_checkpoint() || now - flushed_at >= kBatchAge) {
      TRY(flush(parts, reader.progress()));
      flushed_at = now;
    }
  }
}

Status SliceCopy::add_hydrated(std::vector<Value>& records, const StreamSlice& slice,
                               BatchBuilder& rows, SliceSink& sink, std::stop_token stop) const {
  if (records.empty()) {
    return {};
  }
  const auto reject = [&](RejectedRow row) { return sink.reject(std::move(row)); };
  TRY(stream_.hydration->hydrate(records, slice, reject, stop));
  for (const Value& record : records) {
    add_record(rows, schema_, record);
  }
  records.clear();
  return {};
}

// Every window is held until it was read whole, since its records come again when it is shortened.
Result<SliceEnd> SliceCopy::copy_adaptively(const SliceTask& task, const Window& window,
                                            SliceSink& sink, std::stop_token stop) const {
  const StreamCursor::Options& options = stream_.cursor->options();
  AdaptiveWindows windows(*options.adaptive, window, options.rules.granularity, task.progress);
  SliceEnd end;
  if (const Value* cursor = task.progress.find(kCursor); cursor != nullptr && cursor->as_int()) {
    end.latest = instant_from_micros(*cursor->as_int());
  }
  if (const Value* known = task.progress.find(kKnown)) {
    end.known = *known;
  }
  while (const auto part = windows.next()) {
    HoldingSink held;
    SliceTask shorter{task.slice};
    shorter.slice.window = stream_.cursor->window_view(*part);
    if (!end.known.is_null()) {
      shorter.progress = Map{{std::string(kKnown), end.known}};
    }
    auto read = copy_whole(shorter, held, stop);
    const bool is_slow = !read.ok() && read.error().code == ErrorCode::Unavailable;
    if (is_slow && !stop.stop_requested() && windows.shrink()) {
      environment_.log.info("window is shortened, the API did not answer in time",
                            {{"stream", stream_.name}, {"error", read.error().message}});
      continue;
    }
    if (!read.ok()) {
      return std::move(read).error();
    }
    TRY(held.release(sink));
    windows.finish();
    read->latest = std::max(end.latest, read->latest);
    end = std::move(*read);
    Value progress = windows.progress();
    if (end.latest) {
      progress.as_map()->set(kCursor, micros_of(*end.latest));
    }
    if (!end.known.is_null()) {
      progress.as_map()->set(kKnown, end.known);
    }
    TRY(sink.checkpoint(std::move(progress)));
  }
  return end;
}

Result<SliceEnd> SliceCopy::copy_by_id(const SliceTask& task, SliceSink& sink,
                                       std::stop_token stop) const {
  IdRead read(stream_, environment_, task.slice, task.progress);
  Parts parts = TRY(this->parts(task, sink));
  BatchBuilder& rows = parts.rows;
  std::vector<Value> records;
  const auto take = [&](Value record) -> Status {
    if (!parts.filter || parts.filter->is_new(record)) {
      records.push_back(std::move(record));
    }
    return {};
  };
  const auto reject = [&](RejectedRow row) { return sink.reject(std::move(row)); };
  for (;;) {
    auto more = read.read_page(take, reject, stop);
    if (!more.ok()) {
      // As in copy_pages().
      (void)flush(parts, read.progress());
      return std::move(more).error();
    }
    if (stream_.hydration) {
      TRY(add_hydrated(records, task.slice, rows, sink, stop));
    }
    for (const Value& record : records) {
      add_record(rows, schema_, record);
    }
    records.clear();
    if (!*more) {
      TRY(flush(parts, read.progress()));
      return end_of(parts, read.most_recent());
    }
    if (is_full(rows)) {
      TRY(flush(parts, read.progress()));
    }
  }
}

}  // namespace tendril
