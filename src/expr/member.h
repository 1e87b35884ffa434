// Reaching into terms: members, items, attributes and slices.
#pragma once

#include <optional>
#include <string_view>

#include "expr/evaluation.h"
#include "expr/term.h"

namespace tendril {

// object[key]: a member of a map, an item of a list (from the end for a negative number), a
// character of a text. Undefined when there is none.
// Faults: `object` is undefined itself.
Term subscript(Evaluation& evaluation, const Term& object, const Term& key);

// object.name: a member of a map, a field of a date or a duration, of the variable "loop".
// Undefined when there is none.
// Faults: `object` is undefined itself.
Term attribute(Evaluation& evaluation, const Term& object, std::string_view name);

// object[start:stop:step]; None or Absent for a part that is not given.
Term slice(Evaluation& evaluation, const Term& object, const Term& start, const Term& stop,
           const Term& step);

// The items of whatever a loop or a filter can go through: a sequence as it is, the keys of a
// map, the characters of a text, nothing for Undefined.
// Faults: the term has no items.
Term items_of(Evaluation& evaluation, const Term& term);

// The term at the end of "a.b.0", the way filters name attributes; Undefined when not there.
Term attribute_path(Evaluation& evaluation, const Term& object, std::string_view path);

// Sets the member of a map that the template made.
// Faults: the map gets too large.
void set_member(Evaluation& evaluation, TermMap& members, const Term& key, const Term& value);

}  // namespace tendril
