// Says in our words what CLI11 found wrong with a command line.
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace tendril {

// "tendril sandbox mutate"
std::string full_name(const CLI::App& command);

// About an argument that `command` does not take, with what was probably meant.
std::string unexpected_message(const CLI::App& command, const std::string& argument);

// Makes one line in our wording of what CLI11 says: "--port: Value 70000 not in range 0 to 65535".
std::string fault_message(std::string text);

}  // namespace tendril
