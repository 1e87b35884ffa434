// Values as the wire of the partner protocol has them, as the cells of frames.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "bridges/fivetran/frame.h"
#include "data/types.h"

namespace fivetran_sdk::v2 {
class ValueType;
}  // namespace fivetran_sdk::v2

namespace tendril {

// The texts are those of the value. Nothing: `problem` says why, "a time of day beyond the day".
std::optional<FrameCell> cell_of(const fivetran_sdk::v2::ValueType& value, std::string& problem);

// A scalar that came as text, as the column's declared type reads it; of Unknown: a number or a
// truth value when it is written as one would be, else text.
std::optional<FrameCell> cell_of_text(std::string_view text, Type type, std::string& problem);

// "1.5", "NaN", "-Infinity".
std::optional<double> real_of_text(std::string_view text);

}  // namespace tendril
