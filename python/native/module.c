// The module `fivetran_connector_sdk._native`: what operations are made of.
#include "frames.h"
#include "meter.h"
#include "row.h"
#include "tables.h"

static int check_table(PyObject* table) {
  if (!PyUnicode_Check(table)) {
    PyErr_Format(PyExc_TypeError, "Table name must be a string, got %R", (PyObject*)Py_TYPE(table));
    return -1;
  }
  Py_ssize_t size = 0;
  const char* const text = PyUnicode_AsUTF8AndSize(table, &size);
  if (text == NULL) {
    return -1;
  }
  Py_ssize_t start = 0;
  while (start < size && (text[start] == ' ' || (text[start] >= '\t' && text[start] <= '\r'))) {
    ++start;
  }
  if (start == size) {
    PyErr_SetString(PyExc_ValueError, "Table name must be a non-empty string");
    return -1;
  }
  return 0;
}

// What an operation is called with.
typedef struct {
  PyObject* table;
  PyObject* data;
  PyObject* schema;
  PyObject* file;
} Call;

// Sends a file and returns the row that names it: send_file(table, data, file).
static PyObject* send_file = NULL;

static int is_named(PyObject* keyword, const char* name) {
  return PyUnicode_CompareWithASCIIString(keyword, name) == 0;
}

static int wrong_call(const char* operation, const char* data, const char* problem) {
  PyErr_Format(PyExc_TypeError, "%s(table, %s) %s", operation, data, problem);
  return -1;
}

// Reads (table, data, *, schema=None, file=None), where `data` has a name of its own.
static int read_call(Call* call, const char* operation, const char* data_name,
                     PyObject* const* arguments, Py_ssize_t count, PyObject* keywords) {
  if (count > 2) {
    return wrong_call(operation, data_name, "takes two arguments");
  }
  *call = (Call){.table = count > 0 ? arguments[0] : NULL, .data = count > 1 ? arguments[1] : NULL};
  const Py_ssize_t named = keywords == NULL ? 0 : PyTuple_Size(keywords);
  for (Py_ssize_t index = 0; index < named; ++index) {
    PyObject* const keyword = PyTuple_GetItem(keywords, index);
    PyObject* const value = arguments[count + index];
    PyObject** const place = is_named(keyword, "table")     ? &call->table
                             : is_named(keyword, data_name) ? &call->data
                             : is_named(keyword, "schema")  ? &call->schema
                             : is_named(keyword, "file")    ? &call->file
                                                            : NULL;
    if (place == NULL || *place != NULL) {
      PyErr_Format(PyExc_TypeError, "%s(table, %s) does not take the argument %U%s", operation,
                   data_name, keyword, place == NULL ? "" : " twice");
      return -1;
    }
    *place = value;
  }
  return call->table == NULL || call->data == NULL
             ? wrong_call(operation, data_name, "lacks an argument")
             : 0;
}

// The name that a table goes by: that of its schema before it, where the call names one. A new
// reference; NULL with an exception.
static PyObject* full_name(PyObject* table, PyObject* schema) {
  if (check_table(table) != 0) {
    return NULL;
  }
  if (schema == NULL || schema == Py_None) {
    Py_INCREF(table);
    return table;
  }
  if (!PyUnicode_Check(schema) || PyUnicode_GetLength(schema) == 0) {
    PyErr_Format(PyExc_TypeError, "table %U: schema must be a name or None, not %R", table, schema);
    return NULL;
  }
  return PyUnicode_FromFormat("%U.%U", schema, table);
}

// The row as a dict: itself, or what a mapping of another kind holds. A new reference; NULL with an
// exception.
static PyObject* row_of(PyObject* table, PyObject* data) {
  if (PyDict_Check(data)) {
    Py_INCREF(data);
    return data;
  }
  if (!PyObject_HasAttrString(data, "items")) {
    PyErr_Format(PyExc_TypeError, "table %U: the row must be a dict, got %R", table,
                 (PyObject*)Py_TYPE(data));
    return NULL;
  }
  PyObject* const items = PyObject_CallMethod(data, "items", NULL);
  PyObject* const row = items == NULL ? NULL : PyDict_New();
  const int failed = row == NULL || PyDict_MergeFromSeq2(row, items, 1) != 0;
  Py_XDECREF(items);
  if (failed) {
    Py_XDECREF(row);
    return NULL;
  }
  return row;
}

