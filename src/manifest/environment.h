// Environment: what all components of a running manifest share.
#pragma once

#include "core/clock.h"
#include "core/log.h"
#include "core/secret.h"
#include "data/value.h"

namespace tendril {

class ClientPool;

// All of it outlives the components that are compiled with it.
struct Environment {
  const Value& config;
  Clock& clock;
  Log& log;
  ClientPool& clients;
};

}  // namespace tendril
