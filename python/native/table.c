#include "table.h"

#include "frames.h"

void* grown(void* items, size_t count, size_t* capacity, size_t size) {
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

int remember(PyObject* positions, PyObject* name, size_t index) {
  PyObject* const number = PyLong_FromSize_t(index);
  const int failed = number == NULL ? -1 : PyDict_SetItem(positions, name, number);
  Py_XDECREF(number);
  return failed;
}

Py_ssize_t position_of(PyObject* positions, PyObject* name) {
  PyObject* const found = PyDict_GetItemWithError(positions, name);
  if (found == NULL) {
    return PyErr_Occurred() == NULL ? -1 : -2;
  }
  return PyLong_AsSsize_t(found);
}

Table* table_new(PyObject* name) {
  Table* const table = calloc(1, sizeof *table);
  PyObject* const positions = PyDict_New();
  if (table == NULL || positions == NULL) {
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
  return table;
}

void table_free(Table* table) {
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

Column* table_add_column(Table* table, PyObject* name) {
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

Column* table_find_column(Table* table, PyObject* name, size_t expected) {
  if (expected < table->column_count && table->columns[expected].name == name) {
    return &table->columns[expected];
  }
  const Py_ssize_t index = position_of(table->positions, name);
  return index < 0 ? NULL : &table->columns[index];
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

static int append_value(Column* column, const Cell* cell, const Buffer* scratch) {
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

int table_append_cell(Table* table, Column* column, const Cell* cell, const Buffer* scratch) {
  return fill_up(column, table->rows) != 0 ? -1 : append_value(column, cell, scratch);
}

int build_name(Buffer* out, PyObject* name) {
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

int table_build_frame(Table* table) {
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
