#include "tables.h"

#include "frames.h"

// A frame goes out when this much waits in all tables together, or so many rows of one table.
#define kWaitingBytes ((size_t)256 * 1024)
#define kRowsMax 16384U

// Columns of a row that need no memory of their own.
#define kCellsAtHand 64

typedef struct {
  PyObject* name;
  enum Declared declared;
  Buffer tags;
  Buffer values;
  int noted;
} Column;

typedef struct {
  PyObject* name;
  PyObject* spelling;  // Equal for tables that may become one.
  int has_namesake;
  PyObject* positions;  // A dict of names to indexes of columns.
  Column* columns;
  uint32_t column_count, column_capacity;
  uint32_t rows;
  enum Operation operation;
  unsigned long long row_number;  // Of the last operation with a row, from 1 on.
} Table;

typedef struct {
  PyObject* name;
  Cell cell;
} NamedCell;

typedef struct {
  NamedCell at_hand[kCellsAtHand];
  NamedCell* cells;
  size_t count;
  Buffer scratch;
} Row;

static struct {
  PyObject* positions;  // A dict of names to indexes of tables.
  Table** tables;
  size_t count, capacity;
  Table* last;
  size_t waiting_bytes;
  int ordered;
  PyObject* fault;
  PyObject* spelling;
  PyObject* note;
  Buffer spare;  // The scratch of the last row, for the next.
} all;

static void drop_table(Table* table) {
  for (uint32_t index = 0; index < table->column_count; ++index) {
    Py_DECREF(table->columns[index].name);
    buffer_free(&table->columns[index].tags);
    buffer_free(&table->columns[index].values);
  }
  free(table->columns);
  Py_DECREF(table->name);
  Py_XDECREF(table->spelling);
  Py_DECREF(table->positions);
  free(table);
}

void tables_reset(int ordered) {
  for (size_t index = 0; index < all.count; ++index) {
    drop_table(all.tables[index]);
  }
  all.count = 0;
  all.last = NULL;
  all.waiting_bytes = 0;
  all.ordered = ordered;
  Py_CLEAR(all.positions);
}

static void set(PyObject** place, PyObject* object) {
  PyObject* const old = *place;
  Py_XINCREF(object);
  *place = object;
  Py_XDECREF(old);
}

void tables_set_fault(PyObject* fault) { set(&all.fault, fault); }
void tables_set_spelling(PyObject* spelling) { set(&all.spelling, spelling); }
void tables_set_note(PyObject* note) { set(&all.note, note); }

// Makes room for one more item of `size` bytes. Returns NULL with an exception.
static void* grown(void* items, size_t count, size_t* capacity, size_t size) {
  if (count < *capacity) {
    return items;
  }
  const size_t wanted = *capacity == 0 ? 8 : *capacity * 2;
  void* const more = realloc(items, wanted * size);
  if (more == NULL) {
    PyErr_NoMemory();
    return NULL;
  }
  *capacity = wanted;
  return more;
}

static int remember(PyObject* positions, PyObject* name, size_t index) {
  PyObject* const number = PyLong_FromSize_t(index);
  const int failed = number == NULL ? -1 : PyDict_SetItem(positions, name, number);
  Py_XDECREF(number);
  return failed;
}

