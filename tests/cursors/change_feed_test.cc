// Change data capture through the engine: a log of upserts, updates, deletes and truncates whose
// position is the cursor. Whatever interrupts the runs, the table ends up as the log says, and what
// a commit covered is not asked for again.
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "connector/source.h"
#include "core/log.h"
#include "core/random.h"
#include "core/secret.h"
#include "data/batch_builder.h"
#include "mirror_destination.h"
#include "state/stream_state.h"
#include "sync/sync.h"
#include "testing/fake_clock.h"
#include "testing/seeds.h"

namespace tendril {
namespace {

struct Change {
  Operation operation = Operation::Upsert;
  std::int64_t id = 0;
  MirrorRow row = {};
  bool ends_transaction = false;
};

TableSchema changes_table(bool has_a = true, bool has_b = true) {
  TableSchema schema{
      .name = "changes", .columns = {{"id", {TypeKind::Long}}}, .primary_key = {"id"}};
  for (const auto& [has, name] : {std::pair(has_a, "a"), std::pair(has_b, "b")}) {
    if (has) {
      schema.columns.push_back({name, {TypeKind::String}});
    }
  }
  return schema;
}

// What a change feed gives to the engine: batches of one operation in the order of the log, a
// checkpoint with the position where a transaction ends, the position reached as its state.
class FeedSource final : public Source {
 public:
  std::vector<Change> log;
  std::function<Status(std::int64_t position)> at;  // An error is the feed's.
  std::vector<std::int64_t> asked_from;             // Positions.

  Status check(std::stop_token) override { return {}; }
  Result<Catalog> discover(std::stop_token) override {
    Catalog catalog;
    catalog.streams.push_back(
        {.schema = changes_table(), .incremental = true, .cursor_field = "position"});
    return catalog;
  }
  Result<std::unique_ptr<StreamReader>> open(const StreamRequest& request,
                                             std::stop_token) override {
    return std::make_unique<Reader>(*this, request);
  }

 private:
  class Reader final : public StreamReader {
   public:
    Reader(FeedSource& source, const StreamRequest& request)
        : source_(source), until_(static_cast<std::int64_t>(source.log.size())) {
      from_ = request.state.as_int() == nullptr ? 0 : *request.state.as_int();
      until_ = request.plan.as_int() == nullptr ? until_ : *request.plan.as_int();
    }

    Value plan() const override { return until_; }
    Result<std::optional<Slice>> next_slice(std::stop_token) override {
      return std::exchange(given_, true) ? std::nullopt
                                         : std::optional(Slice{.id = "log", .bounds = Map()});
    }

    Result<Value> read(const Slice&, const Value& progress, SliceSink& sink,
                       std::stop_token stop) override {
      std::int64_t position = progress.as_int() == nullptr ? from_ : *progress.as_int();
      source_.asked_from.push_back(position);
      for (; position < until_; ++position) {
        if (stop.stop_requested()) {
          return Error{.code = ErrorCode::Cancelled, .message = "stopped"};
        }
        if (source_.at) {
          TRY(source_.at(position));
        }
        const Change& change = source_.log[static_cast<std::size_t>(position)];
        TRY(write(change, sink));
        if (change.ends_transaction) {
          TRY(sink.checkpoint(position + 1));
        }
      }
      return Value(until_);
    }

    Value finish(std::span<const SliceResult>) override { return until_; }

   private:
    static Status write(const Change& change, SliceSink& sink) {
      if (change.operation == Operation::Truncate) {
        // All that came before it in the log, whenever it was written.
        return sink.write({.operation = Operation::Truncate,
                           .schema = std::make_shared<const TableSchema>(changes_table()),
                           .rows = nullptr,
                           .truncate_before = Instant::max()});
      }
      const bool is_whole = change.operation == Operation::Upsert;
      BatchBuilder rows(changes_table(is_whole || change.row.a, is_whole || change.row.b));
      rows.cell("id").append_int(change.id);
      if (change.row.a) {
        rows.cell("a").append_string(*change.row.a);
      }
      if (change.row.b) {
        rows.cell("b").append_string(*change.row.b);
      }
      rows.end_row();
      Batch batch = TRY(rows.take(change.operation));
      return sink.write(std::move(batch));
    }

    FeedSource& source_;
    std::int64_t from_ = 0;
    std::int64_t until_;
    bool given_ = false;
  };
};

class QuietLines final : public LogSink {
 public:
  void line(LogLevel, std::string_view) override {}
};

class FeedCase {
 public:
  explicit FeedCase(std::uint64_t seed) : random_(seed) {
    options_.connection = "main";
    options_.mode = WriteMode::Merge;
    options_.commit_rows = static_cast<std::int64_t>(1 + random_.below(6));
  }

