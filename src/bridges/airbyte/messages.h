// The messages of the Airbyte protocol that a source sends: each returns one line of JSON with its
// line break.
// Source: Airbyte protocol 0.3.2, airbyte_protocol.yaml.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.h"
#include "core/log.h"
#include "data/instant.h"
#include "data/value.h"

namespace tendril {

enum class StreamStatus { Started, Running, Complete, Incomplete };

// What a SPEC message says of a connector.
struct ConnectorSpecification {
  Value connection_specification;  // JSON Schema of the configuration.
  std::string documentation_url = {};
  Value advanced_auth = {};  // As the manifest has it, or null.
};

// The part of a whole stream that is known beforehand.
struct StreamEstimate {
  std::int64_t rows = 0;
  std::int64_t bytes = 0;

  friend bool operator==(const StreamEstimate&, const StreamEstimate&) = default;
};

std::string spec_message(const ConnectorSpecification& specification);

// SUCCEEDED without a fault, else FAILED.
std::string connection_status_message(const std::optional<std::string>& fault);

std::string log_message(LogLevel level, std::string_view text);

// `state` is JSON; `records` is the number of RECORD messages of the stream since its last STATE.
std::string state_message(std::string_view stream, std::string_view state, std::int64_t records);

std::string stream_status_message(std::string_view stream, StreamStatus status, Instant at);

std::string estimate_message(std::string_view stream, const StreamEstimate& estimate, Instant at);

// `stream` is "" for what ends the whole run.
std::string error_message(const Error& error, std::string_view stream, Instant at);

// The whole configuration, with what changed in it.
std::string control_message(const Value& config, Instant at);

// Milliseconds since 1970, as messages carry times.
std::int64_t emitted_at(Instant instant);

// "config_error" when the user has to act, "transient_error" when the next attempt may go well,
// else "system_error".
std::string_view failure_type(ErrorCode code);

}  // namespace tendril
