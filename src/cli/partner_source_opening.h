// Opens a server of the partner protocol as a source: fivetran:HOST:PORT.
#pragma once

#include <string_view>

#include "cli/command_line.h"
#include "cli/source_opening.h"
#include "core/result.h"

namespace tendril {

inline constexpr std::string_view kPartnerPrefix = "fivetran:";

// The configuration is sent as texts: members of objects by their path, "a.b".
// Errors: InvalidConfig for the address and the configuration; Unsupported for options of the host
//   that do not reach a server.
Result<OpenedSource> open_partner_source(const SourceArguments& arguments, const SourceHost& host);

}  // namespace tendril
