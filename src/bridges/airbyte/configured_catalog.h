// The configured catalog: which streams a platform wants to read.
// Source: Airbyte protocol 0.3.2, ConfiguredAirbyteCatalog.
#pragma once

#include <string>
#include <vector>

#include "core/result.h"
#include "data/value.h"

namespace tendril {

enum class SyncMode { FullRefresh, Incremental };

struct ConfiguredStream {
  std::string name;
  SyncMode mode = SyncMode::FullRefresh;
  // Where the field stands that the user chose to go on by, step by step; empty: the source's own.
  std::vector<std::string> cursor_field = {};
};

// Reads {"streams":[{"stream":{"name":…},"sync_mode":…},…]}; the rest of it concerns destinations.
// Errors: InvalidConfig naming the place.
Result<std::vector<ConfiguredStream>> parse_configured_catalog(const Value& catalog);

}  // namespace tendril
