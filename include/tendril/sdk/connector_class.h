// Connector: what a connector defines.
#pragma once

#include <vector>

#include "configuration.h"
#include "form.h"
#include "json.h"
#include "schema.h"
#include "sync.h"

namespace tendril::sdk {

// Calls: schema(), then update(), once each, in a process of its own; or form() alone. Whatever
// they throw ends the sync: what the last checkpoint covers is kept.
class Connector {
 public:
  virtual ~Connector() = default;

  // The tables, as far as they are known before they are read.
  virtual std::vector<Table> schema(const Configuration& configuration) {
    static_cast<void>(configuration);
    return {};
  }

  // Sends what is new since the sync that left `state`, an empty object in the first one, and says
  // with checkpoint() where the next one goes on.
  virtual void update(const Configuration& configuration, const State& state, Sync& sync) = 0;

  // What to ask the user for; `tendril debug --form` shows it and runs its tests.
  virtual Form form() { return {}; }
};

}  // namespace tendril::sdk