  void grow() {
    for (std::uint64_t i = 5 + random_.below(40); i > 0; --i) {
      const std::uint64_t kind = random_.below(20);
      Change change;
      change.id = static_cast<std::int64_t>(random_.below(8));
      const std::string value = std::to_string(source_.log.size());
      if (kind == 0) {
        change.operation = Operation::Truncate;
      } else if (kind < 5) {
        change.operation = Operation::Delete;
      } else if (kind < 11) {
        change.operation = Operation::Update;
        (kind % 2 == 0 ? change.row.a : change.row.b) = value;
      } else {
        change.row.a = value;
        change.row.b = kind % 3 == 0 ? std::nullopt : std::optional(value);
      }
      change.ends_transaction = i == 1 || random_.below(4) == 0;
      apply(change);
      source_.log.push_back(std::move(change));
    }
  }

  // In one of the ways in which runs end early.
  void run_with_trouble() {
    const std::uint64_t kind = random_.below(5);
    const std::uint64_t point = random_.below(8);
    std::uint64_t commits = 0;
    std::stop_source stop;
    MirrorDestination destination(store_);
    const auto crash = [&]() -> Status {
      return commits++ == point ? fault(ErrorCode::System) : Status();
    };
    if (kind == 0) {
      destination.before_commit = crash;
    } else if (kind == 1) {
      destination.after_commit = crash;
    }
    std::uint64_t changes = 0;
    source_.at = [&](std::int64_t) -> Status {
      const bool is_now = changes++ == point * 3;
      if (is_now && kind == 2) {
        stop.request_stop();
      }
      if (is_now && kind == 3) {
        return fault(ErrorCode::BadData);
      }
      return is_now && kind == 4 ? fault(ErrorCode::Unavailable) : Status();
    };
    run(destination, stop.get_token());
    source_.at = nullptr;
  }

  void settle() {
    for (int i = 0; i < 2; ++i) {
      MirrorDestination destination(store_);
      const auto report = run(destination, {});
      ASSERT_TRUE(report && report->all_done());
    }
    EXPECT_EQ(store_.rows, model_);
    EXPECT_EQ(position(), source_.log.size());
  }

  // Nobody asks for what a commit covered.
  void expect_to_go_on_from_what_was_committed() {
    const std::size_t before = source_.asked_from.size();
    const std::int64_t committed = stored_position();
    MirrorDestination destination(store_);
    run(destination, {});
    if (source_.asked_from.size() > before) {  // All was committed but the end of the run.
      EXPECT_EQ(source_.asked_from[before], committed);
    }
  }

 private:
  static Error fault(ErrorCode code) { return {.code = code, .message = "made to fail"}; }

  std::optional<SyncReport> run(MirrorDestination& destination, std::stop_token stop) {
    clock_.advance(std::chrono::seconds(1));
    SyncProgress progress;
    auto report = run_sync(source_, destination, options_, clock_, log_, progress, std::move(stop));
    return report.ok() ? std::optional(std::move(report).value()) : std::nullopt;
  }

  void apply(const Change& change) {
    const auto found = model_.find(change.id);
    switch (change.operation) {
      case Operation::Truncate: model_.clear(); break;
      case Operation::Delete: model_.erase(change.id); break;
      case Operation::Upsert: model_[change.id] = change.row; break;
      case Operation::Update:
        if (found != model_.end()) {
          found->second.a = change.row.a ? change.row.a : found->second.a;
          found->second.b = change.row.b ? change.row.b : found->second.b;
        }
        break;
    }
  }

  // Of the next run, by the state alone.
  std::int64_t stored_position() const {
    std::vector<StateEntry> entries;
    for (const auto& [key, json] : store_.state) {
      entries.push_back({key.first, key.second, json});
    }
    const StreamState state = read_stream_state("main", "changes", entries).value();
    const auto slice = state.slices.find("log");
    if (state.attempt && slice != state.slices.end() && !slice->second.done) {
      return *slice->second.value.as_int();
    }
    return state.cursor.as_int() == nullptr ? 0 : *state.cursor.as_int();
  }

  std::size_t position() const { return static_cast<std::size_t>(stored_position()); }

  Random random_;
  FakeClock clock_;
  FeedSource source_;
  MirrorStore store_;
  std::map<std::int64_t, MirrorRow> model_;
  SyncOptions options_;
  Redactor redactor_;
  QuietLines lines_;
  Log log_{LogLevel::Off, LogFormat::Text, clock_, redactor_, lines_};
};

TEST(ChangeFeed, EndsUpAsTheLogSaysWhateverInterruptsIt) {
  for_each_seed(400, [](std::uint64_t seed) {
    FeedCase feed(seed);
    for (std::uint64_t i = 0; i < 1 + seed % 6; ++i) {
      feed.grow();
      feed.run_with_trouble();
    }
    feed.settle();
  });
}

TEST(ChangeFeed, GoesOnFromThePositionThatWasCommitted) {
  for_each_seed(200, [](std::uint64_t seed) {
    FeedCase feed(seed);
    feed.grow();
    feed.run_with_trouble();
    feed.grow();
    feed.expect_to_go_on_from_what_was_committed();
  });
}

}  // namespace
}  // namespace tendril
