#include "manifest/declarative_reader.h"

#include <string>
#include <utility>
#include <vector>

#include "connector/document.h"
#include "data/batch_builder.h"
#include "manifest/slice_reader.h"
#include "manifest/slicer.h"
#include "manifest/stream_slice.h"

namespace tendril {
namespace {

constexpr std::string_view kCursor = "cursor";

class DeclarativeReader final : public StreamReader {
 public:
  DeclarativeReader(std::unique_ptr<const DeclarativeStream> stream, TableSchema schema,
                    const Environment& environment, std::unique_ptr<Slicer> slicer)
      : stream_(std::move(stream)),
        schema_(std::move(schema)),
        environment_(environment),
        slicer_(std::move(slicer)) {}

  Value plan() const override { return slicer_->plan(); }

  Result<std::optional<Slice>> next_slice(std::stop_token stop) override {
    auto slice = slicer_->next(stop);
    if (!slice.ok()) {
      return in_stream(std::move(slice).error());
    }
    return *slice ? std::optional(to_slice(**slice)) : std::nullopt;
  }

  Result<Value> read(const Slice& slice, const Value& progress, SliceSink& sink,
                     std::stop_token stop) override {
    StreamSlice part = TRY(stream_slice_of(slice));
    const auto range = slicer_->time_range(part.partition);
    SliceReader reader(*stream_, environment_, std::move(part), range, progress);
    BatchBuilder rows(schema_);
    const Status done = read_pages(reader, rows, sink, stop);
    if (!done.ok()) {
      return in_stream(done.error());
    }
    TRY(flush(reader, rows, sink));
    if (reader.times().unreadable() > 0) {
      environment_.log.warning(
          "records carry times that can not be read, and do not move the cursor",
          {{"stream", stream_->name},
           {"field", stream_->cursor->field()},
           {"records", reader.times().unreadable()},
           {"first", reader.times().first_unreadable()}});
    }
    const auto most_recent = reader.times().most_recent();
    return Value(Map{{std::string(kCursor), most_recent ? Value(to_iso(*most_recent)) : Value()}});
  }

  Value finish(std::span<const SliceResult> results) override {
    std::vector<SliceOutcome> outcomes;
    for (const SliceResult& result : results) {
      const auto part = stream_slice_of(result.slice);
      if (!part.ok()) {
        continue;  // Its partition keeps its old state, and is read again from there.
      }
      SliceOutcome& outcome = outcomes.emplace_back();
      outcome.partition = part->partition;
      const Value* cursor = result.result.find(kCursor);
      const std::string* text = cursor == nullptr ? nullptr : cursor->as_string();
      if (text != nullptr) {
        if (const auto time = parse_datetime(*text); time.ok()) {
          outcome.most_recent = time->instant;
        }
      }
    }
    return slicer_->state_after(outcomes);
  }

 private:
  Error in_stream(Error error) const {
    return std::move(error).while_doing("reading stream " + stream_->name);
  }

  Status read_pages(SliceReader& reader, BatchBuilder& rows, SliceSink& sink,
                    std::stop_token stop) const {
    const bool plain = stream_->selector.is_plain() && !stream_->filters_by_time();
    const RecordRejector reject = [&](std::int64_t index, std::string_view json,
                                      std::string_view reason) {
      return sink.reject(
          {std::string(reason),
           "page " + std::to_string(reader.page()) + ", record " + std::to_string(index + 1),
           std::string(json)});
    };
    const auto take = [&](const Value& record) -> Status {
      if (holds_documents(schema_)) {
        add_document(rows, *record.as_map());
      } else {
        rows.add_row(*record.as_map());
      }
      return {};
    };
    Clock::Monotonic flushed_at = environment_.clock.monotonic();
    for (;;) {
      auto fetched = reader.fetch(stop);
      if (!fetched.ok()) {
        // What the pages before brought is complete: it is kept, and the next run goes on here. A
        // sink that takes no more is no worse than the error at hand.
        (void)flush(reader, rows, sink);
        return std::move(fetched).error();
      }
      if (!*fetched) {
        return {};
      }
      TRY(plain ? reader.read_columns(rows, reject) : reader.read_records(take, reject));
      const Clock::Monotonic now = environment_.clock.monotonic();
      if (rows.bytes() >= kBatchBytes || rows.row_count() >= kBatchRows ||
          now - flushed_at >= kBatchAge) {
        TRY(flush(reader, rows, sink));
        flushed_at = now;
      }
    }
  }

  // Hands over the rows so far, and where to go on after them.
  static Status flush(const SliceReader& reader, BatchBuilder& rows, SliceSink& sink) {
    if (rows.row_count() > 0) {
      Batch batch = TRY(rows.take());
      TRY(sink.write(std::move(batch)));
    }
    return sink.checkpoint(reader.progress());
  }

  const std::unique_ptr<const DeclarativeStream> stream_;
  const TableSchema schema_;
  const Environment& environment_;
  const std::unique_ptr<Slicer> slicer_;
};

}  // namespace

Result<std::unique_ptr<StreamReader>> declarative_reader(
    std::unique_ptr<const DeclarativeStream> stream, TableSchema schema,
    const Environment& environment, const StreamRequest& request) {
  SlicerRequest slices;
  slices.plan = request.plan;
  if (request.incremental) {
    slices.state = request.state;
  }
  auto slicer = TRY(Slicer::open(*stream, slices));
  if (request.documents) {
    schema = document_schema(schema);
  }
  return std::make_unique<DeclarativeReader>(std::move(stream), std::move(schema), environment,
                                             std::move(slicer));
}

}  // namespace tendril
