// The form that asks for a configuration, made of its JSON Schema.
#pragma once

#include "data/value.h"

namespace fivetran_sdk::v2 {
class ConfigurationFormResponse;
}  // namespace fivetran_sdk::v2

namespace tendril {

// Adds a field for each setting: named as nested_configuration() reads it, a password for what is
// secret, a choice for what has a list of allowed values, a switch for truth values, a text for all
// else. Alternatives are one choice and the fields that come with it.
void put_form(const Value& schema, fivetran_sdk::v2::ConfigurationFormResponse& form);

}  // namespace tendril
