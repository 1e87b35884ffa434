#include "frames.h"

#include <errno.h>
#include <pthread.h>
#include <sys/types.h>
#include <unistd.h>

#include "meter.h"
#include "pythread.h"

static struct {
  int descriptor;
  pid_t process;  // That may send;
  int forked;     // a forked one may not. (Asking for the process each time would be felt.)
  int broken;     // A frame was cut short: nothing can follow it.
  PyThread_type_lock lock;
  Buffer waiting;
} frames = {.descriptor = -1};

static void note_fork(void) { frames.forked = 1; }

int frames_open(int descriptor) {
  if (frames.lock == NULL) {
    frames.lock = PyThread_allocate_lock();
    if (frames.lock == NULL || pthread_atfork(NULL, NULL, note_fork) != 0) {
      PyErr_NoMemory();
      return -1;
    }
  }
  frames.descriptor = descriptor;
  frames.process = getpid();
  return 0;
}

void frames_close(void) { frames.descriptor = -1; }

int frames_check(void) {
  if (frames.descriptor < 0) {
    PyErr_SetString(PyExc_RuntimeError,
                    frames.lock == NULL
                        ? "operations work only while a sync runs: start it with `tendril debug` "
                          "or connector.debug()"
                        : "the sync is over: an operation came after update() had returned");
    return -1;
  }
  if (frames.forked) {
    PyErr_Format(PyExc_RuntimeError,
                 "operations must come from the process that runs update() (%ld), not from one "
                 "that it forked (%ld): hand the rows back to it",
                 (long)frames.process, (long)getpid());
    return -1;
  }
  if (frames.broken) {
    PyErr_SetString(PyExc_RuntimeError, "the sync has ended: nobody takes operations any more");
    return -1;
  }
  return 0;
}

void frames_lock(void) {
  if (PyThread_acquire_lock(frames.lock, NOWAIT_LOCK)) {
    return;
  }
  const MeterStart start = meter_begin(kMeterSend);
  PyThreadState* const thread = PyEval_SaveThread();
  PyThread_acquire_lock(frames.lock, WAIT_LOCK);
  PyEval_RestoreThread(thread);
  meter_end(kMeterSend, start);
}

void frames_unlock(void) { PyThread_release_lock(frames.lock); }

Buffer* frames_waiting(void) { return &frames.waiting; }

int frames_begin(enum FrameKind kind, size_t* start) {
  *start = frames.waiting.size;
  if (buffer_append_u32(&frames.waiting, 0) != 0 ||
      buffer_append_byte(&frames.waiting, (unsigned char)kind) != 0) {
    frames.waiting.size = *start;
    PyErr_NoMemory();
    return -1;
  }
  return 0;
}

int frames_end(size_t start) {
  const size_t payload = frames.waiting.size - start - 5;
  if (payload > kFrameBytesMax) {
    frames.waiting.size = start;
    PyErr_Format(PyExc_ValueError, "operation is too large: %zu bytes, at most %zu", payload,
                 kFrameBytesMax);
    return -1;
  }
  const uint32_t size = (uint32_t)payload;
  memcpy(frames.waiting.bytes + start, &size, sizeof size);
  return 0;
}

// Returns 0, or errno.
static int write_all(const unsigned char* bytes, size_t size) {
  while (size > 0) {
    const ssize_t written = write(frames.descriptor, bytes, size);
    if (written < 0 && errno != EINTR) {
      return errno;
    }
    if (written > 0) {
      bytes += written;
      size -= (size_t)written;
    }
  }
  return 0;
}

int frames_send(void) {
  int failure = 0;
  const MeterStart start = meter_begin(kMeterSend);
  Py_BEGIN_ALLOW_THREADS failure = write_all(frames.waiting.bytes, frames.waiting.size);
  Py_END_ALLOW_THREADS frames.waiting.size = 0;
  meter_end(kMeterSend, start);
  if (failure == 0) {
    return 0;
  }
  frames.broken = 1;
  return frames_check();
}
