// A configuration as the partner protocol has it, texts by names, and as our sources have it.
#pragma once

#include <map>
#include <string>

#include "core/result.h"
#include "data/value.h"

namespace tendril {

using FlatSettings = std::map<std::string, std::string>;

// Returns `defaults` with the settings over them. "a.b" is the member b of the object a. An empty
// text is a setting that was not made. What a text stands for is as `schema`, the JSON Schema of
// the configuration, says: text; numbers, true, false, lists and objects as JSON; a list of texts
// also as texts between commas. Where it says nothing, what reads as JSON is taken as JSON.
// Errors: InvalidConfig naming a setting that leads into a value that is no object.
Result<Value> nested_configuration(const FlatSettings& settings, const Value& schema,
                                   Value defaults);

// The other way: members of objects by their path, texts as they are, all else as JSON.
FlatSettings flat_configuration(const Value& configuration);

}  // namespace tendril
