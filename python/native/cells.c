#include "cells.h"

#include "decimal_text.h"
#include "instants.h"
#include "json_text.h"

static struct {
  PyObject* datetime;  // Types of the module datetime.
  PyObject* date;
  PyObject* time;
  PyObject* decimal;
  PyObject* dumps;  // json.dumps
} python;

static PyObject* attribute_of(const char* module, const char* name) {
  PyObject* const imported = PyImport_ImportModule(module);
  PyObject* const found = imported == NULL ? NULL : PyObject_GetAttrString(imported, name);
  Py_XDECREF(imported);
  return found;
}

int cells_prepare(void) {
  python.datetime = attribute_of("datetime", "datetime");
  python.date = attribute_of("datetime", "date");
  python.time = attribute_of("datetime", "time");
  python.decimal = attribute_of("decimal", "Decimal");
  python.dumps = attribute_of("json", "dumps");
  return PyErr_Occurred() == NULL ? 0 : -1;
}

static enum CellOutcome wrong(const char* problem) {
  PyErr_SetString(PyExc_ValueError, problem);
  return kCellWrong;
}

static enum CellOutcome integer(Cell* cell, int64_t number) {
  cell->tag = kTagInt;
  cell->number = number;
  return kCellDone;
}

static enum CellOutcome real(Cell* cell, double number) {
  cell->tag = kTagFloat;
  cell->real = number;
  return kCellDone;
}

// The text of a str, which stays where it is.
static enum CellOutcome text(Cell* cell, enum Tag tag, PyObject* value) {
  Py_ssize_t size = 0;
  cell->text = PyUnicode_AsUTF8AndSize(value, &size);
  if (cell->text == NULL) {
    PyErr_Clear();
    return wrong("the text has a lone surrogate, which no storage takes: encode it first");
  }
  cell->tag = tag;
  cell->size = (size_t)size;
  Py_INCREF(value);
  cell->owner = value;
  return kCellDone;
}

static enum CellOutcome text_of(Cell* cell, enum Tag tag, PyObject* value, int may_run_python) {
  if (PyUnicode_Check(value)) {
    return text(cell, tag, value);
  }
  if (!may_run_python) {
    return kCellNeedsPython;
  }
  PyObject* const string = PyObject_Str(value);
  if (string == NULL) {
    return kCellWrong;
  }
  const enum CellOutcome outcome = text(cell, tag, string);
  Py_DECREF(string);
  return outcome;
}

// Serializers of XML return bytes where nobody asks them for text.
static enum CellOutcome xml(Cell* cell, PyObject* value) {
  if (PyUnicode_Check(value)) {
    return text(cell, kTagXml, value);
  }
  PyObject* const decoded =
      PyBytes_Check(value) ? PyUnicode_FromEncodedObject(value, "utf-8", "strict") : NULL;
  if (decoded == NULL) {
    PyErr_Clear();
    return wrong(PyBytes_Check(value) ? "needs a text: these bytes are no UTF-8" : "needs a text");
  }
  const enum CellOutcome outcome = text(cell, kTagXml, decoded);
  Py_DECREF(decoded);
  return outcome;
}

static enum CellOutcome json(Cell* cell, PyObject* value, Buffer* scratch, int may_run_python) {
  const size_t start = scratch->size;
  const enum JsonOutcome outcome = json_append(scratch, value);
  if (outcome == kJsonDone) {
    cell->tag = kTagJson;
    cell->offset = start;
    cell->size = scratch->size - start;
    return kCellDone;
  }
  scratch->size = start;
  if (outcome == kJsonNoMemory) {
    PyErr_NoMemory();
    return kCellWrong;
  }
  if (!may_run_python) {
    return kCellNeedsPython;
  }
  PyObject* const string = PyObject_CallFunctionObjArgs(python.dumps, value, NULL);
  if (string == NULL) {
    return kCellWrong;
  }
  const enum CellOutcome made = text(cell, kTagJson, string);
  Py_DECREF(string);
  return made;
}

