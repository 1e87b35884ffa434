// The columns and tables that destinations add to those of the source. All names that begin with
// "_tendril" are ours.
#pragma once

#include <string_view>

namespace tendril {

constexpr std::string_view kSyncedColumn = "_tendril_synced";
constexpr std::string_view kDeletedColumn = "_tendril_deleted";
// Mode History only.
constexpr std::string_view kStartColumn = "_tendril_start";
constexpr std::string_view kEndColumn = "_tendril_end";
constexpr std::string_view kActiveColumn = "_tendril_active";

constexpr std::string_view kStateTable = "_tendril_state";
constexpr std::string_view kEpochTable = "_tendril_epoch";

}  // namespace tendril
