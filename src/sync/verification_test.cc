// What a run does when rows change on their way to the destination.
#include <cstdlib>
#include <filesystem>
#include <string>

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/record_batch.h>
#include <fcntl.h>
#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sync/sync.h"
#include "sync/sync_harness_test.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class Verification : public testing::Test, public SyncHarness {};

// Replaces `from` by `to`, of the same length, in all spill files of this process. Returns how
// often it was found.
int overwrite_spilled(const std::string& from, const std::string& to) {
  int changed = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    std::error_code failure;
    const std::filesystem::path target = std::filesystem::read_symlink(entry.path(), failure);
    if (failure || target.filename().string().find("tendril-") != 0) {
      continue;
    }
    const int descriptor = ::open(entry.path().c_str(), O_RDWR | O_CLOEXEC);
    std::string bytes(std::size_t{1} << 20U, '\0');
    const ssize_t size = ::pread(descriptor, bytes.data(), bytes.size(), 0);
    bytes.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    for (std::size_t at = bytes.find(from); at != std::string::npos;
         at = bytes.find(from, at + 1)) {
      changed += ::pwrite(descriptor, to.data(), to.size(), static_cast<off_t>(at)) > 0 ? 1 : 0;
    }
    ::close(descriptor);
  }
  return changed;
}

TEST_F(Verification, ASpillFileThatChangedEndsTheRun) {
  options.memory_bytes = 64;  // Everything that waits goes to disk.
  options.concurrency = 1;
  source.checkpoint_one_in = 0;
  source.batch_rows_max = 1;
  ScriptedStream& stream = add_stream(scripted_info("events", false, true), 1, 0);
  for (std::int64_t id = 0; id < 300; ++id) {
    stream.slices[0].rows.push_back({.id = id, .value = "value " + std::to_string(id)});
  }
  int changed = 0;
  source.at = [&](const ScriptedSource::Point& point) -> Status {
    // Far behind what the queue can hold, so that the first rows have been spilled.
    if (point.offset == 300) {
      changed = overwrite_spilled("value 7", "VALUE 7");
    }
    return {};
  };

  const auto report = run();

  ASSERT_THAT(report, IsOk());
  ASSERT_GT(changed, 0);
  EXPECT_EQ(report->streams[0].outcome, StreamOutcome::Failed);
  EXPECT_EQ(report->streams[0].error->code, ErrorCode::Internal);
  EXPECT_THAT(report->streams[0].error->message,
              AllOf(HasSubstr("stream events, slice s0"), HasSubstr("checksum")));
  EXPECT_TRUE(ids("events").empty());

  source.at = nullptr;
  ASSERT_THAT(run(), IsOk());
  EXPECT_EQ(ids("events"), ids_below(300));
}

// A source that changes a batch after it has handed it over.
class MeddlingReader final : public StreamReader {
 public:
  Value plan() const override { return nullptr; }
  Result<std::optional<Slice>> next_slice(std::stop_token) override {
    return std::exchange(planned_, true) ? std::optional<Slice>() : Slice{.id = "only"};
  }
  Result<Value> read(const Slice&, const Value&, SliceSink& sink, std::stop_token) override {
    BatchBuilder builder(scripted_info("events", false, true).schema);
    for (std::int64_t id = 0; id < 10; ++id) {
      builder.cell("id").append_int(id);
      builder.cell("value").append_string("v");
      builder.end_row();
    }
    const Batch batch = TRY(builder.take());
    TRY(sink.write(batch));
    const auto& ids = static_cast<const arrow::Int64Array&>(*batch.rows->column(0));
    const_cast<std::int64_t*>(ids.raw_values())[4] = 400;  // Held: no checkpoint covers it yet.
    return Value();
  }
  Value finish(std::span<const SliceResult>) override { return nullptr; }

 private:
  bool planned_ = false;
};

class MeddlingSource final : public Source {
 public:
  Status check(std::stop_token) override { return {}; }
  Result<Catalog> discover(std::stop_token) override {
    return Catalog{.streams = {scripted_info("events", false, true)}};
  }
  Result<std::unique_ptr<StreamReader>> open(const StreamRequest&, std::stop_token) override {
    return std::make_unique<MeddlingReader>();
  }
};

TEST_F(Verification, ABatchThatChangedInMemoryEndsTheRun) {
  MeddlingSource meddling;
  MemoryDestination destination(store, clock);
  SyncProgress shown;

  const auto report = run_sync(meddling, destination, options, clock, log, shown, {});

  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->streams[0].outcome, StreamOutcome::Failed);
  EXPECT_THAT(report->streams[0].error->message,
              AllOf(HasSubstr("slice only"), HasSubstr("10 with checksum")));
  EXPECT_TRUE(ids("events").empty());
}

TEST_F(Verification, CountsTheRowsOfEachStage) {
  add_stream(scripted_info("events", false, true), 3, 10);

  const auto report = run();

  ASSERT_THAT(report, IsOk());
  EXPECT_EQ(report->streams[0].rows_read, 30);
  EXPECT_EQ(report->streams[0].rows_queued, 30);
  EXPECT_EQ(report->streams[0].rows_staged, 30);
  EXPECT_EQ(report->streams[0].rows_written, 30);
}

TEST_F(Verification, TheStateOfASliceSaysItsRowsAndTheirChecksum) {
  options.commit_rows = 1;
  add_stream(scripted_info("events", false, true), 1, 10);
  source.at = [](const ScriptedSource::Point& point) -> Status {
    return point.offset == 10 ? fault(ErrorCode::BadData) : Status();
  };

  ASSERT_THAT(run(), IsOk());
  EXPECT_THAT(state("events", "s0"), AllOf(HasSubstr(R"("rows":)"), HasSubstr(R"("checksum":")")));

  source.at = nullptr;
  const auto report = run();
  ASSERT_THAT(report, IsOk());
  EXPECT_TRUE(report->all_done());
  EXPECT_TRUE(report->streams[0].resumed);
  EXPECT_EQ(ids("events"), ids_below(10));
}

}  // namespace
}  // namespace tendril
