// Tables: the rows of operations that wait to be sent, in columns. Rows of one table that follow
// each other with the same operation make one frame, whatever other tables get meanwhile; the
// order of rows within a table is kept, and everything is sent before a checkpoint is.
#ifndef TENDRIL_NATIVE_TABLES_H
#define TENDRIL_NATIVE_TABLES_H

#include "buffer.h"
#include "python.h"
#include "table.h"

// Forgets all tables. `ordered`: the order of operations on different tables is kept too, for
// whoever wants to see them as they came.
void tables_reset(int ordered);

// `columns` maps names to numbers of enum Declared. Returns -1 with an exception.
int tables_declare(PyObject* name, PyObject* columns);

// spelling(name) returns the same text for all names of tables that may become one in the
// warehouse; operations on these keep their order.
void tables_set_spelling(PyObject* spelling);

// Takes one operation. `data` is NULL for truncate. Returns -1 with an exception; then nothing of
// the operation was taken.
int tables_take(enum Operation operation, PyObject* name, PyObject* data);

// Sends what waits. Returns -1 with an exception.
int tables_flush(void);

// Sends what waits and then one frame more: `head` (texts with sizes in front of it, may be empty)
// and `payload`. Returns -1 with an exception.
int tables_flush_with(int kind, const Buffer* head, const char* payload, size_t size);

// Sends one frame beside what waits. Returns -1 with an exception.
int tables_send_alone(int kind, const Buffer* head, const char* payload, size_t size);

#endif
