#include "telemetry/otlp_json.h"

#include <type_traits>
#include <utility>

#include "data/json.h"
#include "data/value.h"

namespace tendril {
namespace {

constexpr int kStatusOk = 0;  // "Unset": nobody judged it.
constexpr int kStatusError = 2;

Value attribute(const SpanAttribute& attribute) {
  Value value = std::visit(
      [](const auto& held) -> Value {
        using Held = std::decay_t<decltype(held)>;
        if constexpr (std::is_same_v<Held, std::string>) {
          return Map{{"stringValue", Value(held)}};
        } else if constexpr (std::is_same_v<Held, bool>) {
          return Map{{"boolValue", Value(held)}};
        } else {
          return Map{{"intValue", Value(std::to_string(held))}};  // 64 bits are text in JSON.
        }
      },
      attribute.value);
  return Map{{"key", Value(attribute.key)}, {"value", std::move(value)}};
}

Value nanoseconds(Clock::Wall time) {
  return Value(std::to_string(
      std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count()));
}

Value span_json(const Span& span) {
  List attributes;
  for (const SpanAttribute& each : span.attributes) {
    attributes.push_back(attribute(each));
  }
  Map status{{"code", Value(std::int64_t{span.is_error ? kStatusError : kStatusOk})}};
  if (!span.error.empty()) {
    status.append("message", Value(span.error));
  }
  Map map{{"traceId", Value(span.trace_id)},
          {"spanId", Value(span.span_id)},
          {"name", Value(span.name)},
          {"kind", Value(static_cast<std::int64_t>(span.kind))},
          {"startTimeUnixNano", nanoseconds(span.started_at)},
          {"endTimeUnixNano", nanoseconds(span.ended_at)},
          {"attributes", Value(std::move(attributes))},
          {"status", Value(std::move(status))}};
  if (!span.parent_id.empty()) {
    map.append("parentSpanId", Value(span.parent_id));
  }
  return map;
}

}  // namespace

std::string otlp_json(std::span<const Span> spans, const std::string& service_version) {
  List encoded;
  for (const Span& span : spans) {
    encoded.push_back(span_json(span));
  }
  List resource = {attribute({"service.name", "tendril"}),
                   attribute({"service.version", service_version})};
  Map scope_spans{
      {"scope", Value(Map{{"name", Value("tendril")}, {"version", Value(service_version)}})},
      {"spans", Value(std::move(encoded))}};
  Map resource_spans{{"resource", Value(Map{{"attributes", Value(std::move(resource))}})},
                     {"scopeSpans", Value(List{Value(std::move(scope_spans))})}};
  return to_json(Value(Map{{"resourceSpans", Value(List{Value(std::move(resource_spans))})}}));
}

}  // namespace tendril
