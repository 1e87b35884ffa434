// The text of a floating-point number: the shortest that reads back as the same number.
#pragma once

#include <string>

namespace tendril {

// "1.5", "1.0", "1e+300"; "NaN", "Infinity", "-Infinity".
std::string number_text(double value);
std::string number_text(float value);

}  // namespace tendril
