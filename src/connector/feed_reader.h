// FeedReader: the part of reading a feed that all feeds have in common. A feed is read in one
// slice; its progress and its result are the state of whoever sends it.
#pragma once

#include <optional>
#include <span>
#include <stop_token>
#include <utility>

#include "connector/source.h"

namespace tendril {

class FeedReader : public StreamReader {
 public:
  // `state` is that of the StreamRequest.
  explicit FeedReader(Value state) : state_(std::move(state)) {}

  Value plan() const final { return {}; }

  Result<std::optional<Slice>> next_slice(std::stop_token) final {
    return std::exchange(planned_, true) ? std::optional<Slice>() : std::optional(Slice{"all"});
  }

  Result<Value> read(const Slice&, const Value& progress, SliceSink& sink,
                     std::stop_token stop) final {
    return feed(progress.is_null() ? state_ : progress, sink, std::move(stop));
  }

  Value finish(std::span<const SliceResult> results) final {
    return results.empty() ? state_ : results.back().result;
  }

 protected:
  // Sends everything from `state` on (null: from the start), each checkpoint with the state that it
  // stands for. Returns the state for the next run, that of the last checkpoint as a rule: what
  // came after it is kept too.
  // Errors: those of the sink, as they are; one that is_retryable() makes the engine call again,
  //   with the state of the last checkpoint.
  virtual Result<Value> feed(const Value& state, SliceSink& sink, std::stop_token stop) = 0;

 private:
  const Value state_;
  bool planned_ = false;
};

}  // namespace tendril