static enum CellOutcome binary(Cell* cell, PyObject* value, int may_run_python) {
  char* bytes = NULL;
  Py_ssize_t size = 0;
  PyObject* owner = value;
  if (PyBytes_Check(value)) {
    Py_INCREF(owner);
  } else {
    if (!may_run_python) {
      return kCellNeedsPython;
    }
    if (PyUnicode_Check(value) || PyLong_Check(value)) {
      return wrong("needs bytes");
    }
    owner = PyBytes_FromObject(value);
    if (owner == NULL) {
      PyErr_Clear();
      return wrong("needs bytes");
    }
  }
  if (PyBytes_AsStringAndSize(owner, &bytes, &size) != 0) {
    Py_DECREF(owner);
    return kCellWrong;
  }
  *cell = (Cell){.tag = kTagBinary, .text = bytes, .size = (size_t)size, .owner = owner};
  return kCellDone;
}

// Nobody declared the column: the value's own type says what it is.
static enum CellOutcome undeclared(Cell* cell, PyObject* value, Buffer* scratch,
                                   int may_run_python) {
  if (PyFloat_Check(value)) {
    return real(cell, PyFloat_AsDouble(value));
  }
  if (PyLong_Check(value)) {
    int overflow = 0;
    const long long number = PyLong_AsLongLongAndOverflow(value, &overflow);
    if (overflow == 0) {
      return integer(cell, number);
    }
    const double large = PyLong_AsDouble(value);
    if (large == -1.0 && PyErr_Occurred() != NULL) {
      PyErr_Clear();
      return wrong("the number is beyond any that can be stored: declare the column STRING");
    }
    return real(cell, large);
  }
  if (PyBytes_Check(value)) {
    return binary(cell, value, may_run_python);
  }
  if (PyDict_Check(value) || PyList_Check(value)) {
    return json(cell, value, scratch, may_run_python);
  }
  return text_of(cell, kTagString, value, may_run_python);
}

static enum CellOutcome whole_number(Cell* cell, PyObject* value, int64_t most, const char* problem,
                                     int may_run_python) {
  PyObject* number = value;
  if (!PyLong_Check(value)) {
    if (PyFloat_Check(value) || PyUnicode_Check(value)) {
      return wrong(problem);
    }
    if (!may_run_python) {
      return kCellNeedsPython;
    }
    number = PyNumber_Index(value);  // As numpy's integers have it.
    if (number == NULL) {
      PyErr_Clear();
      return wrong(problem);
    }
  } else {
    Py_INCREF(number);
  }
  int overflow = 0;
  const long long found = PyLong_AsLongLongAndOverflow(number, &overflow);
  Py_DECREF(number);
  if (overflow != 0 || found > most || found < -most - 1) {
    return wrong(problem);
  }
  return integer(cell, found);
}

static enum CellOutcome floating(Cell* cell, PyObject* value, int may_run_python) {
  if (PyFloat_Check(value)) {
    return real(cell, PyFloat_AsDouble(value));
  }
  if (PyUnicode_Check(value) || PyBytes_Check(value)) {
    return wrong("needs a number: convert the text with float()");
  }
  if (!PyLong_Check(value) && !may_run_python) {
    return kCellNeedsPython;
  }
  PyObject* const number = PyNumber_Float(value);
  if (number == NULL) {
    PyErr_Clear();
    return wrong("needs a number");
  }
  const double found = PyFloat_AsDouble(number);
  Py_DECREF(number);
  return real(cell, found);
}

// The int that a value offers as its index, or the bool that numpy's, which offers none, stands
// for. A new reference; NULL, without an exception, for what is neither.
static PyObject* whole_of(PyObject* value) {
  PyObject* const number = PyNumber_Index(value);
  if (number != NULL) {
    return number;
  }
  PyErr_Clear();
  PyObject* item =
      PyObject_HasAttrString(value, "dtype") ? PyObject_CallMethod(value, "item", NULL) : NULL;
  PyErr_Clear();
  if (item != NULL && !PyBool_Check(item)) {
    Py_DECREF(item);
    item = NULL;
  }
  return item;
}

