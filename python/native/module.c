// The module `fivetran_connector_sdk._native`: what operations are made of.
#include "frames.h"
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

static PyObject* take(enum Operation operation, PyObject* const* arguments, Py_ssize_t count) {
  if (count != 2) {
    PyErr_SetString(PyExc_TypeError, "an operation takes the name of a table and a dict");
    return NULL;
  }
  if (check_table(arguments[0]) != 0) {
    return NULL;
  }
  if (!PyDict_Check(arguments[1])) {
    PyErr_Format(PyExc_TypeError, "table %U: the row must be a dict, got %R", arguments[0],
                 (PyObject*)Py_TYPE(arguments[1]));
    return NULL;
  }
  if (tables_take(operation, arguments[0], arguments[1]) != 0) {
    return NULL;
  }
  Py_RETURN_NONE;
}

static PyObject* take_upsert(PyObject* self, PyObject* const* arguments, Py_ssize_t count) {
  (void)self;
  return take(kUpsert, arguments, count);
}

static PyObject* take_update(PyObject* self, PyObject* const* arguments, Py_ssize_t count) {
  (void)self;
  return take(kUpdate, arguments, count);
}

static PyObject* take_delete(PyObject* self, PyObject* const* arguments, Py_ssize_t count) {
  (void)self;
  return take(kDelete, arguments, count);
}

static PyObject* take_truncate(PyObject* self, PyObject* table) {
  (void)self;
  if (check_table(table) != 0 || tables_take(kTruncate, table, NULL) != 0) {
    return NULL;
  }
  Py_RETURN_NONE;
}

static PyObject* open_frames(PyObject* self, PyObject* arguments) {
  (void)self;
  int descriptor = -1;
  int ordered = 0;
  PyObject* fault = NULL;
  if (!PyArg_ParseTuple(arguments, "ipO", &descriptor, &ordered, &fault)) {
    return NULL;
  }
  tables_reset(ordered);
  tables_set_fault(fault);
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

static PyMethodDef methods[] = {
    {"open", open_frames, METH_VARARGS, "open(descriptor, ordered, fault): begins a sync."},
    {"close", close_frames, METH_NOARGS, "Ends the sync: no operation is taken any more."},
    {"is_open", is_open, METH_NOARGS, "Whether operations are taken."},
    {"declare", declare, METH_VARARGS, "declare(table, {column: number of its type})"},
    {"upsert", (PyCFunction)(void (*)(void))take_upsert, METH_FASTCALL, "upsert(table, data)"},
    {"update", (PyCFunction)(void (*)(void))take_update, METH_FASTCALL, "update(table, modified)"},
    {"delete", (PyCFunction)(void (*)(void))take_delete, METH_FASTCALL, "delete(table, keys)"},
    {"truncate", take_truncate, METH_O, "truncate(table)"},
    {"flush", flush, METH_NOARGS, "Sends the rows that wait."},
    {"send", send_frame, METH_VARARGS, "send(kind, payload): a frame behind the rows that wait."},
    {"log", log_line, METH_VARARGS, "log(level, text): a line of the log."},
    {"file_part", file_part, METH_VARARGS, "file_part(path, last, bytes)"},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef definition = {
    PyModuleDef_HEAD_INIT, "_native", "Sends operations to the program.", -1, methods, NULL, NULL,
    NULL,                  NULL,
};

PyMODINIT_FUNC PyInit__native(void) { return PyModule_Create(&definition); }
