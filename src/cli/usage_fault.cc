#include "cli/usage_fault.h"

#include <algorithm>
#include <cctype>
#include <string_view>
#include <vector>

#include <CLI/CLI.hpp>

#include "core/near_miss.h"

namespace tendril {
namespace {

// Words that could stand where `word` was not understood.
std::vector<std::string> expected_words(const CLI::App& command, bool option) {
  std::vector<std::string> words;
  if (!option) {
    for (const CLI::App* child : command.get_subcommands(nullptr)) {
      words.push_back(child->get_name());
    }
    return words;
  }
  for (const CLI::Option* each : command.get_options()) {
    for (const std::string& name : each->get_lnames()) {
      words.push_back("--" + name);
    }
  }
  return words;
}

}  // namespace

std::string full_name(const CLI::App& command) {
  const CLI::App* parent = command.get_parent();
  return parent == nullptr ? command.get_name() : full_name(*parent) + " " + command.get_name();
}

std::string unexpected_message(const CLI::App& command, const std::string& argument) {
  const bool is_option = argument.starts_with('-');
  const std::string word = is_option ? argument.substr(0, argument.find('=')) : argument;
  const bool is_command = !is_option && command.get_parent() == nullptr;
  const std::string kind = is_option ? "option" : is_command ? "command" : "argument";
  return kind + (kind == "argument" ? " was not expected: " : " is unknown: ") + word +
         did_you_mean(word, expected_words(command, is_option));
}

std::string fault_message(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  const std::size_t colon = text.find(": ");
  const std::size_t start = text.starts_with('-') && colon != std::string::npos ? colon + 2 : 0;
  if (start < text.size() && (start > 0 || text.starts_with("Could") || text.starts_with("The"))) {
    text[start] = static_cast<char>(std::tolower(static_cast<unsigned char>(text[start])));
  }
  constexpr std::string_view kRequired = " is required";
  if (text.ends_with(kRequired)) {
    text.replace(text.size() - kRequired.size(), kRequired.size(), " is missing");
  }
  return text;
}

}  // namespace tendril
