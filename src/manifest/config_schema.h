// What a configuration's JSON Schema says beside yes and no: which alternative a configuration has
// chosen, what its defaults are, where its secrets stand.
// Source: JSON Schema draft 7; `airbyte_secret` of the manifest language's connection
// specification.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <vector>

#include "data/value.h"
#include "manifest/json_validation.h"

namespace tendril {

// Tells whether a value satisfies a schema.
using SchemaTest = std::function<bool(const Value& schema, const Value& value)>;

// Returns `schema` with every `oneOf` and `anyOf` replaced by the alternative that `value` fits, or
// else by the one that it names by its constants ("auth_type: token"), so that what is wrong can be
// said of that one. Where there is neither, the alternatives are dropped and a fault is added.
Value choose_alternatives(const Value& schema, const Value& value, const SchemaTest& fits,
                          std::vector<SchemaFault>& faults);

// Returns `config` with what it lacks and `schema` has a fitting default for. `schema` has its
// alternatives chosen.
Value with_defaults(const Value& schema, Value config, const SchemaTest& fits);

// Returns what `schema` says of the value at `path`, or nullptr. `schema` has its alternatives
// chosen.
const Value* schema_at(const Value& schema, std::span<const std::string> path);

// JSON pointers of what is marked secret, in all alternatives; "*" stands for every element of a
// list.
std::vector<std::string> find_secret_paths(const Value& schema);

// "/a~1b/0". Source: RFC 6901.
std::string to_pointer(std::span<const std::string> path);

}  // namespace tendril
