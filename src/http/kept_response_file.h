// The files in which an HttpCache keeps answers.
// Format: "tendril-http 1", a line of JSON that describes the answer, and the body. A file whose
// body is not the one described is damaged.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/http_cache.h"

namespace tendril {

struct KeptFile {
  KeptResponse response;
  // The request headers that the answer depends on, and a fingerprint of what they were.
  std::vector<std::string> vary = {};
  std::string vary_values = {};
};

std::string to_file_text(const KeptFile& file);

// Returns nullopt for a damaged text.
std::optional<KeptFile> parse_kept_file(std::string_view text);

}  // namespace tendril