static enum CellOutcome boolean(Cell* cell, PyObject* value, int may_run_python) {
  if (PyFloat_Check(value) || PyUnicode_Check(value) || PyBytes_Check(value)) {
    return wrong("needs True or False");
  }
  if (!PyLong_Check(value) && !may_run_python) {
    return kCellNeedsPython;
  }
  PyObject* const whole = whole_of(value);
  if (whole == NULL) {
    return wrong("needs True or False");
  }
  const int truth = PyObject_IsTrue(whole);
  Py_DECREF(whole);
  if (truth < 0) {
    return kCellWrong;
  }
  cell->tag = truth ? kTagTrue : kTagFalse;
  return kCellDone;
}

// The attribute of a date or time; -1 with an exception.
static int field_of(PyObject* value, const char* name) {
  PyObject* const field = PyObject_GetAttrString(value, name);
  const long number = field == NULL ? -1 : PyLong_AsLong(field);
  Py_XDECREF(field);
  return (int)number;
}

static void read_date(PyObject* value, DateTime* out) {
  out->year = field_of(value, "year");
  out->month = field_of(value, "month");
  out->day = field_of(value, "day");
}

static void read_time(PyObject* value, DateTime* out) {
  out->hour = field_of(value, "hour");
  out->minute = field_of(value, "minute");
  out->second = field_of(value, "second");
  out->micros = field_of(value, "microsecond");
}

// Microseconds that an aware datetime is ahead of UTC; 0 for one that is not.
static int64_t offset_of(PyObject* value) {
  PyObject* const offset = PyObject_CallMethod(value, "utcoffset", NULL);
  if (offset == NULL || offset == Py_None) {
    Py_XDECREF(offset);
    return 0;
  }
  const int64_t days = field_of(offset, "days");
  const int64_t seconds = field_of(offset, "seconds");
  const int64_t micros = field_of(offset, "microseconds");
  Py_DECREF(offset);
  return (days * 86400 + seconds) * 1000000 + micros;
}

// pandas' NaT is a datetime without fields, and unlike any, itself too.
static int is_not_a_time(PyObject* value) {
  PyObject* const same = PyObject_RichCompare(value, value, Py_EQ);
  const int differs = same == Py_False;
  Py_XDECREF(same);
  PyErr_Clear();
  return differs;
}

// A datetime with a zone counts as its instant, one without as UTC. A date is its midnight.
static enum CellOutcome instant_object(Cell* cell, PyObject* value, enum Tag tag) {
  const int has_time = PyObject_IsInstance(value, python.datetime);
  const int has_date = has_time > 0 ? 1 : PyObject_IsInstance(value, python.date);
  if (has_time < 0 || has_date < 0) {
    return kCellWrong;
  }
  if (!has_date) {
    return wrong(tag == kTagDate ? "needs a date or a text such as 2024-01-31"
                                 : "needs a datetime or a text such as 2024-01-31T12:30:00");
  }
  if (is_not_a_time(value)) {
    return wrong("needs a date, and got pandas' NaT: send None instead");
  }
  DateTime fields = {0};
  read_date(value, &fields);
  int64_t offset = 0;
  if (PyErr_Occurred() == NULL && has_time && tag != kTagDate) {
    read_time(value, &fields);
    offset = offset_of(value);
  }
  if (PyErr_Occurred() != NULL) {
    return kCellWrong;
  }
  cell->tag = tag;
  cell->number = tag == kTagDate ? days_of(fields.year, fields.month, fields.day)
                                 : micros_of(&fields) - offset;
  return kCellDone;
}

static enum CellOutcome time_object(Cell* cell, PyObject* value) {
  const int is_time = PyObject_IsInstance(value, python.time);
  if (is_time < 0) {
    return kCellWrong;
  }
  if (!is_time) {
    return wrong("needs a time or a text such as 12:30:00");
  }
  DateTime fields = {.year = 1970, .month = 1, .day = 1};
  read_time(value, &fields);
  if (PyErr_Occurred() != NULL) {
    return kCellWrong;
  }
  cell->tag = kTagTime;
  cell->number = micros_of(&fields);
  return kCellDone;
}

