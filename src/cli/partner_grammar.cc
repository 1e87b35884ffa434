// fivetran: the partner protocol, as a server of one side, and against a server of the other.
#include <map>
#include <string>

#include <CLI/CLI.hpp>

#include "bridges/partner/partner_server.h"
#include "cli/command_grammar.h"

namespace tendril {
namespace {

constexpr int kPortMax = 65'535;

class PartnerGrammar final : public CommandGrammar {
 public:
  PartnerGrammar(CLI::App& program, CommandBuilder& builder) {
    CLI::App* group = builder.add_command(program, "fivetran", "Speak Fivetran's partner protocol");
    group->require_subcommand(1);
    source_command_ =
        builder.add_command(*group, "serve-source", "Serve a source to a client of the protocol");
    builder.add_source(*source_command_, source_.source);
    add_server(*source_command_, source_.server, kPartnerSourcePort);
    destination_command_ = builder.add_command(*group, "serve-destination",
                                               "Serve a destination to a client of the protocol");
    destination_command_->add_option("DEST", destination_.destination, "Where the rows go")
        ->type_name("")
        ->required();
    add_server(*destination_command_, destination_.server, kPartnerDestinationPort);
    destination_command_
        ->add_option("--batch-format", destination_.format, "What the client writes: csv, parquet")
        ->type_name("FORMAT")
        ->transform(CLI::CheckedTransformer(
            std::map<std::string, BatchFileFormat>{{"csv", BatchFileFormat::Csv},
                                                   {"parquet", BatchFileFormat::Parquet}},
            CLI::ignore_case));
    test_command_ = builder.add_command(*group, "test-destination",
                                        "Send a tester's input to a destination that is served");
    test_command_->add_option("HOST:PORT", test_.address, "Where it is served")
        ->type_name("")
        ->required();
    test_command_->add_option("INPUT.json", test_.input_file, "What to send")
        ->type_name("")
        ->required();
    test_command_
        ->add_option("--configuration", test_.configuration_file, "The destination's configuration")
        ->type_name("FILE");
    test_command_->add_option("--schema", test_.schema, "The schema of its tables")
        ->type_name("NAME")
        ->capture_default_str();
    test_command_
        ->add_option("--batch-format", test_.batch_format,
                     "CSV or PARQUET; by default what the server says that it reads")
        ->type_name("FORMAT")
        ->check(CLI::IsMember({"CSV", "PARQUET"}, CLI::ignore_case));
    test_command_->add_flag("--plain-text", test_.plain_text,
                            "Neither compress nor encrypt the batch files");
  }

  std::optional<CommandArguments> arguments_of(const CLI::App& chosen) const override {
    if (&chosen == source_command_) {
      return source_;
    }
    if (&chosen == destination_command_) {
      return destination_;
    }
    if (&chosen == test_command_) {
      return test_;
    }
    return std::nullopt;
  }

 private:
  static void add_server(CLI::App& command, PartnerServerArguments& server, int port) {
    server.port = port;
    command.add_option("--host", server.host, "The address to listen at; loopback by default")
        ->type_name("ADDRESS");
    command.add_option("--port", server.port, "The port; 0: one that is free")
        ->type_name("N")
        ->check(CLI::Range(0, kPortMax))
        ->capture_default_str();
  }

  CLI::App* source_command_ = nullptr;
  CLI::App* destination_command_ = nullptr;
  CLI::App* test_command_ = nullptr;
  ServeSourceArguments source_;
  ServeDestinationArguments destination_;
  TestDestinationArguments test_;
};

}  // namespace

std::unique_ptr<CommandGrammar> partner_grammar(CLI::App& program, CommandBuilder& builder) {
  return std::make_unique<PartnerGrammar>(program, builder);
}

}  // namespace tendril
