#include "bridges/airbyte/message_log.h"

#include <string>

#include "bridges/airbyte/messages.h"
#include "data/json.h"

namespace tendril {
namespace {

// "stream finished stream=issues rows=7"
std::string text_of(std::string_view line) {
  const Result<Value> parsed = parse_json(line);
  const Map* fields = parsed.ok() ? parsed->as_map() : nullptr;
  if (fields == nullptr) {
    return std::string(line);
  }
  std::string text;
  for (const auto& [name, value] : fields->members()) {
    if (name == "time" || name == "level") {
      continue;
    }
    text += name == "message" ? "" : " " + name + "=";
    text += value.is_string() ? *value.as_string() : to_json(value);
  }
  return text;
}

}  // namespace

void MessageLog::line(LogLevel level, std::string_view text) {
  // Where nobody reads there is nobody to tell; the writer keeps the error for whoever needs it.
  (void)writer_.write(log_message(level, text_of(text)));
}

}  // namespace tendril
