// Log lines for those who take texts rather than lines.
#pragma once

#include <string>
#include <string_view>

namespace tendril {

// What a line of LogFormat::Json says, without its time and level: "stream finished rows=7".
std::string log_text(std::string_view line);

}  // namespace tendril
