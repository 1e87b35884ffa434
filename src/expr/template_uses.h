// What a template mentions, told without evaluating it: for checks of a manifest before it runs.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.h"

namespace tendril {

// One place of a template where it reads a variable.
struct TemplateUse {
  std::string variable;
  // The members that follow by constant names: ["a", "b"] for "x['a'].b", and for
  // "x.get('a', {}).b"; what comes after the first step that is no such name is left out.
  std::vector<std::string> members;
  std::size_t line = 1;    // In the template, from 1.
  std::size_t column = 1;  // In bytes, from 1.
};

// Returns the uses of variables in the order of the text. Names of functions are none, nor are
// "self" and names that the template sets itself, anywhere in it.
// Errors: InvalidConfig when the template can not be parsed, as Template::compile().
Result<std::vector<TemplateUse>> find_uses(std::string_view source);

}  // namespace tendril
