#include "bridges/partner/partner_log.h"

#include <cstdio>

#include "data/json.h"

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

}  // namespace tendril
