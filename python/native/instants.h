// Dates and times out of text, as Python's strptime() takes them with the formats that the kit
// documents: "%Y-%m-%d", "%Y-%m-%dT%H:%M:%S[.%f]" and, for instants, an offset (%z).
#ifndef TENDRIL_NATIVE_INSTANTS_H
#define TENDRIL_NATIVE_INSTANTS_H

#include <stddef.h>
#include <stdint.h>

typedef struct {
  int year, month, day, hour, minute, second, micros;
} DateTime;

enum OffsetRule { kOffsetRefused, kOffsetNeeded };

// Days since 1970-01-01, microseconds since then. REQUIRES: the fields are those of a date.
int32_t days_of(int year, int month, int day);
int64_t micros_of(const DateTime* datetime);

// Each returns NULL, or why the text is none.
const char* parse_date(const char* text, size_t size, int32_t* days);
const char* parse_time(const char* text, size_t size, int64_t* micros_of_day);
const char* parse_datetime(const char* text, size_t size, enum OffsetRule rule, int64_t* micros);

#endif
