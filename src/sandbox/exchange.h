// One HTTP exchange with the simulated API, as plain data.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sandbox/path.h"

namespace tendril {

struct ApiRequest {
  std::string method = "GET";
  std::string path;  // As sent, without the query.
  Pairs query = {};  // Decoded, in order.
  Pairs headers = {};
  std::string body = {};
  std::string base_url = {};  // As the client sees the server.
};

struct ApiResponse {
  int status = 200;
  Pairs headers = {};
  std::string content_type = "application/json";
  std::string body = {};
};

// The first header of that name, whatever its case.
const std::string* find_header(const Pairs& headers, std::string_view name);

}  // namespace tendril
