// ConnectionCheck: proves that a configuration works, by reading a page of a few streams.
// Source: manifest components "CheckStream", "CheckDynamicStream" and "DynamicStreamCheckConfig".
#pragma once

#include <stop_token>

#include "core/result.h"
#include "data/value.h"
#include "manifest/environment.h"
#include "manifest/node.h"
#include "manifest/stream_set.h"

namespace tendril {

// `check` is the manifest's; `streams` are those under the configuration that is checked.
// Errors: what keeps a stream from being read, with its name; InvalidConfig when there is nothing
//   to read.
Status check_connection(const Node& check, StreamSet& streams, const Environment& environment,
                        std::stop_token stop);

// The configuration that is checked in place of `config`, where the manifest wants another.
// Errors: InvalidConfig when what it changes is not the connector's to change.
Result<Value> config_for_check(const Node& check, const Value& config);

}  // namespace tendril
