#include "row.h"

static struct {
  PyObject* fault;
  PyObject* note;
} python;

static Buffer spare;  // The scratch of the last row, for the next.

static void set(PyObject** place, PyObject* object) {
  PyObject* const old = *place;
  Py_XINCREF(object);
  *place = object;
  Py_XDECREF(old);
}

void rows_set_fault(PyObject* fault) { set(&python.fault, fault); }
void rows_set_note(PyObject* note) { set(&python.note, note); }

void row_drop(Row* row) {
  for (size_t index = 0; index < row->count; ++index) {
    cell_drop(&row->cells[index].cell);
    Py_DECREF(row->cells[index].name);
  }
  row->count = 0;
  if (row->cells != row->at_hand) {
    free(row->cells);
  }
  row->scratch.size = 0;
  if (spare.bytes == NULL) {
    spare = row->scratch;
  } else {
    buffer_free(&row->scratch);
  }
  row->scratch = (Buffer){0};
  row->cells = row->at_hand;
}

static int row_prepare(Row* row, size_t columns) {
  row->count = 0;
  row->cells = row->at_hand;
  row->scratch = spare;
  spare = (Buffer){0};
  if (columns > kCellsAtHand) {
    row->cells = malloc(columns * sizeof *row->cells);
    if (row->cells == NULL) {
      row->cells = row->at_hand;
      PyErr_NoMemory();
      return -1;
    }
  }
  return 0;
}

// Replaces the ValueError of a cell by one that says where it is.
static void blame(Table* table, enum Operation operation, PyObject* data, PyObject* name,
                  PyObject* value) {
  if (python.fault == NULL || !PyErr_ExceptionMatches(PyExc_ValueError)) {
    return;
  }
  PyObject* type = NULL;
  PyObject* problem = NULL;
  PyObject* trace = NULL;
  PyErr_Fetch(&type, &problem, &trace);
  PyObject* const fault =
      PyObject_CallFunction(python.fault, "OiKOOOO", table->name, (int)operation,
                            table->row_number + 1, data, name, value, problem);
  if (fault != NULL) {
    PyErr_SetObject((PyObject*)Py_TYPE(fault), fault);
    Py_DECREF(fault);
  }
  Py_XDECREF(type);
  Py_XDECREF(problem);
  Py_XDECREF(trace);
}

static int check_name(const Table* table, PyObject* name) {
  if (Py_IS_TYPE(name, &PyUnicode_Type)) {
    return 0;
  }
  PyErr_Format(PyExc_TypeError, "table %U: names of columns must be texts, not %R", table->name,
               name);
  return -1;
}

// Tells of a list or dict in a column of texts. Columns may have moved when it returns.
static int note_text(Table* table, enum Operation operation, PyObject* data, PyObject* name,
                     PyObject* value) {
  table_find_column(table, name, 0)->noted = 1;
  if (python.note == NULL) {
    return 0;
  }
  PyObject* const done = PyObject_CallFunction(python.note, "OiKOOO", table->name, (int)operation,
                                               table->row_number + 1, data, name, value);
  Py_XDECREF(done);
  return done == NULL ? -1 : 0;
}

// Reads all values of `data`. A row that runs Python code is read from a copy that nobody else has.
static enum CellOutcome read_values(Row* row, Table* table, enum Operation operation,
                                    PyObject* data, int may_run_python) {
  PyObject* name = NULL;
  PyObject* value = NULL;
  Py_ssize_t position = 0;
  while (PyDict_Next(data, &position, &name, &value)) {
    if (check_name(table, name) != 0) {
      return kCellWrong;
    }
    const Column* const column = table_find_column(table, name, row->count);
    if (column == NULL && PyErr_Occurred() != NULL) {
      return kCellWrong;
    }
    const enum Declared declared = column == NULL ? kUnspecified : column->declared;
    const int note = declared == kString && !column->noted && may_run_python &&
                     (PyDict_Check(value) || PyList_Check(value));
    if (note && note_text(table, operation, data, name, value) != 0) {
      return kCellWrong;
    }
    NamedCell* const next = &row->cells[row->count];
    const enum CellOutcome outcome =
        cell_from(&next->cell, value, declared, &row->scratch, may_run_python);
    if (outcome != kCellDone) {
      if (outcome == kCellWrong) {
        blame(table, operation, data, name, value);
      }
      return outcome;
    }
    Py_INCREF(name);
    next->name = name;
    ++row->count;
  }
  return kCellDone;
}

int row_read(Row* row, Table* table, enum Operation operation, PyObject* data) {
  if (row_prepare(row, (size_t)PyDict_Size(data)) != 0) {
    return -1;
  }
  enum CellOutcome outcome = read_values(row, table, operation, data, 0);
  if (outcome == kCellNeedsPython) {
    const size_t columns = row->cells == row->at_hand ? 0 : (size_t)PyDict_Size(data);
    PyObject* const copy = PyDict_Copy(data);
    row_drop(row);
    if (copy == NULL || row_prepare(row, columns) != 0) {
      Py_XDECREF(copy);
      return -1;
    }
    outcome = read_values(row, table, operation, copy, 1);
    Py_DECREF(copy);
  }
  return outcome == kCellDone ? 0 : -1;
}
