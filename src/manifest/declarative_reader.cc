#include "manifest/declarative_reader.h"

#include <string>
#include <utility>
#include <vector>

#include "connector/document.h"
#include "manifest/slice_copy.h"
#include "manifest/slicer.h"
#include "manifest/stream_slice.h"

namespace tendril {
namespace {

constexpr std::string_view kCursor = "cursor";
constexpr std::string_view kSeen = "seen";  // At the edge; see RereadFilter.

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
    const SliceCopy copy(*stream_, schema_, environment_, *slicer_);
    auto end = copy.copy({std::move(part), progress}, sink, stop);
    if (!end.ok()) {
      return in_stream(std::move(end).error());
    }
    Map result{{std::string(kCursor), end->latest ? Value(micros_of(*end->latest)) : Value()}};
    if (!end->seen.is_null()) {
      result.append(std::string(kSeen), std::move(end->seen));
    }
    return Value(std::move(result));
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
      if (const Value* seen = result.result.find(kSeen)) {
        outcome.seen = *seen;
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
  if (request.documents) {
    schema = document_schema(schema);
  }
  auto slicer = TRY(Slicer::open(*chosen.stream, environment,
                                 {chosen.state, request.plan, !schema.primary_key.empty()}));
  return std::make_unique<DeclarativeReader>(std::move(chosen.stream), std::move(schema),
                                             environment, std::move(slicer),
                                             std::move(chosen.state));
}

}  // namespace tendril
