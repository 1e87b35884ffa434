// ScriptedFeed: a source whose tables are one feed: a list of operations and checkpoints that a
// test writes down. Its state is the number of those that are done, so that more can be added
// between two runs.
#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "connector/feed_reader.h"
#include "connector/source.h"
#include "data/batch_builder.h"
#include "testing/scripted_source.h"

namespace tendril {

// One step of a scripted feed.
struct FeedStep {
  enum class Kind { Batch, Checkpoint, Reject };

  Kind kind = Kind::Checkpoint;
  Batch batch = {};
  RejectedRow rejected = {};
};

// Rows of a table with the columns `id` (Long) and `value` (String); deletions have the id alone.
inline FeedStep feed_rows(const std::string& table, Operation operation,
                          const std::vector<ScriptedRow>& rows,
                          std::vector<std::string> key = {"id"}) {
  BatchBuilder builder(
      {.name = table, .columns = {{"id", {TypeKind::Long}}}, .primary_key = std::move(key)});
  for (const ScriptedRow& row : rows) {
    builder.cell("id").append_int(row.id);
    if (operation != Operation::Delete) {
      builder.cell("value").append_string(row.value);
    }
    builder.end_row();
  }
  return {.kind = FeedStep::Kind::Batch, .batch = builder.take(operation).value()};
}

inline FeedStep feed_upsert(const std::string& table, const std::vector<ScriptedRow>& rows) {
  return feed_rows(table, Operation::Upsert, rows);
}

inline FeedStep feed_truncate(const std::string& table) {
  return {.kind = FeedStep::Kind::Batch,
          .batch = {.operation = Operation::Truncate,
                    .schema = std::make_shared<const TableSchema>(TableSchema{table, {}}),
                    .rows = nullptr}};
}

inline FeedStep feed_checkpoint() { return {}; }

// Threads: safe to share once it is set up.
class ScriptedFeed final : public Source {
 public:
  Catalog catalog{.streams = {}, .feed = FeedInfo{.name = "feed"}};
  std::vector<FeedStep> steps;
  std::string padding = {};  // Makes the state as large as a test needs it.

  // Called before each step, and after the last; an error is what the source returns.
  std::function<Status(std::size_t step)> at;

  void add(std::initializer_list<FeedStep> more) {
    steps.insert(steps.end(), more.begin(), more.end());
  }

  Status check(std::stop_token) override { return {}; }
  Result<Catalog> discover(std::stop_token) override { return catalog; }

  Result<std::unique_ptr<StreamReader>> open(const StreamRequest& request,
                                             std::stop_token) override {
    requests.push_back(request);
    return std::make_unique<Reader>(*this, request.state);
  }

  std::vector<StreamRequest> requests;  // What was asked for so far.
  std::vector<std::int64_t> starts;     // From which steps on it was read.

 private:
  class Reader final : public FeedReader {
   public:
    Reader(ScriptedFeed& source, Value state) : FeedReader(std::move(state)), source_(source) {}

   protected:
    Result<Value> feed(const Value& state, SliceSink& sink, std::stop_token stop) override {
      const Value* const done = state.find("done");
      auto step = static_cast<std::size_t>(done == nullptr ? 0 : *done->as_int());
      source_.starts.push_back(static_cast<std::int64_t>(step));
      Value reached = state;
      for (; step <= source_.steps.size(); ++step) {
        if (source_.at) {
          TRY(source_.at(step));
        }
        if (stop.stop_requested()) {
          return Error{.code = ErrorCode::Cancelled, .message = "stopped"};
        }
        if (step == source_.steps.size()) {
          break;
        }
        const FeedStep& next = source_.steps[step];
        if (next.kind == FeedStep::Kind::Batch) {
          TRY(sink.write(next.batch));
        } else if (next.kind == FeedStep::Kind::Reject) {
          TRY(sink.reject(next.rejected));
        } else {
          reached =
              Map{{"done", static_cast<std::int64_t>(step) + 1}, {"padding", source_.padding}};
          TRY(sink.checkpoint(reached));
        }
      }
      return reached;
    }

   private:
    ScriptedFeed& source_;
  };
};

}  // namespace tendril
