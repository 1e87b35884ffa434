// JSON text as Python's json.dumps() writes it by default, of values that are plain.
#ifndef TENDRIL_NATIVE_JSON_TEXT_H
#define TENDRIL_NATIVE_JSON_TEXT_H

#include "buffer.h"
#include "python.h"

enum JsonOutcome { kJsonDone, kJsonNotPlain, kJsonNoMemory };

// Appends `value`. Runs no Python code. kJsonNotPlain: json.dumps() has to do it (subclasses, keys
// that are no str, deep nesting, lone surrogates); what was appended is to be dropped.
enum JsonOutcome json_append(Buffer* out, PyObject* value);

#endif
