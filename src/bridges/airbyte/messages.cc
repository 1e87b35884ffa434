#include "bridges/airbyte/messages.h"

#include <utility>

#include "core/json_text.h"
#include "data/json.h"

namespace tendril {
namespace {

std::string line_of(Map message) { return to_json(Value(std::move(message))) + '\n'; }

Value descriptor(std::string_view stream) { return Map{{"name", Value(stream)}}; }

std::string trace_line(std::string_view type, Instant at, std::string_view member, Value content) {
  Map trace{{"type", Value(type)}, {"emitted_at", Value(emitted_at(at))}};
  trace.append(std::string(member), std::move(content));
  return line_of({{"type", Value("TRACE")}, {"trace", Value(std::move(trace))}});
}

std::string_view level_name(LogLevel level) {
  switch (level) {
    case LogLevel::Debug: return "DEBUG";
    case LogLevel::Info: return "INFO";
    case LogLevel::Warning: return "WARN";
    case LogLevel::Error:
    case LogLevel::Off: break;
  }
  return "ERROR";
}

std::string_view status_name(StreamStatus status) {
  switch (status) {
    case StreamStatus::Started: return "STARTED";
    case StreamStatus::Running: return "RUNNING";
    case StreamStatus::Complete: return "COMPLETE";
    case StreamStatus::Incomplete: break;
  }
  return "INCOMPLETE";
}

}  // namespace

std::string spec_message(const ConnectorSpecification& specification) {
  Map spec{{"connectionSpecification", specification.connection_specification}};
  if (!specification.documentation_url.empty()) {
    spec.append("documentationUrl", specification.documentation_url);
  }
  if (!specification.advanced_auth.is_null()) {
    spec.append("advanced_auth", specification.advanced_auth);
  }
  return line_of({{"type", Value("SPEC")}, {"spec", Value(std::move(spec))}});
}

std::string connection_status_message(const std::optional<std::string>& fault) {
  Map status{{"status", Value(fault ? "FAILED" : "SUCCEEDED")}};
  if (fault) {
    status.append("message", *fault);
  }
  return line_of(
      {{"type", Value("CONNECTION_STATUS")}, {"connectionStatus", Value(std::move(status))}});
}

std::string log_message(LogLevel level, std::string_view text) {
  return line_of({{"type", Value("LOG")},
                  {"log", Map{{"level", Value(level_name(level))}, {"message", Value(text)}}}});
}

std::string state_message(std::string_view stream, std::string_view state, std::int64_t records) {
  std::string line = R"({"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":)";
  append_json(line, descriptor(stream));
  line += R"(,"stream_state":)";
  line += state;
  line += R"(},"sourceStats":{"recordCount":)";
  append_json(line, static_cast<double>(records));  // The protocol counts in fractions.
  line += "}}}\n";
  return line;
}

std::string stream_status_message(std::string_view stream, StreamStatus status, Instant at) {
  return trace_line(
      "STREAM_STATUS", at, "stream_status",
      Map{{"stream_descriptor", descriptor(stream)}, {"status", Value(status_name(status))}});
}

std::string estimate_message(std::string_view stream, const StreamEstimate& estimate, Instant at) {
  return trace_line("ESTIMATE", at, "estimate",
                    Map{{"name", Value(stream)},
                        {"type", Value("STREAM")},
                        {"row_estimate", Value(estimate.rows)},
                        {"byte_estimate", Value(estimate.bytes)}});
}

std::string error_message(const Error& error, std::string_view stream, Instant at) {
  std::string internal = std::string(to_string(error.code)) + ": " + error.message;
  internal += error.request_id.empty() ? "" : " (request id " + error.request_id + ")";
  Map content{{"message", Value(error.message)},
              {"internal_message", Value(std::move(internal))},
              {"failure_type", Value(failure_type(error.code))}};
  if (!stream.empty()) {
    content.append("stream_descriptor", descriptor(stream));
  }
  return trace_line("ERROR", at, "error", std::move(content));
}

std::string control_message(const Value& config, Instant at) {
  return line_of({{"type", Value("CONTROL")},
                  {"control", Map{{"type", Value("CONNECTOR_CONFIG")},
                                  {"emitted_at", Value(emitted_at(at))},
                                  {"connectorConfig", Map{{"config", config}}}}}});
}

std::int64_t emitted_at(Instant instant) {
  return std::chrono::floor<std::chrono::milliseconds>(instant.time_since_epoch()).count();
}

std::string_view failure_type(ErrorCode code) {
  switch (code) {
    case ErrorCode::InvalidConfig:
    case ErrorCode::Unauthenticated:
    case ErrorCode::PermissionDenied:
    case ErrorCode::Unsupported: return "config_error";
    case ErrorCode::RateLimited:
    case ErrorCode::Unavailable: return "transient_error";
    default: return "system_error";
  }
}

}  // namespace tendril
