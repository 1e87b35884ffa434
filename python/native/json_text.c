#include "json_text.h"

#define kDepthMax 64

static enum JsonOutcome done(int failed) { return failed ? kJsonNoMemory : kJsonDone; }

static enum JsonOutcome append(Buffer* out, const char* text) {
  return done(buffer_append(out, text, strlen(text)));
}

// Decodes one character that is not ASCII; the text is valid UTF-8.
static uint32_t next_character(const unsigned char** at) {
  const unsigned char* const text = *at;
  if (text[0] < 0xE0) {
    *at += 2;
    return ((text[0] & 0x1FU) << 6) | (text[1] & 0x3FU);
  }
  if (text[0] < 0xF0) {
    *at += 3;
    return ((text[0] & 0x0FU) << 12) | ((text[1] & 0x3FU) << 6) | (text[2] & 0x3FU);
  }
  *at += 4;
  return ((text[0] & 0x07U) << 18) | ((text[1] & 0x3FU) << 12) | ((text[2] & 0x3FU) << 6) |
         (text[3] & 0x3FU);
}

static size_t escape(uint32_t character, char* out) {
  static const char digits[] = "0123456789abcdef";
  out[0] = '\\';
  const char* const found = strchr("\"\\\n\r\t\b\f", (int)character);
  if (character < 128 && character != 0 && found != NULL) {
    out[1] = "\"\\nrtbf"[found - "\"\\\n\r\t\b\f"];
    return 2;
  }
  out[1] = 'u';
  for (int digit = 0; digit < 4; ++digit) {
    out[2 + digit] = digits[(character >> (12 - 4 * digit)) & 0xFU];
  }
  return 6;
}

static size_t escape_any(uint32_t character, char* out) {
  if (character < 0x10000) {
    return escape(character, out);
  }
  character -= 0x10000;
  const size_t size = escape(0xD800 + (character >> 10), out);
  return size + escape(0xDC00 + (character & 0x3FFU), out + size);
}

static enum JsonOutcome append_string(Buffer* out, PyObject* value) {
  Py_ssize_t size = 0;
  const char* const text = PyUnicode_AsUTF8AndSize(value, &size);
  if (text == NULL) {
    PyErr_Clear();
    return kJsonNotPlain;
  }
  // The longest a byte becomes is six; what a character of four becomes is twelve.
  if (buffer_reserve(out, (size_t)size * 6 + 2) != 0) {
    return kJsonNoMemory;
  }
  unsigned char* to = out->bytes + out->size;
  const unsigned char* at = (const unsigned char*)text;
  const unsigned char* const end = at + size;
  *to++ = '"';
  while (at < end) {
    if (*at >= 0x20 && *at < 0x7F && *at != '"' && *at != '\\') {
      *to++ = *at++;
    } else if (*at < 0x80) {
      to += escape(*at++, (char*)to);
    } else {
      to += escape_any(next_character(&at), (char*)to);
    }
  }
  *to++ = '"';
  out->size = (size_t)(to - out->bytes);
  return kJsonDone;
}

static enum JsonOutcome append_int(Buffer* out, PyObject* value) {
  int overflow = 0;
  const long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
  if (overflow != 0) {
    return kJsonNotPlain;
  }
  // snprintf() would take several times as long.
  char text[24];
  char* first = text + sizeof text;
  unsigned long long rest =
      number < 0 ? 0ULL - (unsigned long long)number : (unsigned long long)number;
  do {
    *--first = (char)('0' + rest % 10);
    rest /= 10;
  } while (rest > 0);
  if (number < 0) {
    *--first = '-';
  }
  return done(buffer_append(out, first, (size_t)(text + sizeof text - first)));
}

static enum JsonOutcome append_float(Buffer* out, PyObject* value) {
  const double number = PyFloat_AsDouble(value);
  if (number != number) {
    return append(out, "NaN");
  }
  if (number - number != 0) {
    return append(out, number > 0 ? "Infinity" : "-Infinity");
  }
  char* const text = PyOS_double_to_string(number, 'r', 0, Py_DTSF_ADD_DOT_0, NULL);
  if (text == NULL) {
    PyErr_Clear();
    return kJsonNoMemory;
  }
  const enum JsonOutcome outcome = append(out, text);
  PyMem_Free(text);
  return outcome;
}

static enum JsonOutcome append_any(Buffer* out, PyObject* value, int depth);

static enum JsonOutcome append_items(Buffer* out, PyObject* items, int depth) {
  const int is_list = Py_IS_TYPE(items, &PyList_Type);
  const Py_ssize_t size = is_list ? PyList_Size(items) : PyTuple_Size(items);
  enum JsonOutcome outcome = append(out, "[");
  for (Py_ssize_t index = 0; index < size && outcome == kJsonDone; ++index) {
    if (index > 0) {
      outcome = append(out, ", ");
    }
    if (outcome == kJsonDone) {
      outcome = append_any(
          out, is_list ? PyList_GetItem(items, index) : PyTuple_GetItem(items, index), depth);
    }
  }
  return outcome == kJsonDone ? append(out, "]") : outcome;
}

static enum JsonOutcome append_members(Buffer* out, PyObject* members, int depth) {
  PyObject* name = NULL;
  PyObject* value = NULL;
  Py_ssize_t position = 0;
  int first = 1;
  enum JsonOutcome outcome = append(out, "{");
  while (outcome == kJsonDone && PyDict_Next(members, &position, &name, &value)) {
    if (!Py_IS_TYPE(name, &PyUnicode_Type)) {
      return kJsonNotPlain;
    }
    if (!first) {
      outcome = append(out, ", ");
    }
    first = 0;
    if (outcome == kJsonDone) {
      outcome = append_string(out, name);
    }
    if (outcome == kJsonDone) {
      outcome = append(out, ": ");
    }
    if (outcome == kJsonDone) {
      outcome = append_any(out, value, depth);
    }
  }
  return outcome == kJsonDone ? append(out, "}") : outcome;
}

static enum JsonOutcome append_any(Buffer* out, PyObject* value, int depth) {
  if (value == Py_None) {
    return append(out, "null");
  }
  if (value == Py_True || value == Py_False) {
    return append(out, value == Py_True ? "true" : "false");
  }
  if (Py_IS_TYPE(value, &PyUnicode_Type)) {
    return append_string(out, value);
  }
  if (Py_IS_TYPE(value, &PyLong_Type)) {
    return append_int(out, value);
  }
  if (Py_IS_TYPE(value, &PyFloat_Type)) {
    return append_float(out, value);
  }
  if (depth >= kDepthMax) {
    return kJsonNotPlain;
  }
  if (Py_IS_TYPE(value, &PyDict_Type)) {
    return append_members(out, value, depth + 1);
  }
  if (Py_IS_TYPE(value, &PyList_Type) || Py_IS_TYPE(value, &PyTuple_Type)) {
    return append_items(out, value, depth + 1);
  }
  return kJsonNotPlain;
}

enum JsonOutcome json_append(Buffer* out, PyObject* value) { return append_any(out, value, 0); }
