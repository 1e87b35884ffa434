// Texts of terms: what Python's str() and repr() make of the same values. The conversion of
// results reads them back, and some manifests rely on the spelling.
#pragma once

#include <string>
#include <string_view>

#include "expr/evaluation.h"
#include "expr/term.h"

namespace tendril {

// Append str(term) or repr(term). Fault: `out` grows beyond the limit of a text.
void append_text(Evaluation& evaluation, std::string& out, const Term& term);
void append_repr(Evaluation& evaluation, std::string& out, const Term& term);

// Returns str(term): the text itself where the term is one, else on the heap.
std::string_view text_of(Evaluation& evaluation, const Term& term);

// Appends a quoted text: 'it', or "it's" where it holds single quotes only.
void append_quoted(std::string& out, std::string_view text);

}  // namespace tendril
