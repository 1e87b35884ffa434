#include "bridges/partner/partner_log.h"

#include <cstdio>

#include "data/json.h"
#include "data/log_text.h"

namespace tendril {

std::string PartnerLog::line(std::string_view level, std::string_view message) const {
  const Map fields = {
      {"level", std::string(level)},
      {"message", redactor_.redact(message)},
      {"message-origin",
       std::string(role_ == PartnerRole::Source ? "sdk_connector" : "sdk_destination")}};
  return to_json(Value(fields)) + "\n";
}

void PartnerLog::write(std::string_view level, std::string_view message) const {
  const std::string text = line(level, message);
  std::fwrite(text.data(), 1, text.size(), stdout);  // One call: lines of threads stay whole.
  std::fflush(stdout);
}

void PartnerLogSink::line(LogLevel level, std::string_view text) {
  switch (level) {
    case LogLevel::Error: log_.severe(log_text(text)); break;
    case LogLevel::Warning: log_.warning(log_text(text)); break;
    default: log_.info(log_text(text));
  }
}

}  // namespace tendril
