// Meter: how long operations take to become frames, and how long frames wait for whoever reads
// them. Off until it is asked for.
#ifndef TENDRIL_NATIVE_METER_H
#define TENDRIL_NATIVE_METER_H

#include <stdint.h>

#include "python.h"

enum Metered { kMeterEncode = 0, kMeterSend = 1 };

// The moments at which something began; all zero while the meter is off.
typedef struct {
  uint64_t wall;
  uint64_t cpu;  // 0: not taken this time.
} MeterStart;

// Measures from now on; the calling thread is the main one.
void meter_switch_on(void);

// What lasts between the two is counted for the calling thread, what is inside it not twice.
// REQUIRES: the GIL is held at the end.
MeterStart meter_begin(enum Metered what);
void meter_end(enum Metered what, MeterStart start);

// A list of (wall, cpu) in nanoseconds for encoding and for sending, of the main thread and of the
// others: ((encode, encode), (send, send)). Returns NULL with an exception.
PyObject* meter_read(void);

#endif
