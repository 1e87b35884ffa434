// Buffer: bytes that grow. All functions return 0, or -1 when there is no memory; none touches
// Python.
#ifndef TENDRIL_NATIVE_BUFFER_H
#define TENDRIL_NATIVE_BUFFER_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
  unsigned char* bytes;
  size_t size;
  size_t capacity;
} Buffer;

static inline int buffer_reserve(Buffer* buffer, size_t more) {
  if (buffer->capacity - buffer->size >= more) {
    return 0;
  }
  size_t capacity = buffer->capacity < 256 ? 256 : buffer->capacity;
  while (capacity - buffer->size < more) {
    capacity *= 2;
  }
  unsigned char* const bytes = realloc(buffer->bytes, capacity);
  if (bytes == NULL) {
    return -1;
  }
  buffer->bytes = bytes;
  buffer->capacity = capacity;
  return 0;
}

static inline int buffer_append(Buffer* buffer, const void* bytes, size_t size) {
  if (buffer_reserve(buffer, size) != 0) {
    return -1;
  }
  if (size > 0) {
    memcpy(buffer->bytes + buffer->size, bytes, size);
  }
  buffer->size += size;
  return 0;
}

static inline int buffer_append_byte(Buffer* buffer, unsigned char byte) {
  if (buffer_reserve(buffer, 1) != 0) {
    return -1;
  }
  buffer->bytes[buffer->size++] = byte;
  return 0;
}

// Numbers are little-endian, as all machines that this is built for have them.
static inline int buffer_append_u32(Buffer* buffer, uint32_t number) {
  return buffer_append(buffer, &number, sizeof number);
}

static inline int buffer_append_text(Buffer* buffer, const char* text, size_t size) {
  return buffer_append_u32(buffer, (uint32_t)size) != 0 ? -1 : buffer_append(buffer, text, size);
}

static inline void buffer_free(Buffer* buffer) {
  free(buffer->bytes);
  *buffer = (Buffer){0};
}

#endif
