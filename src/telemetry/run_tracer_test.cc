#include "telemetry/run_tracer.h"

#include <algorithm>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

#include <gmock/gmock.h>

#include "testing/fake_clock.h"

namespace tendril {
namespace {

using ::testing::Contains;
using ::testing::Field;

class KeptSpans final : public SpanSink {
 public:
  void add(Span span) override {
    const std::lock_guard lock(mutex_);
    spans_.push_back(std::move(span));
  }
  std::vector<Span> named(const std::string& name) const {
    const std::lock_guard lock(mutex_);
    std::vector<Span> found;
    std::copy_if(spans_.begin(), spans_.end(), std::back_inserter(found),
                 [&](const Span& span) { return span.name == name; });
    return found;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<Span> spans_;  // Guarded by mutex_.
};

class RunTracerTest : public ::testing::Test {
 protected:
  RunTracerTest() { tracer_.begin("shop"); }

  void read_slice(const std::string& slice, int requests, int status = 200) {
    const StreamWork work{StreamWork::Kind::Read, stream_, slice};
    tracer_.work_started(work);
    for (int i = 0; i < requests; ++i) {
      tracer_.request_ended({.method = "GET",
                             .origin = "https://api.example.com:8443",
                             .path = "/orders",
                             .status = status,
                             .started_at = clock_.now()});
    }
    tracer_.work_ended(work, {});
  }

  static constexpr int kSpansMax = 1'000;

  const std::string stream_ = "orders";
  FakeClock clock_;
  KeptSpans spans_;
  RunTracer tracer_{clock_, spans_, kSpansMax};
};

TEST_F(RunTracerTest, PutsRequestsBelowSlicesBelowStreamsBelowTheRun) {
  read_slice("s1", 1, 503);
  tracer_.stream_ended({.stream = stream_, .rows_read = 5});
  tracer_.end(RunState::Succeeded);

  const Span run = spans_.named("sync shop").at(0);
  const Span stream = spans_.named("stream orders").at(0);
  const Span slice = spans_.named("slice").at(0);
  const Span request = spans_.named("GET").at(0);
  EXPECT_EQ(run.parent_id, "");
  EXPECT_EQ(stream.parent_id, run.span_id);
  EXPECT_EQ(slice.parent_id, stream.span_id);
  EXPECT_EQ(request.parent_id, slice.span_id);
  EXPECT_EQ(request.trace_id, run.trace_id);
  EXPECT_EQ(run.trace_id.size(), 32U);
  EXPECT_EQ(request.span_id.size(), 16U);
  EXPECT_TRUE(request.is_error);
  EXPECT_EQ(request.kind, Span::Kind::Client);
  const auto holds = [&](const std::string& key, auto value) {
    return std::any_of(request.attributes.begin(), request.attributes.end(),
                       [&](const SpanAttribute& each) {
                         return each.key == key && each.value == decltype(each.value)(value);
                       });
  };
  EXPECT_TRUE(holds("http.request.method", std::string("GET")));
  EXPECT_TRUE(holds("server.address", std::string("api.example.com")));
  EXPECT_TRUE(holds("server.port", std::int64_t{8443}));
  EXPECT_TRUE(holds("http.response.status_code", std::int64_t{503}));
  EXPECT_TRUE(holds("url.full", std::string("https://api.example.com:8443/orders")));
  EXPECT_TRUE(holds("error.type", std::string("503")));
}

TEST_F(RunTracerTest, TracesTheFirstRequestsOfASliceAndAllThatFail) {
  read_slice("s1", RunTracer::kRequestsPerWorkMax + 30);
  EXPECT_EQ(spans_.named("GET").size(), std::size_t{RunTracer::kRequestsPerWorkMax});
  read_slice("s2", RunTracer::kRequestsPerWorkMax + 30, 500);

  EXPECT_EQ(spans_.named("GET").size(), std::size_t{2 * RunTracer::kRequestsPerWorkMax + 30});
}

TEST_F(RunTracerTest, KeepsATraceBounded) {
  for (int i = 0; i < kSpansMax + 50; ++i) {
    read_slice("s", 0);
  }
  tracer_.end(RunState::Succeeded);

  EXPECT_EQ(spans_.named("slice").size(), std::size_t{kSpansMax});
  EXPECT_THAT(spans_.named("sync shop").at(0).attributes,
              Contains(Field(&SpanAttribute::key, "tendril.spans_left_out")));
}

TEST_F(RunTracerTest, ThreadsDoNotMixTheirSlices) {
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([this, t] {
        for (int i = 0; i < 50; ++i) {
          read_slice("s" + std::to_string(t), 2);
        }
      });
    }
  }

  std::set<std::string> slices;
  for (const Span& slice : spans_.named("slice")) {
    slices.insert(slice.span_id);
  }
  EXPECT_EQ(slices.size(), 200U);
  EXPECT_EQ(spans_.named("GET").size(), 400U);
  for (const Span& request : spans_.named("GET")) {
    EXPECT_TRUE(slices.contains(request.parent_id));
  }
}

TEST_F(RunTracerTest, RequestsOutsideOfAnyWorkBelongToTheRun) {
  tracer_.request_ended(
      {.method = "GET", .origin = "http://127.0.0.1", .path = "/", .status = 200});
  tracer_.end(RunState::Succeeded);

  EXPECT_EQ(spans_.named("GET").at(0).parent_id, spans_.named("sync shop").at(0).span_id);
}

}  // namespace
}  // namespace tendril