static enum CellOutcome instant_text(Cell* cell, PyObject* value, enum Tag tag) {
  Py_ssize_t size = 0;
  const char* const text = PyUnicode_AsUTF8AndSize(value, &size);
  if (text == NULL) {
    PyErr_Clear();
    return wrong("the text has a lone surrogate");
  }
  const char* problem = NULL;
  int32_t days = 0;
  if (tag == kTagDate) {
    problem = parse_date(text, (size_t)size, &days);
    cell->number = days;
  } else if (tag == kTagTime) {
    problem = parse_time(text, (size_t)size, &cell->number);
  } else {
    problem = parse_datetime(
        text, (size_t)size, tag == kTagUtcDatetime ? kOffsetNeeded : kOffsetRefused, &cell->number);
  }
  if (problem != NULL) {
    return wrong(problem);
  }
  cell->tag = tag;
  return kCellDone;
}

static enum CellOutcome instant(Cell* cell, PyObject* value, enum Tag tag, int may_run_python) {
  if (PyUnicode_Check(value)) {
    return instant_text(cell, value, tag);
  }
  if (!may_run_python) {
    return kCellNeedsPython;
  }
  return tag == kTagTime ? time_object(cell, value) : instant_object(cell, value, tag);
}

static enum CellOutcome decimal(Cell* cell, PyObject* value, int may_run_python) {
  if (!may_run_python && !PyUnicode_Check(value)) {
    return kCellNeedsPython;
  }
  const int is_number = PyUnicode_Check(value) || PyFloat_Check(value) ||
                        (PyLong_Check(value) && !PyBool_Check(value));
  const int is_decimal = is_number ? 1 : PyObject_IsInstance(value, python.decimal);
  if (is_decimal < 0) {
    return kCellWrong;
  }
  if (!is_decimal) {
    return wrong("needs a Decimal, an int or the text of a number");
  }
  const enum CellOutcome outcome = text_of(cell, kTagDecimal, value, may_run_python);
  if (outcome == kCellDone && PyUnicode_Check(value) && !is_decimal_text(cell->text, cell->size)) {
    cell_drop(cell);
    return wrong("needs a number, and this text is none");
  }
  return outcome;
}

enum CellOutcome cell_from(Cell* cell, PyObject* value, enum Declared declared, Buffer* scratch,
                           int may_run_python) {
  *cell = (Cell){.tag = kTagNull};
  if (value == Py_None) {
    return kCellDone;
  }
  if (PyBool_Check(value) && (declared == kUnspecified || declared == kBoolean)) {
    cell->tag = value == Py_True ? kTagTrue : kTagFalse;
    return kCellDone;
  }
  switch (declared) {
    case kUnspecified: break;
    case kBoolean: return boolean(cell, value, may_run_python);
    case kShort:
      return whole_number(cell, value, INT16_MAX, "needs an int from -32768 to 32767",
                          may_run_python);
    case kInt:
      return whole_number(cell, value, INT32_MAX, "needs an int from -2147483648 to 2147483647",
                          may_run_python);
    case kLong:
      return whole_number(cell, value, INT64_MAX, "needs an int of 64 bits", may_run_python);
    case kDecimal: return decimal(cell, value, may_run_python);
    case kFloat:
    case kDouble: return floating(cell, value, may_run_python);
    case kNaiveDate: return instant(cell, value, kTagDate, may_run_python);
    case kNaiveDatetime: return instant(cell, value, kTagNaiveDatetime, may_run_python);
    case kUtcDatetime: return instant(cell, value, kTagUtcDatetime, may_run_python);
    case kNaiveTime: return instant(cell, value, kTagTime, may_run_python);
    case kBinary: return binary(cell, value, may_run_python);
    case kXml: return xml(cell, value);
    case kString: return text_of(cell, kTagString, value, may_run_python);
    case kJson: return json(cell, value, scratch, may_run_python);
  }
  return undeclared(cell, value, scratch, may_run_python);
}

void cell_drop(Cell* cell) {
  Py_XDECREF(cell->owner);
  cell->owner = NULL;
}
