// What the kit throws. All are std::exception; one that leaves update() ends the sync with its
// text.
#pragma once

#include <stdexcept>
#include <string>

namespace tendril::sdk {

// A row, a schema, a state or a setting is wrong. The text says which, and what to do.
class ConnectorError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

// The sync is over: nobody takes operations any more.
class SyncEnded : public ConnectorError {
 public:
  using ConnectorError::ConnectorError;
};

}  // namespace tendril::sdk
