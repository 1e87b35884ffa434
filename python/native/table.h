// Table: the rows of one operation on one table that wait to be sent, in columns.
#ifndef TENDRIL_NATIVE_TABLE_H
#define TENDRIL_NATIVE_TABLE_H

#include "cells.h"
#include "python.h"

enum Operation { kUpsert = 0, kUpdate = 1, kDelete = 2, kTruncate = 3 };

typedef struct {
  PyObject* name;
  enum Declared declared;
  Buffer tags;
  Buffer values;
  int noted;  // A list or dict that became a text was told of.
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

// Return NULL with an exception.
Table* table_new(PyObject* name);
Column* table_add_column(Table* table, PyObject* name);

void table_free(Table* table);

// Finds the column of a name. `expected` is where it most likely is. Returns NULL without an
// exception when there is none, and with one.
Column* table_find_column(Table* table, PyObject* name, size_t expected);

// Appends a cell to the column of a row that is not counted yet. Runs no Python code. Returns -1
// when there is no memory.
int table_append_cell(Table* table, Column* column, const Cell* cell, const Buffer* scratch);

// Appends the frame of the rows to those that wait; the table has none afterwards. Columns that no
// row mentions are left out. Returns -1 with an exception. REQUIRES: the frames are locked.
int table_build_frame(Table* table);

// Appends a text with its size. Returns -1 with an exception.
int build_name(Buffer* out, PyObject* name);

// The index that a dict has for a name; -1 when there is none, -2 with an exception.
Py_ssize_t position_of(PyObject* positions, PyObject* name);
// Returns -1 with an exception.
int remember(PyObject* positions, PyObject* name, size_t index);

// Makes room for one more item of `size` bytes. Returns NULL with an exception.
void* grown(void* items, size_t count, size_t* capacity, size_t size);

#endif
