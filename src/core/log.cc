#include "core/log.h"

#include <cstdio>
#include <ctime>
#include <mutex>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "core/json_text.h"

namespace tendril {
namespace {

std::string timestamp(Clock::Wall time) {
  const auto micros = time.time_since_epoch().count();
  const auto millis = (micros / 1000) % 1000;
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z",
                     fmt::gmtime(static_cast<std::time_t>(micros / 1000000)), millis);
}

std::string json_line(std::string_view time, LogLevel level, std::string_view message,
                      LogFields fields) {
  std::string line =
      fmt::format(R"({{"time":"{}","level":"{}","message":)", time, to_string(level));
  append_json_string(line, message);
  for (const LogField& field : fields) {
    line += ',';
    append_json_string(line, field.name);
    line += ':';
    if (const auto* text = std::get_if<std::string_view>(&field.value)) {
      append_json_string(line, *text);
    } else {
      std::visit([&](auto value) { line += fmt::format("{}", value); }, field.value);
    }
  }
  return line + '}';
}

std::string text_line(std::string_view time, LogLevel level, std::string_view message,
                      LogFields fields) {
  std::string line = fmt::format("{} {:<7} {}", time, to_string(level), message);
  for (const LogField& field : fields) {
    std::visit([&](auto value) { line += fmt::format(" {}={}", field.name, value); }, field.value);
  }
  return line;
}

class StderrSink final : public LogSink {
 public:
  void line(LogLevel /*level*/, std::string_view text) override {
    const std::lock_guard lock(mutex_);
    std::fwrite(text.data(), 1, text.size(), stderr);
    std::fputc('\n', stderr);
  }

 private:
  std::mutex mutex_;  // Keeps lines whole.
};

}  // namespace

std::string_view to_string(LogLevel level) {
  switch (level) {
    case LogLevel::Debug: return "debug";
    case LogLevel::Info: return "info";
    case LogLevel::Warning: return "warning";
    case LogLevel::Error: return "error";
    case LogLevel::Off: return "off";
  }
  return "unknown";
}

std::unique_ptr<LogSink> stderr_sink() { return std::make_unique<StderrSink>(); }

void Log::write(LogLevel level, std::string_view message, LogFields fields) {
  if (!enabled(level)) {
    return;
  }
  const std::string time = timestamp(clock_.now());
  const std::string line = format_ == LogFormat::Json ? json_line(time, level, message, fields)
                                                      : text_line(time, level, message, fields);
  sink_.line(level, redactor_.redact(line));
}

}  // namespace tendril
