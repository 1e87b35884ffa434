// Row: the values of one operation, read before any of them is stored, so that a row is taken whole
// or not at all.
#ifndef TENDRIL_NATIVE_ROW_H
#define TENDRIL_NATIVE_ROW_H

#include "cells.h"
#include "python.h"
#include "table.h"

// Columns of a row that need no memory of their own.
#define kCellsAtHand 64

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

// What makes an exception of a value that is wrong:
// fault(table, operation, number of the row, data, column, value, problem).
void rows_set_fault(PyObject* fault);

// note(table, operation, number of the row, data, column, value): told once of a column when a
// value that should better be JSON became a text.
void rows_set_note(PyObject* note);

// Reads a row. Python code may run, and other threads with it. Returns -1 with an exception; the
// row is to be dropped in both cases.
int row_read(Row* row, Table* table, enum Operation operation, PyObject* data);
void row_drop(Row* row);

#endif
