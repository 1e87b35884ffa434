// Spec: what a connector asks its user for: a JSON Schema, against which a configuration is checked
// and completed.
// Source: manifest component "Spec"; JSON Schema draft 7.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"
#include "core/secret.h"
#include "data/value.h"
#include "manifest/node.h"

namespace tendril {

// A configuration that satisfies its spec.
struct CheckedConfig {
  Value config;  // With the defaults filled in.
  // What is odd but harmless: "unknown key: apikey (did you mean api_key?)".
  std::vector<std::string> warnings;
};

// Threads: safe to share.
class Spec {
 public:
  Spec() : schema_(Map()) {}  // Asks for nothing and takes everything.

  // `spec` is the manifest's `spec`.
  // Errors: InvalidConfig with file, line and column.
  static Result<Spec> from(const Node& spec);
  static Result<Spec> from_schema(Value schema);

  // JSON Schema of the configuration.
  const Value& schema() const { return schema_; }
  const std::string& documentation_url() const { return documentation_url_; }
  // How a platform can obtain credentials by OAuth for the user, as the manifest says it; or null.
  const Value& advanced_auth() const { return advanced_auth_; }

  // Checks `config` and fills in what the schema has defaults for.
  // Errors: InvalidConfig naming every fault by its path, one after another, and never a value.
  Result<CheckedConfig> check(const Value& config) const;

  // JSON pointers of the settings that are secret ("airbyte_secret: true"), in the order of the
  // schema; "*" stands for every element of a list.
  const std::vector<std::string>& secret_paths() const { return secret_paths_; }

  // The values in `config` that stand at secret_paths().
  std::vector<Secret> secrets_of(const Value& config) const;

 private:
  Value schema_;
  std::string documentation_url_;
  Value advanced_auth_;
  std::vector<std::string> secret_paths_;
};

}  // namespace tendril
