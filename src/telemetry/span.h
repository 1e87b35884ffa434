// Span: one piece of work in a trace, as OpenTelemetry sees it.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/clock.h"

namespace tendril {

struct SpanAttribute {
  std::string key;
  std::variant<std::string, std::int64_t, bool> value;
};

struct Span {
  enum class Kind { Internal = 1, Client = 3 };  // As OTLP numbers them.

  std::string trace_id;        // 32 hexadecimal digits.
  std::string span_id;         // 16.
  std::string parent_id = {};  // "" for the first of a trace.
  std::string name;
  Kind kind = Kind::Internal;
  Clock::Wall started_at{};
  Clock::Wall ended_at{};
  std::vector<SpanAttribute> attributes = {};
  bool is_error = false;
  std::string error = {};
};

// Threads: safe to share.
class SpanSink {
 public:
  virtual ~SpanSink() = default;
  // Never waits: a sink that is full drops the span.
  virtual void add(Span span) = 0;
};

}  // namespace tendril
