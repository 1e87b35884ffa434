// The style sheet of a run report's page: light and dark, wide and narrow.
#pragma once

#include <string_view>

namespace tendril {

std::string_view report_style();

}  // namespace tendril
