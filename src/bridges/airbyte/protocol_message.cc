#include "bridges/airbyte/protocol_message.h"

#include <array>
#include <utility>

#include "data/json.h"

namespace tendril {
namespace {

Error bad(std::string what) {
  return {.code = ErrorCode::BadData, .message = "protocol message " + std::move(what)};
}

const Value* at(const Value& message, std::initializer_list<std::string_view> path) {
  const Value* value = &message;
  for (const std::string_view step : path) {
    value = value == nullptr ? nullptr : value->find(step);
  }
  return value;
}

std::string text_at(const Value& message, std::initializer_list<std::string_view> path) {
  const Value* value = at(message, path);
  const std::string* text = value == nullptr ? nullptr : value->as_string();
  return text == nullptr ? std::string() : *text;
}

Result<Value> object_at(Value& message, std::string_view type, std::string_view first,
                        std::string_view second) {
  Map* outer = message.as_map();
  Value* inner = outer->find(first);
  Map* members = inner == nullptr ? nullptr : inner->as_map();
  Value* found = members == nullptr ? nullptr : members->find(second);
  if (found == nullptr || !found->is_map()) {
    return bad("of type " + std::string(type) + " has no object at " + std::string(first) + "/" +
               std::string(second));
  }
  return std::move(*found);
}

Result<ProtocolMessage> record_of(Value& message) {
  std::string stream = text_at(message, {"record", "stream"});
  if (stream.empty()) {
    return bad("of type RECORD names no stream");
  }
  Value data = TRY(object_at(message, "RECORD", "record", "data"));
  return ProtocolMessage(
      message::Record{.stream = std::move(stream), .data = std::move(*data.as_map())});
}

Result<ProtocolMessage> state_of(const Value& message) {
  if (const Value* stream = at(message, {"state", "stream"});
      stream != nullptr && stream->is_map()) {
    std::string name = text_at(*stream, {"stream_descriptor", "name"});
    if (name.empty()) {
      return bad("of type STATE names no stream");
    }
    const Value* state = stream->find("stream_state");
    return ProtocolMessage(
        message::State{.stream = std::move(name), .state = state == nullptr ? Value() : *state});
  }
  for (const std::string_view whole : {"global", "data"}) {
    if (const Value* state = at(message, {"state", whole}); state != nullptr && state->is_map()) {
      return ProtocolMessage(message::State{.stream = {}, .state = *state});
    }
  }
  return bad("of type STATE holds no state");
}

LogLevel level_of(std::string_view name) {
  if (name == "FATAL" || name == "ERROR") {
    return LogLevel::Error;
  }
  if (name == "WARN" || name == "WARNING") {
    return LogLevel::Warning;
  }
  return name == "DEBUG" || name == "TRACE" ? LogLevel::Debug : LogLevel::Info;
}

ErrorCode code_of(std::string_view failure_type) {
  if (failure_type == "config_error") {
    return ErrorCode::InvalidConfig;
  }
  return failure_type == "transient_error" ? ErrorCode::Unavailable : ErrorCode::Internal;
}

Result<ProtocolMessage> trace_of(const Value& message) {
  const std::string type = text_at(message, {"trace", "type"});
  if (type == "ERROR") {
    std::string text = text_at(message, {"trace", "error", "message"});
    if (text.empty()) {
      text = text_at(message, {"trace", "error", "internal_message"});
    }
    return ProtocolMessage(message::Fault{
        .stream = text_at(message, {"trace", "error", "stream_descriptor", "name"}),
        .error = {.code = code_of(text_at(message, {"trace", "error", "failure_type"})),
                  .message = text.empty() ? "the program did not say what failed" : text}});
  }
  if (type == "STREAM_STATUS") {
    message::StreamPhase phase{
        .stream = text_at(message, {"trace", "stream_status", "stream_descriptor", "name"}),
        .status = text_at(message, {"trace", "stream_status", "status"})};
    if (phase.stream.empty() || phase.status.empty()) {
      return bad("of type TRACE has a status of no stream");
    }
    return ProtocolMessage(std::move(phase));
  }
  return ProtocolMessage(message::Other{.type = "TRACE " + type});
}

Result<ProtocolMessage> connection_status_of(const Value& message) {
  const std::string status = text_at(message, {"connectionStatus", "status"});
  if (status != "SUCCEEDED" && status != "FAILED") {
    return bad("of type CONNECTION_STATUS has no known status");
  }
  return ProtocolMessage(
      message::ConnectionStatus{.succeeded = status == "SUCCEEDED",
                                .text = text_at(message, {"connectionStatus", "message"})});
}

Result<ProtocolMessage> log_of(const Value& message) {
  return ProtocolMessage(message::LogLine{.level = level_of(text_at(message, {"log", "level"})),
                                          .text = text_at(message, {"log", "message"})});
}

Result<ProtocolMessage> whole_object(Value& message, const std::string& type) {
  if (type == "CATALOG") {
    Value* catalog = message.as_map()->find("catalog");
    if (catalog == nullptr || !catalog->is_map()) {
      return bad("of type CATALOG has no catalog");
    }
    return ProtocolMessage(message::Catalog{std::move(*catalog)});
  }
  if (type == "SPEC") {
    Value* spec = message.as_map()->find("spec");
    if (spec == nullptr || !spec->is_map()) {
      return bad("of type SPEC has no specification");
    }
    return ProtocolMessage(message::Specification{std::move(*spec)});
  }
  const Value* content = at(message, {"control", "connectorConfig", "config"});
  if (content == nullptr || !content->is_map()) {
    return ProtocolMessage(message::Other{.type = type});
  }
  return ProtocolMessage(message::Configuration{*content});
}

}  // namespace

Result<ProtocolMessage> parse_message(std::string_view line) {
  Result<Value> parsed = parse_json(line);
  if (!parsed.ok()) {
    return bad("is not JSON");
  }
  Value& message = *parsed;
  const std::string type = text_at(message, {"type"});
  if (type.empty()) {
    return bad("has no type");
  }
  if (type == "RECORD") {
    return record_of(message);
  }
  if (type == "STATE") {
    return state_of(message);
  }
  if (type == "LOG") {
    return log_of(message);
  }
  if (type == "TRACE") {
    return trace_of(message);
  }
  if (type == "CONNECTION_STATUS") {
    return connection_status_of(message);
  }
  if (type == "CATALOG" || type == "SPEC" || type == "CONTROL") {
    return whole_object(message, type);
  }
  return ProtocolMessage(message::Other{.type = type});
}

}  // namespace tendril
