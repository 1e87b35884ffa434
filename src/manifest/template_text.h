// What a template's text says about the variables it uses, before it is evaluated.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace tendril {

// Returns true when one of the template's expressions names that variable.
bool mentions(std::string_view template_text, std::string_view variable);

// Returns, for each use of `variable`, the constant steps that follow it: ["a", "0"] for
// "variable['a'][0]", "variable.a[0]" and "variable.get('a', {})[0]"; what comes after the first
// step that is no constant is left out.
std::vector<std::vector<std::string>> constant_paths(std::string_view template_text,
                                                     std::string_view variable);

}  // namespace tendril
