// Reads the messages of the Airbyte protocol that other programs send.
// Source: Airbyte protocol 0.3.2, airbyte_protocol.yaml.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "core/error.h"
#include "core/log.h"
#include "core/result.h"
#include "data/value.h"

namespace tendril {

namespace message {

struct Record {
  std::string stream;
  Map data;
};

// The state of one stream; of a GLOBAL or LEGACY state, `stream` is "" and `state` the whole.
struct State {
  std::string stream;
  Value state;
};

struct LogLine {
  LogLevel level = LogLevel::Info;
  std::string text;
};

// A TRACE that says that something failed.
struct Fault {
  std::string stream;  // "" where it names none.
  Error error;
};

// A TRACE that says how far a stream is: "STARTED", "COMPLETE", …
struct StreamPhase {
  std::string stream;
  std::string status;
};

struct ConnectionStatus {
  bool succeeded = false;
  std::string text;
};

struct Catalog {
  Value catalog;
};

struct Specification {
  Value specification;
};

// A changed configuration.
struct Configuration {
  Value config;
};

// One that says nothing that is used here: an estimate, an analytics message, an unknown type.
struct Other {
  std::string type;
};

}  // namespace message

using ProtocolMessage =
    std::variant<message::Record, message::State, message::LogLine, message::Fault,
                 message::StreamPhase, message::ConnectionStatus, message::Catalog,
                 message::Specification, message::Configuration, message::Other>;

// Reads one line.
// Errors: BadData when it is not JSON, no message, or lacks what its type requires; it names what
//   is wrong and never shows the line.
Result<ProtocolMessage> parse_message(std::string_view line);

}  // namespace tendril
