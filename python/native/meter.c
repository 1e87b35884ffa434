#include "meter.h"

#include <pthread.h>
#include <time.h>

// Asking for the CPU time of a thread is a call of the system: for rows it is done once in so many.
#define kSampleEvery 32

typedef struct {
  uint64_t wall;
  uint64_t cpu;      // Of those that were sampled,
  uint64_t sampled;  // so many,
  uint64_t calls;    // of so many.
} Spent;

static struct {
  int on;
  pthread_t main;
  Spent spent[2][2];  // By what, and by whether it is the main thread (0).
} meter;

static _Thread_local uint64_t inner_wall;  // Of what is inside the encoding under way.
static _Thread_local uint64_t inner_cpu;
static _Thread_local unsigned int turn;

static uint64_t now(clockid_t clock) {
  struct timespec time;
  clock_gettime(clock, &time);
  return (uint64_t)time.tv_sec * 1000000000u + (uint64_t)time.tv_nsec;
}

void meter_switch_on(void) {
  meter.main = pthread_self();
  meter.on = 1;
}

MeterStart meter_begin(enum Metered what) {
  if (!meter.on) {
    return (MeterStart){0, 0};
  }
  const int sampled = what == kMeterSend || turn++ % kSampleEvery == 0;
  if (what == kMeterEncode) {
    inner_wall = 0;
    inner_cpu = 0;
  }
  const uint64_t cpu = sampled ? now(CLOCK_THREAD_CPUTIME_ID) : 0;
  return (MeterStart){now(CLOCK_MONOTONIC), cpu};
}

void meter_end(enum Metered what, MeterStart start) {
  if (start.wall == 0) {
    return;
  }
  Spent* const spent = &meter.spent[what][pthread_equal(pthread_self(), meter.main) ? 0 : 1];
  uint64_t wall = now(CLOCK_MONOTONIC) - start.wall;
  uint64_t cpu = start.cpu == 0 ? 0 : now(CLOCK_THREAD_CPUTIME_ID) - start.cpu;
  if (what == kMeterSend) {
    inner_wall += wall;
    inner_cpu += cpu;
  } else {
    wall -= inner_wall < wall ? inner_wall : wall;
    cpu -= inner_cpu < cpu ? inner_cpu : cpu;
  }
  spent->wall += wall;
  spent->calls += 1;
  if (start.cpu != 0) {
    spent->cpu += cpu;
    spent->sampled += 1;
  }
}

static PyObject* told(const Spent* spent) {
  const double share = spent->sampled == 0 ? 0 : (double)spent->calls / (double)spent->sampled;
  const uint64_t cpu = (uint64_t)((double)spent->cpu * share);
  return Py_BuildValue("(KK)", (unsigned long long)spent->wall,
                       (unsigned long long)(cpu < spent->wall ? cpu : spent->wall));
}

PyObject* meter_read(void) {
  return Py_BuildValue("((NN)(NN))", told(&meter.spent[kMeterEncode][0]),
                       told(&meter.spent[kMeterEncode][1]), told(&meter.spent[kMeterSend][0]),
                       told(&meter.spent[kMeterSend][1]));
}
