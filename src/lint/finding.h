// Finding: one thing that lint says about a manifest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "manifest/node.h"

namespace tendril {

enum class Severity : std::uint8_t {
  Note,     // Worth knowing; shown on request, and never counted against a manifest.
  Warning,  // It runs, but not as its author will want.
  Error,    // It can not run as it stands.
};

std::string_view to_string(Severity severity);

struct Finding {
  std::string_view rule;  // The id of a LintRule.
  Severity severity = Severity::Error;
  Position position;
  std::string key_path;  // "streams.0.retriever", or "".
  std::string message;   // What is wrong. Never a secret.
  std::string advice;    // What to do about it.
};

}  // namespace tendril
