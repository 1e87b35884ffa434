#include "data/log_text.h"

#include "data/json.h"

namespace tendril {

std::string log_text(std::string_view line) {
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

}  // namespace tendril
