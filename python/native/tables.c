#include "tables.h"

#include "frames.h"
#include "meter.h"
#include "row.h"

// A frame goes out when this much waits in all tables together, or so many rows of one table.
#define kWaitingBytes ((size_t)256 * 1024)
#define kRowsMax 16384U

static struct {
  PyObject* positions;  // A dict of names to indexes of tables.
  Table** tables;
  size_t count, capacity;
  Table* last;
  size_t waiting_bytes;
  int ordered;
  PyObject* spelling;
} all;

void tables_reset(int ordered) {
  for (size_t index = 0; index < all.count; ++index) {
    table_free(all.tables[index]);
  }
  all.count = 0;
  all.last = NULL;
  all.waiting_bytes = 0;
  all.ordered = ordered;
  Py_CLEAR(all.positions);
}

void tables_set_spelling(PyObject* spelling) {
  Py_XINCREF(spelling);
  Py_XDECREF(all.spelling);
  all.spelling = spelling;
}

// Finds out which other tables may become one with this. Python code ran when it returns.
static int find_namesakes(Table* table) {
  if (all.spelling == NULL) {
    return 0;
  }
  table->spelling = PyObject_CallFunctionObjArgs(all.spelling, table->name, NULL);
  if (table->spelling == NULL) {
    return -1;
  }
  for (size_t index = 0; index < all.count; ++index) {
    Table* const other = all.tables[index];
    if (other != table && other->spelling != NULL &&
        PyObject_RichCompareBool(other->spelling, table->spelling, Py_EQ) == 1) {
      other->has_namesake = 1;
      table->has_namesake = 1;
    }
  }
  return 0;
}

// Returns NULL with an exception.
static Table* add_table(PyObject* name) {
  Table** const tables = grown(all.tables, all.count, &all.capacity, sizeof(Table*));
  if (tables == NULL) {
    return NULL;
  }
  all.tables = tables;
  Table* const table = table_new(name);
  if (table == NULL || remember(all.positions, name, all.count) != 0) {
    if (table != NULL) {
      table_free(table);
    }
    return NULL;
  }
  all.tables[all.count++] = table;
  return find_namesakes(table) == 0 ? table : NULL;
}

// Finds or makes the table. Returns NULL with an exception.
static Table* table_of(PyObject* name) {
  if (all.last != NULL && all.last->name == name) {
    return all.last;
  }
  if (all.positions == NULL) {
    all.positions = PyDict_New();
    if (all.positions == NULL) {
      return NULL;
    }
  }
  const Py_ssize_t index = position_of(all.positions, name);
  if (index == -2) {
    return NULL;
  }
  return index >= 0 ? all.tables[index] : add_table(name);
}

int tables_declare(PyObject* name, PyObject* columns) {
  Table* const table = table_of(name);
  if (table == NULL) {
    return -1;
  }
  PyObject* column_name = NULL;
  PyObject* type = NULL;
  Py_ssize_t position = 0;
  while (PyDict_Next(columns, &position, &column_name, &type)) {
    Column* const column = table_add_column(table, column_name);
    if (column == NULL) {
      return -1;
    }
    column->declared = (enum Declared)PyLong_AsLong(type);
  }
  return PyErr_Occurred() == NULL ? 0 : -1;
}

// Copies a row into the columns. Runs no Python code. Returns -1 with an exception; then the rows
// that wait are not whole any more.
static int row_append(Table* table, const Row* row) {
  for (size_t index = 0; index < row->count; ++index) {
    const NamedCell* const named = &row->cells[index];
    Column* column = table_find_column(table, named->name, index);
    if (column == NULL) {
      column = table_add_column(table, named->name);
    }
    if (column == NULL) {
      return -1;
    }
    const size_t before = column->values.size;
    if (table_append_cell(table, column, &named->cell, &row->scratch) != 0) {
      PyErr_NoMemory();
      return -1;
    }
    all.waiting_bytes += column->values.size - before + 1;
  }
  ++table->rows;
  all.waiting_bytes += 4;
  return 0;
}