static PyObject* take(enum Operation operation, const Call* call) {
  PyObject* const table = full_name(call->table, call->schema);
  PyObject* data = table == NULL ? NULL : row_of(table, call->data);
  if (data != NULL && call->file != NULL && call->file != Py_None) {
    PyObject* const row = data;
    data = PyObject_CallFunctionObjArgs(send_file, table, row, call->file, NULL);
    Py_DECREF(row);
  }
  const int failed = data == NULL || tables_take(operation, table, data) != 0;
  Py_XDECREF(data);
  Py_XDECREF(table);
  if (failed) {
    return NULL;
  }
  Py_RETURN_NONE;
}

static PyObject* take_upsert(PyObject* self, PyObject* const* arguments, Py_ssize_t count,
                             PyObject* keywords) {
  (void)self;
  Call call;
  return read_call(&call, "upsert", "data", arguments, count, keywords) != 0 ? NULL
                                                                             : take(kUpsert, &call);
}

static PyObject* take_update(PyObject* self, PyObject* const* arguments, Py_ssize_t count,
                             PyObject* keywords) {
  (void)self;
  Call call;
  return read_call(&call, "update", "modified", arguments, count, keywords) != 0
             ? NULL
             : take(kUpdate, &call);
}

static PyObject* take_delete(PyObject* self, PyObject* const* arguments, Py_ssize_t count,
                             PyObject* keywords) {
  (void)self;
  Call call;
  if (read_call(&call, "delete", "keys", arguments, count, keywords) != 0) {
    return NULL;
  }
  if (call.file != NULL) {
    wrong_call("delete", "keys", "does not take the argument file");
    return NULL;
  }
  return take(kDelete, &call);
}

static PyObject* take_truncate(PyObject* self, PyObject* arguments, PyObject* keywords) {
  (void)self;
  static char* names[] = {"table", "schema", NULL};
  PyObject* table = NULL;
  PyObject* schema = NULL;
  if (!PyArg_ParseTupleAndKeywords(arguments, keywords, "O|$O:truncate", names, &table, &schema)) {
    return NULL;
  }
  PyObject* const name = full_name(table, schema);
  const int failed = name == NULL || tables_take(kTruncate, name, NULL) != 0;
  Py_XDECREF(name);
  if (failed) {
    return NULL;
  }
  Py_RETURN_NONE;
}

static PyObject* open_frames(PyObject* self, PyObject* arguments) {
  (void)self;
  int descriptor = -1;
  int ordered = 0;
  PyObject* fault = NULL;
  PyObject* sender = NULL;
  PyObject* spelling = NULL;
  PyObject* note = NULL;
  if (!PyArg_ParseTuple(arguments, "ipOOOO", &descriptor, &ordered, &fault, &sender, &spelling,
                        &note)) {
    return NULL;
  }
  Py_INCREF(sender);
  Py_XDECREF(send_file);
  send_file = sender;
  tables_reset(ordered);
  rows_set_fault(fault);
  tables_set_spelling(spelling);
  rows_set_note(note);
  if (cells_prepare() != 0 || frames_open(descriptor) != 0) {
    return NULL;
  }
  Py_RETURN_NONE;
}

static PyObject* close_frames(PyObject* self, PyObject* nothing) {
  (void)self;
  (void)nothing;
  frames_close();
  Py_RETURN_NONE;
}

static PyObject* is_open(PyObject* self, PyObject* nothing) {
  (void)self;
  (void)nothing;
  if (frames_check() != 0) {
    PyErr_Clear();
    Py_RETURN_FALSE;
  }
  Py_RETURN_TRUE;
}

static PyObject* declare(PyObject* self, PyObject* arguments) {
  (void)self;
  PyObject* name = NULL;
  PyObject* columns = NULL;
  if (!PyArg_ParseTuple(arguments, "UO!", &name, &PyDict_Type, &columns) ||
      tables_declare(name, columns) != 0) {
    return NULL;
  }
  Py_RETURN_NONE;
}

static PyObject* flush(PyObject* self, PyObject* nothing) {
  (void)self;
  (void)nothing;
  if (tables_flush() != 0) {
    return NULL;
  }
  Py_RETURN_NONE;
}

// send(kind, payload): one frame, behind all rows that wait.
static PyObject* send_frame(PyObject* self, PyObject* arguments) {
  (void)self;
  int kind = 0;
  const char* payload = NULL;
  Py_ssize_t size = 0;
  const Buffer empty = {0};
  if (!PyArg_ParseTuple(arguments, "iy#", &kind, &payload, &size) ||
      tables_flush_with(kind, &empty, payload, (size_t)size) != 0) {
    return NULL;
  }
  Py_RETURN_NONE;
}