// The index that `positions` has for a name; -1 when there is none, -2 with an exception.
static Py_ssize_t position_of(PyObject* positions, PyObject* name) {
  PyObject* const found = PyDict_GetItemWithError(positions, name);
  if (found == NULL) {
    return PyErr_Occurred() == NULL ? -1 : -2;
  }
  return PyLong_AsSsize_t(found);
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

static Table* add_table(PyObject* name) {
  Table** const tables = grown(all.tables, all.count, &all.capacity, sizeof(Table*));
  if (tables == NULL) {
    return NULL;
  }
  all.tables = tables;
  Table* const table = calloc(1, sizeof *table);
  PyObject* const positions = PyDict_New();
  if (table == NULL || positions == NULL || remember(all.positions, name, all.count) != 0) {
    free(table);
    Py_XDECREF(positions);
    if (PyErr_Occurred() == NULL) {
      PyErr_NoMemory();
    }
    return NULL;
  }
  Py_INCREF(name);
  table->name = name;
  table->positions = positions;
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

static Column* add_column(Table* table, PyObject* name) {
  size_t capacity = table->column_capacity;
  Column* const columns = grown(table->columns, table->column_count, &capacity, sizeof(Column));
  if (columns == NULL) {
    return NULL;
  }
  table->columns = columns;
  table->column_capacity = (uint32_t)capacity;
  if (remember(table->positions, name, table->column_count) != 0) {
    return NULL;
  }
  Py_INCREF(name);
  table->columns[table->column_count] = (Column){.name = name};
  return &table->columns[table->column_count++];
}

// Finds the column of a name. `expected` is where it most likely is. Returns NULL without an
// exception when there is none, and with one.
static Column* find_column(Table* table, PyObject* name, size_t expected) {
  if (expected < table->column_count && table->columns[expected].name == name) {
    return &table->columns[expected];
  }
  const Py_ssize_t index = position_of(table->positions, name);
  return index < 0 ? NULL : &table->columns[index];
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
    Column* const column = add_column(table, column_name);
    if (column == NULL) {
      return -1;
    }
    column->declared = (enum Declared)PyLong_AsLong(type);
  }
  return PyErr_Occurred() == NULL ? 0 : -1;
}

static void row_drop(Row* row) {
  for (size_t index = 0; index < row->count; ++index) {
    cell_drop(&row->cells[index].cell);
    Py_DECREF(row->cells[index].name);
  }
  row->count = 0;
  if (row->cells != row->at_hand) {
    free(row->cells);
  }
  row->scratch.size = 0;
  if (all.spare.bytes == NULL) {
    all.spare = row->scratch;
  } else {
    buffer_free(&row->scratch);
  }
}

static int row_prepare(Row* row, size_t columns) {
  row->count = 0;
  row->cells = row->at_hand;
  row->scratch = all.spare;
  all.spare = (Buffer){0};
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
  if (all.fault == NULL || !PyErr_ExceptionMatches(PyExc_ValueError)) {
    return;
  }
  PyObject* type = NULL;
  PyObject* problem = NULL;
  PyObject* trace = NULL;
  PyErr_Fetch(&type, &problem, &trace);
  PyObject* const fault = PyObject_CallFunction(all.fault, "OiKOOOO", table->name, (int)operation,
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
  find_column(table, name, 0)->noted = 1;
  if (all.note == NULL) {
    return 0;
  }
  PyObject* const done = PyObject_CallFunction(all.note, "OiKOOO", table->name, (int)operation,
                                               table->row_number + 1, data, name, value);
  Py_XDECREF(done);
  return done == NULL ? -1 : 0;
}

// Reads all values of `data`. A row that runs Python code is read from a copy that nobody else has.
static enum CellOutcome row_read(Row* row, Table* table, enum Operation operation, PyObject* data,
                                 int may_run_python) {
  PyObject* name = NULL;
  PyObject* value = NULL;
  Py_ssize_t position = 0;
  while (PyDict_Next(data, &position, &name, &value)) {
    if (check_name(table, name) != 0) {
      return kCellWrong;
    }
    const Column* const column = find_column(table, name, row->count);
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

static int append_cell(Column* column, const Cell* cell, const Buffer* scratch) {
  if (buffer_append_byte(&column->tags, (unsigned char)cell->tag) != 0) {
    return -1;
  }
  switch (cell->tag) {
    case kTagAbsent:
    case kTagNull:
    case kTagFalse:
    case kTagTrue: return 0;
    case kTagInt:
    case kTagNaiveDatetime:
    case kTagUtcDatetime:
    case kTagTime: return buffer_append(&column->values, &cell->number, 8);
    case kTagFloat: return buffer_append(&column->values, &cell->real, 8);
    case kTagDate: {
      const int32_t days = (int32_t)cell->number;
      return buffer_append(&column->values, &days, sizeof days);
    }
    default: break;
  }
  const char* const text =
      cell->text != NULL ? cell->text : (const char*)scratch->bytes + cell->offset;
  return buffer_append_text(&column->values, text, cell->size);
}

// Columns that the last rows did not have are absent there.
static int fill_up(Column* column, uint32_t rows) {
  const size_t missing = rows - column->tags.size;
  if (missing == 0) {
    return 0;
  }
  if (buffer_reserve(&column->tags, missing) != 0) {
    return -1;
  }
  memset(column->tags.bytes + column->tags.size, kTagAbsent, missing);
  column->tags.size = rows;
  return 0;
}

// Copies a row into the columns. Runs no Python code. Returns -1 with an exception; then the rows
// that wait are not whole any more.
static int row_append(Table* table, const Row* row) {
  for (size_t index = 0; index < row->count; ++index) {
    const NamedCell* const named = &row->cells[index];
    Column* column = find_column(table, named->name, index);
    if (column == NULL) {
      column = add_column(table, named->name);
    }
    if (column == NULL) {
      return -1;
    }
    const size_t before = column->values.size;
    if (fill_up(column, table->rows) != 0 ||
        append_cell(column, &named->cell, &row->scratch) != 0) {
      PyErr_NoMemory();
      return -1;
    }
    all.waiting_bytes += column->values.size - before + 1;
  }
  ++table->rows;
  all.waiting_bytes += 4;
  return 0;
}

static int build_name(Buffer* out, PyObject* name) {
  Py_ssize_t size = 0;
  const char* const text = PyUnicode_AsUTF8AndSize(name, &size);
  if (text == NULL) {
    return -1;
  }
  if (buffer_append_text(out, text, (size_t)size) != 0) {
    PyErr_NoMemory();
    return -1;
  }
  return 0;
}

static int build_column(Buffer* out, Column* column, uint32_t rows) {
  if (build_name(out, column->name) != 0) {
    return -1;
  }
  if (fill_up(column, rows) != 0 || buffer_append_u32(out, (uint32_t)column->values.size) != 0 ||
      buffer_append(out, column->tags.bytes, rows) != 0 ||
      buffer_append(out, column->values.bytes, column->values.size) != 0) {
    PyErr_NoMemory();
    return -1;
  }
  column->tags.size = 0;
  column->values.size = 0;
  return 0;
}

// Builds the frame of a table's rows. Columns that none of them mentions are left out.
static int build_rows(Table* table) {
  Buffer* const out = frames_waiting();
  size_t start = 0;
  if (frames_begin(kFrameRows, &start) != 0 ||
      buffer_append_byte(out, (unsigned char)table->operation) != 0 ||
      build_name(out, table->name) != 0) {
    return -1;
  }
  uint32_t columns = 0;
  for (uint32_t index = 0; index < table->column_count; ++index) {
    columns += table->columns[index].tags.size > 0;
  }
  if (buffer_append_u32(out, table->rows) != 0 || buffer_append_u32(out, columns) != 0) {
    PyErr_NoMemory();
    return -1;
  }
  for (uint32_t index = 0; index < table->column_count; ++index) {
    if (table->columns[index].tags.size > 0 &&
        build_column(out, &table->columns[index], table->rows) != 0) {
      return -1;
    }
  }
  table->rows = 0;
  return frames_end(start);
}

// REQUIRES: the frames are locked.
static int build_all(void) {
  for (size_t index = 0; index < all.count; ++index) {
    if (all.tables[index]->rows > 0 && build_rows(all.tables[index]) != 0) {
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

// Reads the row, from a copy where that runs Python code.
static int read_row(Row* row, Table* table, enum Operation operation, PyObject* data) {
  enum CellOutcome outcome = row_read(row, table, operation, data, 0);
  if (outcome == kCellNeedsPython) {
    const size_t columns = row->cells == row->at_hand ? 0 : (size_t)PyDict_Size(data);
    PyObject* const copy = PyDict_Copy(data);
    row_drop(row);
    if (copy == NULL || row_prepare(row, columns) != 0) {
      Py_XDECREF(copy);
      return -1;
    }
    outcome = row_read(row, table, operation, copy, 1);
    Py_DECREF(copy);
  }
  return outcome == kCellDone ? 0 : -1;
}

int tables_take(enum Operation operation, PyObject* name, PyObject* data) {
  if (frames_check() != 0) {
    return -1;
  }
  Table* const table = table_of(name);
  if (table == NULL) {
    return -1;
  }
  if (operation == kTruncate) {
    return take_truncate(table);
  }
  Row row;
  if (row_prepare(&row, (size_t)PyDict_Size(data)) != 0) {
    return -1;
  }
  int failed = read_row(&row, table, operation, data);
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
