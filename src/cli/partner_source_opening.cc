#include "cli/partner_source_opening.h"

#include <string>
#include <utility>

#include "bridges/partner/flat_settings.h"
#include "bridges/partner/partner_source.h"
#include "cli/config_file.h"
#include "cli/project_opening.h"

namespace tendril {
namespace {

// Those of the command line are texts, whatever they look like.
Result<FlatSettings> settings_of(const SourceArguments& arguments) {
  FlatSettings settings;
  if (!arguments.config_file.empty()) {
    const Value file = TRY(read_config_file(arguments.config_file, process_environment()));
    settings = flat_configuration(file);
  }
  for (const std::string& setting : arguments.settings) {
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos || equals == 0) {
      return Error{ErrorCode::InvalidConfig,
                   "setting is not of the form key=value: " + setting.substr(0, equals)};
    }
    settings[setting.substr(0, equals)] = setting.substr(equals + 1);
  }
  return settings;
}

}  // namespace

Result<OpenedSource> open_partner_source(const SourceArguments& arguments, const SourceHost& host) {
  if (!host.global.origin_rewrites.empty()) {
    return Error{ErrorCode::Unsupported,
                 "--rewrite-origin does not reach the requests of a server"};
  }
  PartnerSourceOptions options{.address = arguments.source.substr(kPartnerPrefix.size())};
  options.configuration = TRY(settings_of(arguments));
  for (const auto& [name, text] : options.configuration) {
    if (sounds_secret(name)) {
      host.redactor.add(Secret(text));
    }
  }
  std::string name = options.address;
  return OpenedSource{std::move(name), nullptr, partner_source(std::move(options), host.log)};
}

}  // namespace tendril
