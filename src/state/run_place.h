// Where this user's runs are recorded.
#pragma once

#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.h"

namespace tendril {

// $TENDRIL_HOME/runs.db, else $XDG_STATE_HOME/tendril/runs.db, else
// ~/.local/state/tendril/runs.db. Source: XDG Base Directory Specification 0.8.
// Errors: NotFound when the environment names no home.
Result<std::filesystem::path> run_store_file(
    const std::function<std::optional<std::string>(const std::string& name)>& environment);

// Returns the URI without what may be secret: the password before the host, and the values of
// parameters that are named like one.
std::string without_secrets(std::string_view uri);

}  // namespace tendril
