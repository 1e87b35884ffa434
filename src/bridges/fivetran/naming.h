// The names that tables and columns get in the warehouse.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.h"

namespace tendril {

enum class ProjectNaming : std::uint8_t {
  Fivetran,  // Lower case words joined by "_": "startTime" becomes "start_time".
  Source,    // As the connector wrote them.
};

// Takes "FIVETRAN" or "SOURCE" in any case. Errors: InvalidConfig.
Result<ProjectNaming> parse_naming(std::string_view text);

std::string warehouse_table(std::string_view name, ProjectNaming naming);
std::string warehouse_column(std::string_view name, ProjectNaming naming);

// The name as the warehouse compares it: A to Z are no other letters than a to z.
std::string folded_name(std::string_view name);

}  // namespace tendril
