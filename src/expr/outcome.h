// What comes out of a template: the conversion of terms into values, as if they had been
// rendered to text and read back as Python literals.
#pragma once

#include <optional>
#include <string>

#include "expr/evaluation.h"
#include "expr/term.h"

namespace tendril {

// True when the text of `value` reads back as the same value, so that the detour over text can
// be saved: all but dates and floats that are no numbers.
bool reads_back(const Value& value);

// Puts into `out` what the text of `term` reads back as; the text itself where it is no literal, in
// the memory of a text that is there already.
void put_outcome(Evaluation& evaluation, const Term& term, Value& out);
Value outcome_of_text(std::string text);

// True by the reference's list of false spellings, for the value that comes out.
bool is_true_outcome(const Value& value);

// Copies a term into a value as it is: a date stays a date.
// Faults: lists or maps are nested too deeply, or a key is no text.
Value value_of(Evaluation& evaluation, const Term& term);

}  // namespace tendril
