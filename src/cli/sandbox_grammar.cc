// sandbox: serve the simulated API of a connector, and change what it holds.
#include <CLI/CLI.hpp>

#include "cli/command_grammar.h"

namespace tendril {
namespace {

const Choices kMutationKinds = {"insert", "update", "delete"};

constexpr int kPortMax = 65'535;

class SandboxGrammar final : public CommandGrammar {
 public:
  SandboxGrammar(CLI::App& program, CommandBuilder& builder)
      : serve_command_(
            builder.add_command(program, "sandbox", "Serve the simulated API of a connector")) {
    add_serve();
    add_files();
    mutate_command_ =
        builder.add_command(*serve_command_, "mutate", "Change rows of a running sandbox");
    builder.add_choice(*mutate_command_, "KIND", mutate_.kind, kMutationKinds, "What to do")
        ->required();
    rows_command_ =
        builder.add_command(*serve_command_, "rows", "Print the rows of a running sandbox");
    add_orders();
  }

  std::optional<CommandArguments> arguments_of(const CLI::App& chosen) const override;

 private:
  void add_serve();
  void add_files();
  void add_orders();

  CLI::App* const serve_command_;
  CLI::App* mutate_command_ = nullptr;
  CLI::App* rows_command_ = nullptr;
  SandboxServeArguments serve_;
  SandboxMutateArguments mutate_;
  SandboxRowsArguments rows_;
};

void SandboxGrammar::add_serve() {
  serve_command_
      ->add_option("NAME", serve_.sandbox.name, "A connector's name, its folder, or a sandbox file")
      ->type_name("")
      ->required();
  serve_command_->add_option("-p,--port", serve_.port, "Any free one by default")
      ->type_name("N")
      ->check(CLI::Range(0, kPortMax));
  serve_command_->add_option("-n,--records", serve_.records, "Rows of the main entity")
      ->type_name("N")
      ->capture_default_str();
  serve_command_->add_option("--seed", serve_.seed, "The same seed gives the same data")
      ->type_name("N")
      ->capture_default_str();
  serve_command_->add_option("--now", serve_.now, "The simulated time at the start")
      ->type_name("TIME");
  serve_command_
      ->add_option("--limit", serve_.limits, "A rate limit: --limit core=100, --limit core=off")
      ->type_name("NAME=N")
      ->allow_extra_args(false);
}

void SandboxGrammar::add_files() {
  serve_command_
      ->add_option("--faults", serve_.faults, "What goes wrong, by seed; nothing by default")
      ->type_name("SEED");
  serve_command_
      ->add_option("--journal", serve_.journal,
                   "Keep mutations here, and repeat them after a restart")
      ->type_name("FILE");
  serve_command_
      ->add_option("--write-config", serve_.config_file,
                   "Write the configuration with which the connector reads it")
      ->type_name("FILE");
  serve_command_
      ->add_option("--address-file", serve_.sandbox.address_file,
                   "Where the server leaves its address for mutate and rows")
      ->type_name("FILE");
}

void SandboxGrammar::add_orders() {
  mutate_command_->add_option("COUNT", mutate_.count, "To how many rows")
      ->type_name("N")
      ->required();
  mutate_command_->add_option("--entity", mutate_.entity, "Of which kind; a mix by default")
      ->type_name("NAME");
  rows_command_->add_option("ENTITY", rows_.entity, "Of which kind; a summary of all by default")
      ->type_name("");
  for (CLI::App* command : {mutate_command_, rows_command_}) {
    command->add_option("--address-file", serve_.sandbox.address_file, "As given to the server")
        ->type_name("FILE");
  }
}

std::optional<CommandArguments> SandboxGrammar::arguments_of(const CLI::App& chosen) const {
  if (&chosen == serve_command_) {
    return serve_;
  }
  if (&chosen == mutate_command_) {
    SandboxMutateArguments arguments = mutate_;
    arguments.sandbox = serve_.sandbox;
    return arguments;
  }
  if (&chosen == rows_command_) {
    SandboxRowsArguments arguments = rows_;
    arguments.sandbox = serve_.sandbox;
    return arguments;
  }
  return std::nullopt;
}

}  // namespace

std::unique_ptr<CommandGrammar> sandbox_grammar(CLI::App& program, CommandBuilder& builder) {
  return std::make_unique<SandboxGrammar>(program, builder);
}

}  // namespace tendril
