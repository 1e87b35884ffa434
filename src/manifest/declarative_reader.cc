#include "manifest/declarative_reader.h"

#include <string>
#include <utility>
#include <vector>

#include "data/batch_builder.h"
#include "manifest/slice_reader.h"
#include "manifest/slicer.h"
#include "manifest/stream_slice.h"

namespace tendril {
namespace {

constexpr std::string_view kCursor = "cursor";

class DeclarativeReader final : public StreamReader {
 public:
  DeclarativeReader(std::shared_ptr<const DeclarativeStream> stream, TableSchema schema,
                    const Environment& environment, std::unique_ptr<Slicer> slicer, Value before)
      : stream_(std::move(stream)),
        schema_(std::move(schema)),
        environment_(environment),
        slicer_(std::move(slicer)),
        before_(std::move(before)) {}

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
    const auto range = TRY(slicer_->time_range(part.partition));
    SliceReader reader(*stream_, environment_, part, range, progress);
    if (const auto page = slicer_->first_page(part.partition)) {
      reader.start_with(*page);
    }
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
    slicer_->drop_first_page(part.partition);
    const auto latest = reader.times().most_recent();
    return Value(Map{{std::string(kCursor), latest ? Value(micros_of(*latest)) : Value()}});
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
      outcome.window = part->window;
      const Value* cursor = result.result.find(kCursor);
      if (const std::int64_t* micros = cursor == nullptr ? nullptr : cursor->as_int()) {
        outcome.most_recent = instant_from_micros(*micros);
      }
    }
    auto state = slicer_->state_after(outcomes);
    if (!state.ok()) {
      environment_.log.error("state can not be moved on, it stays as it was",
                             {{"stream", stream_->name}, {"error", state.error().message}});
      return before_;
    }
    return std::move(state).value();
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
      rows.add_row(*record.as_map());
      return {};
    };
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
      if (rows.bytes() >= kBatchBytes || rows.row_count() >= kBatchRows) {
        TRY(flush(reader, rows, sink));
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

  const std::shared_ptr<const DeclarativeStream> stream_;
  const TableSchema schema_;
  const Environment& environment_;
  const std::unique_ptr<Slicer> slicer_;
  const Value before_;  // The state that the run started from.
};

}  // namespace

Result<std::unique_ptr<StreamReader>> declarative_reader(const StreamChoice& choice,
                                                         TableSchema schema,
                                                         const Environment& environment,
                                                         const StreamRequest& request) {
  const Value state = request.incremental ? request.state : Value();
  StreamChoice::Chosen chosen = TRY(choice.choose(state, request.plan));
  auto slicer =
      TRY(Slicer::open(*chosen.stream, environment.clock, {chosen.state, request.plan}));
  return std::make_unique<DeclarativeReader>(std::move(chosen.stream), std::move(schema),
                                             environment, std::move(slicer),
                                             std::move(chosen.state));
}

}  // namespace tendril
