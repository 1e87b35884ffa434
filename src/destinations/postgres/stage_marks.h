// The columns that a stage has beside those of its rows.
#pragma once

#include <string_view>

namespace tendril {

constexpr std::string_view kOrderMark = "_tendril_order";          // Tells the rows' order.
constexpr std::string_view kOperationMark = "_tendril_operation";  // 0: upsert; 1: delete.

}  // namespace tendril
