#include "bridges/airbyte/messages.h"

#include <gmock/gmock.h>

#include "data/json.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

constexpr Instant kNow = instant_from_micros(1'704'164'645'678'901);

TEST(Messages, SayWhatAConnectorAsksFor) {
  EXPECT_EQ(spec_message({.connection_specification = Map{{"type", Value("object")}},
                          .documentation_url = "https://docs.example.com",
                          .advanced_auth = Map{{"auth_flow_type", Value("oauth2.0")}}}),
            R"({"type":"SPEC","spec":{"connectionSpecification":{"type":"object"},)"
            R"("documentationUrl":"https://docs.example.com",)"
            R"("advanced_auth":{"auth_flow_type":"oauth2.0"}}})"
            "\n");
  EXPECT_EQ(spec_message({.connection_specification = Map()}),
            "{\"type\":\"SPEC\",\"spec\":{\"connectionSpecification\":{}}}\n");
}

TEST(Messages, SayWhetherAConnectionWorks) {
  EXPECT_EQ(connection_status_message(std::nullopt),
            R"({"type":"CONNECTION_STATUS","connectionStatus":{"status":"SUCCEEDED"}})"
            "\n");
  EXPECT_EQ(connection_status_message("401 \"no\""),
            R"({"type":"CONNECTION_STATUS","connectionStatus":{"status":"FAILED",)"
            R"("message":"401 \"no\""}})"
            "\n");
}

TEST(Messages, CarryTheLevelOfALogLine) {
  EXPECT_EQ(log_message(LogLevel::Warning, "odd"),
            "{\"type\":\"LOG\",\"log\":{\"level\":\"WARN\",\"message\":\"odd\"}}\n");
  EXPECT_THAT(log_message(LogLevel::Debug, ""), ::testing::HasSubstr("\"DEBUG\""));
  EXPECT_THAT(log_message(LogLevel::Info, ""), ::testing::HasSubstr("\"INFO\""));
  EXPECT_THAT(log_message(LogLevel::Error, ""), ::testing::HasSubstr("\"ERROR\""));
}

TEST(Messages, CountTheRecordsThatAStateCovers) {
  EXPECT_EQ(state_message("a\"b", R"({"updated_at":"x"})", 12),
            R"({"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":)"
            R"({"name":"a\"b"},"stream_state":{"updated_at":"x"}},)"
            R"("sourceStats":{"recordCount":12.0}}})"
            "\n");
}

TEST(Messages, TellTheStatusOfAStream) {
  EXPECT_EQ(stream_status_message("s", StreamStatus::Running, kNow),
            R"({"type":"TRACE","trace":{"type":"STREAM_STATUS","emitted_at":1704164645678,)"
            R"("stream_status":{"stream_descriptor":{"name":"s"},"status":"RUNNING"}}})"
            "\n");
}

TEST(Messages, EstimateAStream) {
  EXPECT_EQ(estimate_message("s", {.rows = 10, .bytes = 2000}, kNow),
            R"({"type":"TRACE","trace":{"type":"ESTIMATE","emitted_at":1704164645678,)"
            R"("estimate":{"name":"s","type":"STREAM","row_estimate":10,"byte_estimate":2000}}})"
            "\n");
}

TEST(Messages, SayWhoCanActOnAnError) {
  const Error error{.code = ErrorCode::RateLimited, .message = "too fast", .request_id = "r1"};

  EXPECT_EQ(
      error_message(error, "s", kNow),
      R"({"type":"TRACE","trace":{"type":"ERROR","emitted_at":1704164645678,"error":)"
      R"x({"message":"too fast","internal_message":"rate_limited: too fast (request id r1)",)x"
      R"("failure_type":"transient_error","stream_descriptor":{"name":"s"}}}})"
      "\n");
  EXPECT_THAT(error_message(error, "", kNow),
              ::testing::Not(::testing::HasSubstr("stream_descriptor")));
}

TEST(Messages, SortErrorsByWhoCanAct) {
  EXPECT_EQ(failure_type(ErrorCode::InvalidConfig), "config_error");
  EXPECT_EQ(failure_type(ErrorCode::Unauthenticated), "config_error");
  EXPECT_EQ(failure_type(ErrorCode::PermissionDenied), "config_error");
  EXPECT_EQ(failure_type(ErrorCode::Unavailable), "transient_error");
  EXPECT_EQ(failure_type(ErrorCode::NotFound), "system_error");
  EXPECT_EQ(failure_type(ErrorCode::Internal), "system_error");
}

TEST(Messages, CarryTheWholeConfiguration) {
  EXPECT_EQ(control_message(Map{{"token", Value("t2")}}, kNow),
            R"({"type":"CONTROL","control":{"type":"CONNECTOR_CONFIG","emitted_at":1704164645678,)"
            R"("connectorConfig":{"config":{"token":"t2"}}}})"
            "\n");
}

}  // namespace
}  // namespace tendril
