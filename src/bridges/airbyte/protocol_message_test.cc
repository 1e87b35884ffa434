#include "bridges/airbyte/protocol_message.h"

#include <gmock/gmock.h>

#include "data/json.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

template <class Message>
Message parsed(std::string_view line) {
  Result<ProtocolMessage> message = parse_message(line);
  EXPECT_THAT(message, IsOk()) << line;
  EXPECT_TRUE(std::holds_alternative<Message>(*message)) << line;
  return std::get<Message>(std::move(*message));
}

TEST(ProtocolMessage, IsARecord) {
  const auto record = parsed<message::Record>(
      R"({"type":"RECORD","record":{"stream":"s","data":{"id":12345678901234567890123,"x":null},)"
      R"("emitted_at":1}})");

  EXPECT_EQ(record.stream, "s");
  EXPECT_EQ(to_json(Value(record.data)), R"({"id":12345678901234567890123,"x":null})");
}

TEST(ProtocolMessage, IsAState) {
  const auto own = parsed<message::State>(
      R"({"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"s"},)"
      R"("stream_state":{"at":1}}}})");
  const auto none = parsed<message::State>(
      R"({"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"s"}}}})");
  const auto global = parsed<message::State>(
      R"({"type":"STATE","state":{"type":"GLOBAL","global":{"shared_state":{}}}})");
  const auto legacy = parsed<message::State>(R"({"type":"STATE","state":{"data":{"s":1}}})");

  EXPECT_EQ(own.stream, "s");
  EXPECT_EQ(to_json(own.state), R"({"at":1})");
  EXPECT_TRUE(none.state.is_null());
  EXPECT_EQ(global.stream, "");
  EXPECT_EQ(to_json(legacy.state), R"({"s":1})");
}

TEST(ProtocolMessage, IsALogLine) {
  const auto line =
      parsed<message::LogLine>(R"({"type":"LOG","log":{"level":"WARN","message":"odd"}})");

  EXPECT_EQ(line.level, LogLevel::Warning);
  EXPECT_EQ(line.text, "odd");
  EXPECT_EQ(parsed<message::LogLine>(R"({"type":"LOG","log":{"level":"FATAL"}})").level,
            LogLevel::Error);
  EXPECT_EQ(parsed<message::LogLine>(R"({"type":"LOG"})").level, LogLevel::Info);
}

TEST(ProtocolMessage, IsAFault) {
  const auto fault = parsed<message::Fault>(
      R"({"type":"TRACE","trace":{"type":"ERROR","emitted_at":1,"error":{"message":"no",)"
      R"("failure_type":"transient_error","stream_descriptor":{"name":"s"}}}})");
  const auto inner = parsed<message::Fault>(
      R"({"type":"TRACE","trace":{"type":"ERROR","error":{"internal_message":"deep"}}})");

  EXPECT_EQ(fault.stream, "s");
  EXPECT_EQ(fault.error.code, ErrorCode::Unavailable);
  EXPECT_EQ(fault.error.message, "no");
  EXPECT_EQ(inner.error.code, ErrorCode::Internal);
  EXPECT_EQ(inner.error.message, "deep");
}

TEST(ProtocolMessage, IsThePhaseOfAStream) {
  const auto phase = parsed<message::StreamPhase>(
      R"({"type":"TRACE","trace":{"type":"STREAM_STATUS","stream_status":{)"
      R"("stream_descriptor":{"name":"s"},"status":"COMPLETE"}}})");

  EXPECT_EQ(phase.stream, "s");
  EXPECT_EQ(phase.status, "COMPLETE");
}

TEST(ProtocolMessage, IsAnAnswer) {
  EXPECT_TRUE(parsed<message::ConnectionStatus>(
                  R"({"type":"CONNECTION_STATUS","connectionStatus":{"status":"SUCCEEDED"}})")
                  .succeeded);
  EXPECT_EQ(parsed<message::ConnectionStatus>(
                R"({"type":"CONNECTION_STATUS","connectionStatus":{"status":"FAILED",)"
                R"("message":"why"}})")
                .text,
            "why");
  EXPECT_EQ(
      to_json(parsed<message::Catalog>(R"({"type":"CATALOG","catalog":{"streams":[]}})").catalog),
      R"({"streams":[]})");
  EXPECT_EQ(
      to_json(parsed<message::Specification>(R"({"type":"SPEC","spec":{"a":1}})").specification),
      R"({"a":1})");
  EXPECT_EQ(to_json(parsed<message::Configuration>(
                        R"({"type":"CONTROL","control":{"type":"CONNECTOR_CONFIG",)"
                        R"("connectorConfig":{"config":{"token":"t"}}}})")
                        .config),
            R"({"token":"t"})");
}

TEST(ProtocolMessage, MayBeOfAKindThatIsNotUsed) {
  EXPECT_EQ(parsed<message::Other>(R"({"type":"TRACE","trace":{"type":"ANALYTICS"}})").type,
            "TRACE ANALYTICS");
  EXPECT_EQ(parsed<message::Other>(R"({"type":"NEW"})").type, "NEW");
  EXPECT_EQ(parsed<message::Other>(R"({"type":"CONTROL","control":{}})").type, "CONTROL");
}

TEST(ProtocolMessage, MustBeWhole) {
  for (const auto& [line, what] : {
           std::pair("secret text", "is not JSON"),
           std::pair("7", "has no type"),
           std::pair(R"({"type":7})", "has no type"),
           std::pair(R"({"type":"RECORD","record":{"data":{}}})", "names no stream"),
           std::pair(R"({"type":"RECORD","record":{"stream":"s"}})", "no object at record/data"),
           std::pair(R"({"type":"RECORD","record":{"stream":"s","data":[]}})", "record/data"),
           std::pair(R"({"type":"STATE","state":{}})", "holds no state"),
           std::pair(R"({"type":"STATE","state":{"stream":{}}})", "names no stream"),
           std::pair(R"({"type":"TRACE","trace":{"type":"STREAM_STATUS"}})", "of no stream"),
           std::pair(R"({"type":"CONNECTION_STATUS"})", "no known status"),
           std::pair(R"({"type":"CATALOG"})", "no catalog"),
           std::pair(R"({"type":"SPEC","spec":7})", "no specification"),
       }) {
    EXPECT_THAT(parse_message(line), IsError(ErrorCode::BadData, HasSubstr(what))) << line;
    EXPECT_THAT(parse_message(line).error().message, Not(HasSubstr("secret"))) << line;
  }
}

}  // namespace
}  // namespace tendril
