// The name under which people know a connector.
#pragma once

#include <string>
#include <string_view>

#include "manifest/manifest_document.h"

namespace tendril {

// Returns the title of the manifest's spec without the words that only say that it is one
// ("Toy Box Source Spec"), or else the connector's name spelt out: "time-off" as "Time Off".
std::string connector_title(const ManifestDocument& document, std::string_view name);

}  // namespace tendril
