// Romanization: letters of the Latin, Greek and Cyrillic scripts as plain ASCII, for names.
#pragma once

#include <string>
#include <string_view>

namespace tendril {

// "Größe" → "Grosse", "Привет" → "Privet". Other scripts come out as blanks.
std::string romanized(std::string_view text);

}  // namespace tendril
