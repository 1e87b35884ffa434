// ConfigRules: what a manifest does to the user's configuration before anything else sees it:
// migrations, which are kept, transformations, which are not, and validations.
// Source: manifest component "ConfigNormalizationRules".
#pragma once

#include <memory>
#include <vector>

#include "connector/registry.h"
#include "core/clock.h"
#include "core/log.h"
#include "core/result.h"
#include "data/value.h"
#include "manifest/node.h"

namespace tendril {

// One change of a configuration. Source: manifest components "ConfigAddFields",
// "ConfigRemoveFields" and "ConfigRemapField".
// Threads: safe to share.
class ConfigChange {
 public:
  virtual ~ConfigChange() = default;

  // Errors: InvalidConfig from templates.
  virtual Status apply(Value& config, const Clock& clock) const = 0;
};

// Errors: InvalidConfig and Unsupported with file, line and column.
Result<std::unique_ptr<const ConfigChange>> config_change(const Node& node);

// Threads: safe to share.
class ConfigRules {
 public:
  // `spec` is the manifest's Spec; it may have none.
  // Errors: InvalidConfig and Unsupported with file, line and column.
  static Result<ConfigRules> compile(const Node& spec);

  // Applies the migrations and stores what they changed with `save`, which may be empty; then the
  // transformations. What can not be stored is changed anew by each run, and reported to `log`.
  // Errors: InvalidConfig from templates.
  Result<Value> normalized(Value config, const Clock& clock, const ConfigSaver& save,
                           Log& log) const;

  // Errors: InvalidConfig naming the setting, and never its value.
  Status validate(const Value& config, const Clock& clock) const;

 private:
  using Changes = std::vector<std::shared_ptr<const ConfigChange>>;

  static Result<Changes> compile_changes(const Node& owner, std::string_view key);

  Changes migrations_;
  Changes transformations_;
  std::vector<Node> validations_;
};

}  // namespace tendril
