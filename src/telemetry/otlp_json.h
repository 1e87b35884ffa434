// Spans in the JSON encoding of OTLP.
// Source: opentelemetry.io/docs/specs/otlp, "JSON Protobuf Encoding"; opentelemetry/proto/trace/v1.
#pragma once

#include <span>
#include <string>

#include "telemetry/span.h"

namespace tendril {

// Returns the body of one ExportTraceServiceRequest.
std::string otlp_json(std::span<const Span> spans, const std::string& service_version);

}  // namespace tendril
