// What stands behind "fivetran:" in a destination's URI: "HOST:PORT[?schema=NAME&...]".
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "bridges/partner/batch_file.h"
#include "core/result.h"

namespace tendril {

struct PartnerTarget {
  std::string address;             // HOST:PORT
  std::string schema = "tendril";  // Where tables go.
  std::string configuration_file = {};
  std::optional<BatchFileFormat> format = std::nullopt;  // Else what the server says it reads.
  std::optional<BatchCompression> compression = std::nullopt;
  bool encrypted = true;
  std::filesystem::path folder = {};  // For batch files; empty: beside the records of runs.
};

// Errors: InvalidConfig, naming what is wrong.
Result<PartnerTarget> parse_partner_target(std::string_view text);

// Of a target, or of a server that says what it reads. Parquet is compressed within.
BatchFileParams batch_params(const PartnerTarget& target, BatchFileFormat format);

}  // namespace tendril
