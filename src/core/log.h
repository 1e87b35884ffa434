// Log: structured lines on stderr, for people (text) or programs (JSON). A line is a
// constant message and named fields; facts go into fields, never into the message.
//
//   log.info("stream finished", {{"stream", name}, {"rows", rows}});
//
// Levels say who must act: error = data at risk or an operator needed; warning =
// recovered, nothing lost; info = start or end of something; debug = for authors.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <variant>

#include "core/clock.h"
#include "core/secret.h"

namespace tendril {

enum class LogLevel { Debug, Info, Warning, Error, Off };
enum class LogFormat { Text, Json };

struct LogField {
  template <class T>
  LogField(std::string_view field_name, const T& field_value) : name(field_name) {
    if constexpr (std::is_same_v<T, bool>) {
      value = field_value;
    } else if constexpr (std::is_integral_v<T>) {
      value = static_cast<std::int64_t>(field_value);
    } else if constexpr (std::is_floating_point_v<T>) {
      value = static_cast<double>(field_value);
    } else {
      value = std::string_view(field_value);
    }
  }

  std::string_view name;
  std::variant<bool, std::int64_t, double, std::string_view> value;
};

using LogFields = std::initializer_list<LogField>;

// Where finished lines go.
// Threads: safe to share.
class LogSink {
 public:
  virtual ~LogSink() = default;
  virtual void line(LogLevel level, std::string_view text) = 0;
};

// Writes to stderr.
std::unique_ptr<LogSink> stderr_sink();

// Threads: safe to share.
class Log {
 public:
  // `clock`, `redactor` and `sink` must outlive the log.
  Log(LogLevel level, LogFormat format, const Clock& clock, const Redactor& redactor, LogSink& sink)
      : level_(level), format_(format), clock_(clock), redactor_(redactor), sink_(sink) {}

  void debug(std::string_view message, LogFields fields = {}) {
    write(LogLevel::Debug, message, fields);
  }
  void info(std::string_view message, LogFields fields = {}) {
    write(LogLevel::Info, message, fields);
  }
  void warning(std::string_view message, LogFields fields = {}) {
    write(LogLevel::Warning, message, fields);
  }
  void error(std::string_view message, LogFields fields = {}) {
    write(LogLevel::Error, message, fields);
  }

  bool enabled(LogLevel level) const { return level >= level_; }

 private:
  void write(LogLevel level, std::string_view message, LogFields fields);

  const LogLevel level_;
  const LogFormat format_;
  const Clock& clock_;
  const Redactor& redactor_;
  LogSink& sink_;
};

std::string_view to_string(LogLevel level);

}  // namespace tendril
