// Tells texts of decimal numbers from others: "12.50", " -1e3", "NaN".
#pragma once

#include <stddef.h>

// Returns 1 for a text that the program can bring into a DECIMAL, or is sure not to fit in one, and
// 0 for any other.
int is_decimal_text(const char* text, size_t size);
