#include "cli/completion.h"

#include <algorithm>
#include <string_view>
#include <vector>

#include <fmt/format.h>

namespace tendril {
namespace {

constexpr std::string_view kSourcesCommand = "tendril connectors --names 2>/dev/null";

// A command with its path: "sandbox mutate". The program's own path is "".
struct Place {
  std::string path;
  const CommandShape* command;
};

void collect(const CommandShape& command, const std::string& path, std::vector<Place>& places) {
  places.push_back({path, &command});
  for (const CommandShape& child : command.commands) {
    collect(child, path.empty() ? child.name : path + " " + child.name, places);
  }
}

std::vector<Place> places_of(const CommandShape& program) {
  std::vector<Place> places;
  collect(program, "", places);
  return places;
}

std::string joined(const std::vector<std::string>& words) {
  return fmt::format("{}", fmt::join(words, " "));
}

// The words that can stand at this place without a "-".
std::string plain_words(const CommandShape& command) {
  std::vector<std::string> words = command.choices;
  for (const CommandShape& child : command.commands) {
    words.push_back(child.name);
  }
  return joined(words);
}

std::string option_words(const CommandShape& command) {
  std::vector<std::string> words;
  for (const OptionShape& option : command.options) {
    words.insert(words.end(), option.names.begin(), option.names.end());
  }
  return joined(words);
}

// "'it'\''s'": one word for a shell, whatever is in it.
std::string quoted(std::string_view text) {
  std::string word = "'";
  for (const char c : text) {
    word += c == '\'' ? std::string_view("'\\''") : std::string_view(&c, 1);
  }
  return word + "'";
}

std::string bash_case_of(const Place& place) {
  const CommandShape& command = *place.command;
  std::string body = fmt::format("    {})\n      case $previous in\n", quoted(place.path));
  for (const OptionShape& option : command.options) {
    if (!option.takes_value) {
      continue;
    }
    const std::string answer = !option.choices.empty()
                                   ? fmt::format("COMPREPLY=($(compgen -W {} -- \"$word\"))",
                                                 quoted(joined(option.choices)))
                               : option.takes_file ? "COMPREPLY=($(compgen -f -- \"$word\"))"
                                                   : "COMPREPLY=()";
    body += fmt::format("        {}) {}; return ;;\n", fmt::join(option.names, "|"), answer);
  }
  const std::string sources =
      command.takes_source ? fmt::format(" $({})", kSourcesCommand) : std::string();
  body += fmt::format(
      "      esac\n"
      "      if [[ $word == -* ]]; then\n"
      "        COMPREPLY=($(compgen -W {} -- \"$word\"))\n"
      "      else\n"
      "        COMPREPLY=($(compgen -W \"{}{}\" -- \"$word\"){})\n"
      "      fi ;;\n",
      quoted(option_words(command)), plain_words(command), sources,
      command.takes_source ? " $(compgen -f -- \"$word\")" : "");
  return body;
}

}  // namespace

std::string bash_completion(const CommandShape& program) {
  std::string script =
      "# bash completion for tendril: source <(tendril completion bash)\n"
      "_tendril() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} path= i\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    case \"$path:${COMP_WORDS[i]}\" in\n";
  const std::vector<Place> places = places_of(program);
  for (const Place& place : places) {
    for (const CommandShape& child : place.command->commands) {
      const std::string path = place.path.empty() ? child.name : place.path + " " + child.name;
      script += fmt::format("      {}) path={} ;;\n", quoted(place.path + ":" + child.name),
                            quoted(path));
    }
  }
  script +=
      "    esac\n"
      "  done\n"
      "  case $path in\n";
  for (const Place& place : places) {
    script += bash_case_of(place);
  }
  return script +
         "  esac\n"
         "}\n"
         "complete -o filenames -o bashdefault -F _tendril tendril\n";
}

// zsh runs bash's completion functions; this keeps one source of truth and one behaviour.
std::string zsh_completion(const CommandShape& program) {
  return "# zsh completion for tendril: source <(tendril completion zsh)\n"
         "autoload -U +X compinit && compinit\n"
         "autoload -U +X bashcompinit && bashcompinit\n" +
         bash_completion(program);
}

std::string fish_completion(const CommandShape& program) {
  std::string script =
      "# fish completion for tendril: tendril completion fish | source\n"
      "complete -c tendril -f\n";
  for (const Place& place : places_of(program)) {
    const CommandShape& command = *place.command;
    std::string condition = "__fish_use_subcommand";
    if (!place.path.empty()) {
      const std::size_t space = place.path.find(' ');
      condition = "__fish_seen_subcommand_from " + place.path.substr(0, space);
      if (space != std::string::npos) {
        condition += "; and __fish_seen_subcommand_from " + place.path.substr(space + 1);
      }
    }
    const std::string start = "complete -c tendril -n " + quoted(condition);
    for (const CommandShape& child : command.commands) {
      script += fmt::format("{} -a {} -d {}\n", start, child.name, quoted(child.summary));
    }
    if (!command.choices.empty()) {
      script += fmt::format("{} -a {}\n", start, quoted(joined(command.choices)));
    }
    if (command.takes_source) {
      script += fmt::format("{} -F -a '({})'\n", start, kSourcesCommand);
    }
    for (const OptionShape& option : command.options) {
      script += start;
      for (const std::string& name : option.names) {
        script += name.starts_with("--") ? " -l " + name.substr(2) : " -s " + name.substr(1);
      }
      script += option.takes_value ? option.takes_file ? " -r -F" : " -x" : "";
      script += option.choices.empty() ? "" : " -a " + quoted(joined(option.choices));
      script += " -d " + quoted(option.summary) + "\n";
    }
  }
  return script;
}

}  // namespace tendril
