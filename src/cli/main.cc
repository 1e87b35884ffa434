// tendril: runs data connectors. See `tendril help`.
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "cli/connector_host.h"
#include "cli/interrupts.h"
#include "cli/memory_pages.h"
#include "cli/program.h"

int main(int argc, char** argv) {
  try {
    const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
    if (const auto library = tendril::hosted_connector(arguments)) {
      return tendril::run_hosted_connector(*library);
    }
    tendril::use_small_pages();
    tendril::block_interrupts();
    return tendril::run_program(arguments);
  } catch (const std::exception& unexpected) {
    std::fprintf(stderr, "error: internal fault: %s\n", unexpected.what());
    return 1;
  }
}
