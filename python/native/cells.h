// Cells: the values of one row, ready to be copied into columns.
#ifndef TENDRIL_NATIVE_CELLS_H
#define TENDRIL_NATIVE_CELLS_H

#include "buffer.h"
#include "python.h"

// What a value travels as. Ints, floats and instants have eight bytes, dates four, texts their size
// (u32) and their bytes; the first four have none.
enum Tag {
  kTagAbsent = 0,
  kTagNull = 1,
  kTagFalse = 2,
  kTagTrue = 3,
  kTagInt = 4,
  kTagFloat = 5,
  kTagDecimal = 6,
  kTagString = 7,
  kTagJson = 8,
  kTagXml = 9,
  kTagBinary = 10,
  kTagDate = 11,
  kTagNaiveDatetime = 12,
  kTagUtcDatetime = 13,
  kTagTime = 14,
};

// As the package names them; in the order of DECLARED_TYPES there.
enum Declared {
  kUnspecified,
  kBoolean,
  kShort,
  kInt,
  kLong,
  kDecimal,
  kFloat,
  kDouble,
  kNaiveDate,
  kNaiveDatetime,
  kUtcDatetime,
  kBinary,
  kXml,
  kString,
  kJson,
  kNaiveTime,
};

typedef struct {
  enum Tag tag;
  int64_t number;    // Of ints, dates and instants.
  double real;       // Of floats.
  const char* text;  // Of texts; NULL: at `offset` in the scratch buffer.
  size_t offset, size;
  PyObject* owner;  // Keeps `text` alive, or NULL.
} Cell;

enum CellOutcome {
  kCellDone,
  kCellNeedsPython,  // Only with `may_run_python` off.
  kCellWrong,        // An exception is set. A ValueError says what is wrong with the value.
};

// The Python objects that conversions need. Returns -1 with an exception.
int cells_prepare(void);

// Turns a value into a cell of a column that was declared so. `scratch` takes text that is made.
// Without `may_run_python` no Python code is run, so that nobody can change what is being read.
enum CellOutcome cell_from(Cell* cell, PyObject* value, enum Declared declared, Buffer* scratch,
                           int may_run_python);

void cell_drop(Cell* cell);

#endif
