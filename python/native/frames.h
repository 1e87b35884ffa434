// Frames: how operations travel to the program. A frame is its payload's size (u32), its kind (u8)
// and the payload; all numbers are little-endian, a text is its size (u32) and its UTF-8 bytes.
// The other side is src/bridges/fivetran/frame.h.
//
// Rows:     operation (u8), table (text), number of rows (u32), number of columns (u32); for each
//           column: name (text), size of its values (u32), a tag for each row, the values.
// Log:      level (u8), text without a size.
// FilePart: path (text), whether it is the last (u8), bytes without a size.
// All other payloads are one text without a size.
#ifndef TENDRIL_NATIVE_FRAMES_H
#define TENDRIL_NATIVE_FRAMES_H

#include "buffer.h"
#include "python.h"

enum FrameKind {
  kFrameRows = 1,
  kFrameCheckpoint = 2,
  kFrameLog = 3,
  kFrameSchema = 4,
  kFrameAnswer = 5,
  kFrameFailure = 6,
  kFrameDone = 7,
  kFrameWarning = 8,
  kFrameTask = 9,
  kFrameFilePart = 10,
  kFrameHello = 11,
  kFrameProfile = 12,
};

#define kFrameBytesMax ((size_t)192 << 20)

// Takes the file descriptor that frames are written to. Returns -1 with an exception.
int frames_open(int descriptor);

// No frame can be sent any more.
void frames_close(void);

// Returns -1 with an exception when frames can not be sent from here and now: before frames_open(),
// after frames_close(), in a forked process.
int frames_check(void);

// Only one thread builds and sends frames at a time; the order in which they take the right is the
// order in which their frames arrive. frames_lock() waits without the GIL.
void frames_lock(void);
void frames_unlock(void);

// Begins a frame behind those that wait; frames_end() sets its size.
// REQUIRES: the lock is held. Both return -1 with an exception.
int frames_begin(enum FrameKind kind, size_t* start);
int frames_end(size_t start);

// Where the frames that wait are built.
Buffer* frames_waiting(void);

// Writes all that waits, without the GIL. REQUIRES: the lock is held.
// Returns -1 with an exception when nobody reads any more.
int frames_send(void);

#endif
