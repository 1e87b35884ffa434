#include "cli/command_builder.h"

#include <cstddef>

#include <CLI/CLI.hpp>

#include "core/near_miss.h"

namespace tendril {
namespace {

const Choices kLogFormats = {"text", "json"};
const Choices kLogLevels = {"debug", "info", "warning", "error", "off"};

}  // namespace

CommandBuilder::CommandBuilder(CLI::App& program) { add_global_options(program); }

CLI::App* CommandBuilder::add_command(CLI::App& parent, const std::string& name,
                                      const std::string& summary) {
  CLI::App* command = parent.add_subcommand(name, summary);
  add_global_options(*command);
  return command;
}

CLI::Option* CommandBuilder::add_choice(CLI::App& command, const std::string& names,
                                        std::string& value, const Choices& choices,
                                        const std::string& summary) {
  std::string list;
  for (const std::string& choice : choices) {
    list += (list.empty() ? "" : "|") + choice;
  }
  CLI::Option* option = command.add_option(names, value, summary);
  option->type_name(list)->check([choices](const std::string& word) {
    const bool known = std::find(choices.begin(), choices.end(), word) != choices.end();
    return known ? "" : "is unknown: " + word + did_you_mean(word, choices);
  });
  choices_[option] = choices;
  return option;
}

void CommandBuilder::add_source(CLI::App& command, SourceArguments& source) {
  command
      .add_option("SOURCE", source.source,
                  "A connector's name, its folder, a manifest file, or python:DIR")
      ->type_name("")
      ->required();
  command
      .add_option("-c,--config", source.config_file,
                  "Its configuration, JSON or YAML; ${NAME} stands for an environment variable")
      ->type_name("FILE");
  command.add_option("--set", source.settings, "One setting, over the file's: --set page_size=50")
      ->type_name("KEY=VALUE")
      ->allow_extra_args(false);
}

GlobalArguments CommandBuilder::global() const {
  GlobalArguments arguments;
  arguments.log_format = enum_of<LogFormat>(log_format_, kLogFormats);
  if (!log_level_.empty()) {
    arguments.log_level = enum_of<LogLevel>(log_level_, kLogLevels);
  }
  arguments.catalogue = catalogue_;
  for (const std::string& rewrite : origin_rewrites_) {
    const std::size_t equals = rewrite.find("=http");
    arguments.origin_rewrites.emplace_back(rewrite.substr(0, equals), rewrite.substr(equals + 1));
  }
  return arguments;
}

void CommandBuilder::add_global_options(CLI::App& command) {
  const std::string group = "Options of every command";
  add_choice(command, "--log-format", log_format_, kLogFormats,
             "Lines for people, or one JSON object per line")
      ->group(group);
  add_choice(command, "--log-level", log_level_, kLogLevels, "The least that is logged")
      ->group(group);
  command.add_option("--catalogue", catalogue_, "The folder of connectors; also TENDRIL_CATALOGUE")
      ->type_name("DIR")
      ->group(group);
  command
      .add_option("--rewrite-origin", origin_rewrites_,
                  "Send requests for one origin to another, for sandboxes and tests: "
                  "https://api.example.com=http://127.0.0.1:8080")
      ->type_name("FROM=TO")
      ->allow_extra_args(false)
      ->check([](const std::string& text) {
        return text.find("=http") == std::string::npos ? "is not of the form FROM=TO: " + text : "";
      })
      ->group(group);
}

}  // namespace tendril