// REQUIRES: the frames are locked.
static int build_all(void) {
  for (size_t index = 0; index < all.count; ++index) {
    if (all.tables[index]->rows > 0 && table_build_frame(all.tables[index]) != 0) {
      return -1;
    }
  }
  all.waiting_bytes = 0;
  return 0;
}

int tables_flush(void) {
  if (frames_check() != 0) {
    return -1;
  }
  frames_lock();
  const int failed = build_all() != 0 || frames_send() != 0;
  frames_unlock();
  return failed ? -1 : 0;
}

static int build_frame(int kind, const Buffer* head, const char* payload, size_t size) {
  size_t start = 0;
  Buffer* const out = frames_waiting();
  if (frames_begin(kind, &start) != 0) {
    return -1;
  }
  if (buffer_append(out, head->bytes, head->size) != 0 || buffer_append(out, payload, size) != 0) {
    out->size = start;
    PyErr_NoMemory();
    return -1;
  }
  return frames_end(start);
}

int tables_flush_with(int kind, const Buffer* head, const char* payload, size_t size) {
  if (frames_check() != 0) {
    return -1;
  }
  frames_lock();
  const int failed =
      build_all() != 0 || build_frame(kind, head, payload, size) != 0 || frames_send() != 0;
  frames_unlock();
  return failed ? -1 : 0;
}

int tables_send_alone(int kind, const Buffer* head, const char* payload, size_t size) {
  if (frames_check() != 0) {
    return -1;
  }
  frames_lock();
  const int failed = build_frame(kind, head, payload, size) != 0 || frames_send() != 0;
  frames_unlock();
  return failed ? -1 : 0;
}

// Whether something waits that must not come after a row of this operation, or mix with it.
static int is_in_the_way(const Table* table, enum Operation operation) {
  if (table->rows > 0 && table->operation != operation) {
    return 1;
  }
  if (all.ordered && all.last != NULL && all.last != table && all.last->rows > 0) {
    return 1;
  }
  for (size_t index = 0; table->has_namesake && index < all.count; ++index) {
    const Table* const other = all.tables[index];
    if (other != table && other->rows > 0 && other->has_namesake) {
      return 1;
    }
  }
  return 0;
}

static int take_truncate(Table* table) {
  const Buffer empty = {0};
  Buffer payload = {0};
  const int failed = buffer_append_byte(&payload, kTruncate) != 0 ||
                     build_name(&payload, table->name) != 0 ||
                     buffer_append_u32(&payload, 0) != 0 || buffer_append_u32(&payload, 0) != 0;
  if (failed && PyErr_Occurred() == NULL) {
    PyErr_NoMemory();
  }
  const int sent =
      failed ? -1 : tables_flush_with(kFrameRows, &empty, (const char*)payload.bytes, payload.size);
  buffer_free(&payload);
  return sent;
}

static int take(enum Operation operation, PyObject* name, PyObject* data) {
  Table* const table = table_of(name);
  if (table == NULL) {
    return -1;
  }
  if (operation == kTruncate) {
    return take_truncate(table);
  }
  Row row;
  int failed = row_read(&row, table, operation, data);
  // Other threads may take rows of this table while one waits for its turn to send.
  while (!failed && is_in_the_way(table, operation)) {
    failed = tables_flush();
  }
  if (!failed) {
    table->operation = operation;
    all.last = table;
    failed = row_append(table, &row);
    if (failed) {
      frames_close();  // What waits is not whole.
    }
    ++table->row_number;
  }
  row_drop(&row);
  if (failed) {
    return -1;
  }
  return all.waiting_bytes >= kWaitingBytes || table->rows >= kRowsMax ? tables_flush() : 0;
}

int tables_take(enum Operation operation, PyObject* name, PyObject* data) {
  if (frames_check() != 0) {
    return -1;
  }
  const MeterStart start = meter_begin(kMeterEncode);
  const int failed = take(operation, name, data);
  meter_end(kMeterEncode, start);
  return failed;
}
