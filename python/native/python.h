// The stable part of Python's C interface: the library that is built with it is loaded by every
// later version.
#ifndef TENDRIL_NATIVE_PYTHON_H
#define TENDRIL_NATIVE_PYTHON_H

// All that is used is exported by 3.9 too, though its headers do not count it to the stable part.
#define Py_LIMITED_API 0x030A0000
#define PY_SSIZE_T_CLEAN
#include <Python.h>

#endif
