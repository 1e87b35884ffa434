// debug, reset, init: connector projects, in Python or C++.
#include <string>

#include <CLI/CLI.hpp>

#include "cli/command_grammar.h"

namespace tendril {
namespace {

const Choices kStyles = {"new", "old"};
const Choices kLevels = {"debug", "fine", "info", "warning", "error", "severe", "critical"};
const Choices kTemplates = {"python", "cpp", "manifest"};

class ProjectGrammar final : public CommandGrammar {
 public:
  ProjectGrammar(CLI::App& program, CommandBuilder& builder)
      : debug_command_(builder.add_command(program, "debug",
                                           "Run a connector project into files/warehouse.db")),
        reset_command_(builder.add_command(
            program, "reset", "Remove the warehouse and the state of a project's debug runs")),
        init_command_(builder.add_command(program, "init", "Begin a connector project")) {
    add_debug(builder);
    reset_command_->add_option("DIR", reset_.folder, "The project's folder; . by default")
        ->type_name("");
    reset_command_->add_flag("--force,--yes", reset_.force, "For scripts; there is no question");
    init_command_->add_option("DIR", init_.folder, "Its folder, made when it does not exist")
        ->type_name("")
        ->required();
    builder.add_choice(*init_command_, "--template", template_, kTemplates, "What to begin with");
  }

  std::optional<CommandArguments> arguments_of(const CLI::App& chosen) const override {
    if (&chosen == debug_command_) {
      DebugArguments arguments = debug_;
      arguments.style = enum_of<DebugStyle>(style_, kStyles);
      arguments.least =
          static_cast<ProjectLevel>(static_cast<int>(enum_of<ProjectLevel>(level_, kLevels)) +
                                    static_cast<int>(ProjectLevel::Debug));
      return arguments;
    }
    if (&chosen == reset_command_) {
      return reset_;
    }
    if (&chosen == init_command_) {
      InitArguments arguments = init_;
      arguments.kind = enum_of<ProjectTemplate>(template_, kTemplates);
      return arguments;
    }
    return std::nullopt;
  }

 private:
  void add_debug(CommandBuilder& builder) {
    debug_command_
        ->add_option("PROJECT", debug_.project,
                     "A folder with connector.py, . by default; or a connector that was built, a "
                     "program or a shared library")
        ->type_name("");
    debug_command_
        ->add_option("--configuration", debug_.configuration_file,
                     "The configuration; else FIVETRAN_CONFIGURATION names it, else it is "
                     "configuration.json")
        ->type_name("FILE");
    debug_command_
        ->add_option("--state", debug_.state_file,
                     "The state to go on from; else FIVETRAN_STATE names it, else it is "
                     "files/state.json")
        ->type_name("FILE");
    debug_command_
        ->add_option("--naming", debug_.naming,
                     "FIVETRAN: names in lower case; SOURCE: as the connector wrote them")
        ->type_name("NAMING");
    // Connectors have more levels than the program.
    debug_command_->remove_option(debug_command_->get_option("--log-level"));
    builder.add_choice(*debug_command_, "--log-level", level_, kLevels,
                       "The least level of lines to show");
    debug_command_
        ->add_option("--python", debug_.python,
                     "The Python of a project in Python; else that of .venv or venv, else python3")
        ->type_name("PROGRAM");
    builder.add_choice(*debug_command_, "--style", style_, kStyles,
                       "The wording of versions from 2.26 on, or of older ones");
    debug_command_
        ->add_option("--dump-operations", debug_.dump_file,
                     "Write all operations as they came, one JSON object a line")
        ->type_name("FILE");
    debug_command_->add_flag(
        "--form", debug_.form,
        "Print the connector's configuration form and what its tests say of the configuration, as "
        "JSON; no sync");
    add_modes();
    debug_command_->footer(
        "\nRows go to files/warehouse.db (DuckDB, schema tester), the state to files/state.json: "
        "in "
        "the project's folder, or, of one that was built, in the current one.\nExit status: 0 "
        "done, 1 failed, 2 wrong use, 130 interrupted (143 "
        "by SIGTERM).");
  }

  void add_modes() {
    CLI::App& command = *debug_command_;
    CLI::Option* const form = command.get_option("--form");
    CLI::Option* const summary = command.add_flag(
        "--summary", debug_.summary, "Show all tables at the end, and their columns and types");
    CLI::Option* const profile =
        command.add_flag("--profile", debug_.profile, "Show at the end where the time went");
    CLI::Option* const dry_run =
        command.add_flag("--dry-run", debug_.dry_run,
                         "Change nothing, and show what the sync would change in the warehouse");
    CLI::Option* const record =
        command
            .add_option("--record", debug_.record_file,
                        "Write the connector's HTTP exchanges, without secrets, for --replay")
            ->type_name("FILE");
    CLI::Option* const replay =
        command
            .add_option("--replay", debug_.replay_file,
                        "Answer the connector's HTTP requests from a recording, without network")
            ->type_name("FILE");
    CLI::Option* const test = command.add_flag(
        "--test", debug_.test,
        "Kill the connector after each checkpoint, start it again from there, and compare the "
        "rows with those of an undisturbed run; the project's own files stay as they are");
    CLI::Option* const watch =
        command.add_flag("--watch", debug_.watch,
                         "Run again, from the last checkpoint, whenever the project is "
                         "saved");
    CLI::Option* const dump = command.get_option("--dump-operations");
    for (CLI::Option* const other :
         {summary, profile, dry_run, record, replay, test, watch, dump}) {
      form->excludes(other);
    }
    for (CLI::Option* const other : {summary, profile, dry_run, watch, dump}) {
      test->excludes(other);
    }
    record->excludes(replay);
    watch->excludes(record);
    watch->excludes(dump);
  }

  CLI::App* const debug_command_;
  CLI::App* const reset_command_;
  CLI::App* const init_command_;
  DebugArguments debug_;
  ResetArguments reset_;
  InitArguments init_;
  std::string template_ = "python";
  std::string style_ = "new";
  std::string level_ = "debug";
};

}  // namespace

std::unique_ptr<CommandGrammar> project_grammar(CLI::App& program, CommandBuilder& builder) {
  return std::make_unique<ProjectGrammar>(program, builder);
}

}  // namespace tendril