// log(level, text): a line, ahead of rows that wait.
static PyObject* log_line(PyObject* self, PyObject* arguments) {
  (void)self;
  unsigned char level = 0;
  const char* text = NULL;
  Py_ssize_t size = 0;
  if (!PyArg_ParseTuple(arguments, "by#", &level, &text, &size)) {
    return NULL;
  }
  const Buffer head = {.bytes = &level, .size = 1, .capacity = 1};
  if (tables_send_alone(kFrameLog, &head, text, (size_t)size) != 0) {
    return NULL;
  }
  Py_RETURN_NONE;
}

// file_part(path, last, bytes)
static PyObject* file_part(PyObject* self, PyObject* arguments) {
  (void)self;
  const char* path = NULL;
  const char* bytes = NULL;
  Py_ssize_t path_size = 0;
  Py_ssize_t size = 0;
  int last = 0;
  if (!PyArg_ParseTuple(arguments, "s#py#", &path, &path_size, &last, &bytes, &size)) {
    return NULL;
  }
  Buffer head = {0};
  int failed = buffer_append_text(&head, path, (size_t)path_size) != 0 ||
               buffer_append_byte(&head, (unsigned char)last) != 0;
  if (failed) {
    PyErr_NoMemory();
  } else {
    failed = tables_flush_with(kFrameFilePart, &head, bytes, (size_t)size);
  }
  buffer_free(&head);
  if (failed) {
    return NULL;
  }
  Py_RETURN_NONE;
}

static PyObject* measure(PyObject* self, PyObject* nothing) {
  (void)self;
  (void)nothing;
  meter_switch_on();
  Py_RETURN_NONE;
}

static PyObject* measured(PyObject* self, PyObject* nothing) {
  (void)self;
  (void)nothing;
  return meter_read();
}

static PyMethodDef methods[] = {
    {"open", open_frames, METH_VARARGS,
     "open(descriptor, ordered, fault, send_file, spelling, note): begins a sync."},
    {"close", close_frames, METH_NOARGS, "Ends the sync: no operation is taken any more."},
    {"is_open", is_open, METH_NOARGS, "Whether operations are taken."},
    {"declare", declare, METH_VARARGS, "declare(table, {column: number of its type})"},
    {"upsert", (PyCFunction)(void (*)(void))take_upsert, METH_FASTCALL | METH_KEYWORDS,
     "upsert(table, data, *, schema=None, file=None)\n--\n\nInserts a row, or replaces the one of "
     "the same "
     "primary "
     "key; columns that `data` lacks become NULL."},
    {"update", (PyCFunction)(void (*)(void))take_update, METH_FASTCALL | METH_KEYWORDS,
     "update(table, modified, *, schema=None, file=None)\n--\n\nChanges the columns that are given "
     "in the row "
     "of "
     "the same primary key; nothing when there is none."},
    {"delete", (PyCFunction)(void (*)(void))take_delete, METH_FASTCALL | METH_KEYWORDS,
     "delete(table, keys, *, schema=None)\n--\n\nMarks the row of this primary key as deleted."},
    {"truncate", (PyCFunction)(void (*)(void))take_truncate, METH_VARARGS | METH_KEYWORDS,
     "truncate(table, *, schema=None)\n--\n\nMarks all rows as deleted that the sync does not "
     "write again, once it "
     "has succeeded."},
    {"measure", measure, METH_NOARGS, "Begins to measure how long operations take."},
    {"measured", measured, METH_NOARGS,
     "((encode, encode of other threads), (send, send of other threads)), each (wall, cpu) in "
     "nanoseconds."},
    {"flush", flush, METH_NOARGS, "Sends the rows that wait."},
    {"send", send_frame, METH_VARARGS, "send(kind, payload): a frame behind the rows that wait."},
    {"log", log_line, METH_VARARGS, "log(level, text): a line of the log."},
    {"file_part", file_part, METH_VARARGS, "file_part(path, last, bytes)"},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT,
    "_native",
    "Sends operations to the program.",
    -1,
    methods,
    NULL,
    NULL,
    NULL,
    NULL,
};

PyMODINIT_FUNC PyInit__native(void) { return PyModule_Create(&definition); }
