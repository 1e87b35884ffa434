#include "telemetry/otlp_exporter.h"

#include <memory>
#include <optional>
#include <set>

#include <gmock/gmock.h>

#include "data/json.h"
#include "http/client.h"
#include "telemetry/run_tracer.h"
#include "testing/http_imposter.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class CountedLines final : public LogSink {
 public:
  void line(LogLevel /*level*/, std::string_view text) override {
    const std::lock_guard lock(mutex_);
    ++lines_;
    text_ = text;
  }
  int lines() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }
  std::string text() const {
    const std::lock_guard lock(mutex_);
    return text_;
  }

 private:
  mutable std::mutex mutex_;
  int lines_ = 0;     // Guarded by mutex_.
  std::string text_;  // Guarded by mutex_.
};

class OtlpExporterTest : public ::testing::Test {
 protected:
  void export_to(std::string url, std::size_t queue_spans_max = 100) {
    exporter_.emplace(OtlpOptions{.url = std::move(url),
                                  .headers = {{"X-Key", "k"}},
                                  .service_version = "1.2.3",
                                  .queue_spans_max = queue_spans_max},
                      OtlpParts{*transport_, log_, redactor_});
  }
  static Span span(std::string name) {
    return {
        .trace_id = std::string(32, 'a'), .span_id = std::string(16, 'b'), .name = std::move(name)};
  }
  // The spans of all requests that came in, by name.
  std::map<std::string, Map> received() const {
    std::map<std::string, Map> spans;
    for (const ReceivedRequest& request : collector_.requests("/v1/traces")) {
      const Value body = parse_json(request.body).value();
      const Value& resource = body.as_map()->find("resourceSpans")->as_list()->at(0);
      const Value& scope = resource.as_map()->find("scopeSpans")->as_list()->at(0);
      for (const Value& each : *scope.as_map()->find("spans")->as_list()) {
        spans[*each.as_map()->find("name")->as_string()] = *each.as_map();
      }
    }
    return spans;
  }

  HttpImposter collector_;
  std::unique_ptr<Transport> transport_ = std::move(curl_transport({}).value());
  std::unique_ptr<Clock> clock_ = system_clock();
  Redactor redactor_;
  CountedLines lines_;
  Log log_{LogLevel::Info, LogFormat::Text, *clock_, redactor_, lines_};
  std::optional<OtlpExporter> exporter_;
};

TEST_F(OtlpExporterTest, SendsTheSpansOfARunWithTheirParentsAndWithoutSecrets) {
  collector_.when("POST", "/v1/traces").answer(200, "{}");
  collector_.when("GET", "/orders/hush-hush").answer(200, "[]");
  redactor_.add(Secret("hush-hush"));
  export_to(collector_.url("/v1/traces"));
  RunTracer tracer(*clock_, *exporter_);
  tracer.begin("shop");
  const auto nobody = api_key(Placement::Query, "key", Secret("hush-hush"));
  Client client(*transport_, *nobody, *clock_, log_, {.observer = &tracer});
  const std::string stream = "orders";
  const std::string slice = "hush-hush slice";
  const StreamWork work{StreamWork::Kind::Read, stream, slice};

  tracer.work_started(work);
  ASSERT_THAT(client.send({.url = collector_.url("/orders/hush-hush")}, {}), IsOk());
  tracer.work_ended(work, Error{ErrorCode::BadData, "no hush-hush here"});
  tracer.stream_ended({.stream = stream});
  tracer.end(RunState::Failed);
  exporter_.reset();

  const auto spans = received();
  ASSERT_EQ(spans.size(), 4U);
  const auto id = [&](const std::string& name, const char* field) {
    const Value* value = spans.at(name).find(field);
    return value == nullptr ? std::string() : *value->as_string();
  };
  EXPECT_EQ(id("sync shop", "parentSpanId"), "");
  EXPECT_EQ(id("stream orders", "parentSpanId"), id("sync shop", "spanId"));
  EXPECT_EQ(id("slice", "parentSpanId"), id("stream orders", "spanId"));
  EXPECT_EQ(id("GET", "parentSpanId"), id("slice", "spanId"));
  EXPECT_EQ(id("GET", "traceId"), tracer.trace_id());
  EXPECT_EQ(*spans.at("slice").find("status")->as_map()->find("code"), Value(2));
  const ReceivedRequest request = collector_.requests("/v1/traces").at(0);
  EXPECT_THAT(request.body, Not(HasSubstr("hush-hush")));
  EXPECT_THAT(request.body, HasSubstr(R"("service.name")"));
  EXPECT_EQ(request.header("Content-Type"), "application/json");
  EXPECT_EQ(request.header("X-Key"), "k");
}

TEST_F(OtlpExporterTest, ACollectorThatIsDownCostsOneWarning) {
  collector_.when("POST", "/v1/traces").answer(503, "later");
  export_to(collector_.url("/v1/traces"), 5'000);

  for (int i = 0; i < 2'000; ++i) {
    exporter_->add(span("s"));
  }
  exporter_.reset();

  EXPECT_EQ(lines_.lines(), 1);
  EXPECT_THAT(lines_.text(), HasSubstr("traces can not be sent"));
  EXPECT_GE(collector_.count("/v1/traces"), 2);
}

TEST_F(OtlpExporterTest, DropsWhatDoesNotFitRatherThanWait) {
  collector_.when("POST", "/v1/traces").answer(200, "{}");
  export_to(collector_.url("/v1/traces"), 3);

  for (int i = 0; i < 10; ++i) {
    exporter_->add(span("s" + std::to_string(i)));
  }

  EXPECT_EQ(exporter_->dropped(), 7);
  exporter_.reset();
  EXPECT_EQ(received().size(), 3U);
}

TEST(Otlp, KnowsWhereACollectorTakesTraces) {
  EXPECT_EQ(otlp_traces_url("http://localhost:4318/"), "http://localhost:4318/v1/traces");
  EXPECT_EQ(otlp_traces_url("http://h/otlp/v1/traces"), "http://h/otlp/v1/traces");
}

TEST(Otlp, ReadsHeadersAsTheVariableListsThem) {
  const Headers headers = otlp_headers("Authorization=Bearer%20t, x-team=a=b,broken,");

  EXPECT_EQ(headers.fields().size(), 2U);
  EXPECT_EQ(headers.find("authorization"), "Bearer t");
  EXPECT_EQ(headers.find("x-team"), "a=b");
}

}  // namespace
}  // namespace tendril
