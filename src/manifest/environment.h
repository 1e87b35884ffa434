// Environment: what all components of a running manifest share.
#pragma once

#include <filesystem>

#include "core/clock.h"
#include "core/log.h"
#include "core/secret.h"
#include "data/value.h"

namespace tendril {

class AsyncJobLimit;
class ClientPool;

// All of it outlives the components that are compiled with it.
struct Environment {
  const Value& config;
  Clock& clock;
  Log& log;
  ClientPool& clients;
  AsyncJobLimit* job_limit = nullptr;               // Null: as many jobs as there are slices.
  std::filesystem::path files_directory = "files";  // Where files of records go.
};

}  // namespace tendril
