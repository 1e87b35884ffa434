// Values of a configuration that were stored encrypted: "fivetran_encrypted:" and, in Base64, a
// nonce of 12 bytes, the text in AES-256-GCM with the field's name as associated data, its tag.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "core/result.h"
#include "core/secret.h"
#include "data/value.h"

namespace tendril {

bool is_encrypted_setting(std::string_view value);

// Errors: InvalidConfig naming the field when the key does not fit.
Result<Secret> decrypt_setting(std::string_view field, std::string_view value, const Secret& key);

// Replaces the encrypted values of a configuration; the key, 32 bytes in Base64, is read from
// `key_file` when there is one. Errors: InvalidConfig naming the field, and the file when it lacks.
Status decrypt_configuration(Value& configuration, const std::filesystem::path& key_file);

}  // namespace tendril
