// The columns that the warehouse of a project adds to its tables.
#pragma once

#include <string_view>

namespace tendril {

inline constexpr std::string_view kFivetranSynced = "_fivetran_synced";
inline constexpr std::string_view kFivetranDeleted = "_fivetran_deleted";
inline constexpr std::string_view kFivetranId = "_fivetran_id";

// True for the names that no column of a connector may have.
constexpr bool is_system_column(std::string_view name) {
  return name == kFivetranSynced || name == kFivetranDeleted || name == kFivetranId;
}

}  // namespace tendril
