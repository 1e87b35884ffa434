// fsync_shim.so, to be loaded by LD_PRELOAD: remembers what a power loss would leave of the files
// under $FSYNC_SHIM_FOLDER. For tests only.
//
// Under $FSYNC_SHIM_STATE it keeps
//   content/INODE  the content of a file as it was when it was last synced,
//   held/INODE     a link to what was removed or replaced, so that no inode gets a second life,
//   log            what was done to names, a line each, fields separated by tabs:
//                    create INODE PATH | rename INODE FROM TO | link INODE PATH | unlink INODE PATH
//                    folder PATH       | sync INODE           | sync-folder PATH
// rollback.py makes of these what a machine would find after the power came back. With
// $FSYNC_SHIM_IGNORE set nothing counts as synced: the planted fault that a check has to find.
//
// Data goes through the page cache whatever the call was, so that only the calls that make it
// durable and those that change names are of interest: between two syncs content/ says what is
// safe, and the file itself what is not.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define REAL(name) ((__typeof__(&name))real_of(#name))

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

static void* real_of(const char* name) {
  void* found = dlsym(RTLD_NEXT, name);
  if (found == NULL) {
    static const char text[] = "fsync_shim: a call is not in the C library\n";
    if (write(2, text, sizeof(text) - 1) < 0) {
      _exit(71);
    }
    _exit(70);
  }
  return found;
}

static void fail(const char* what) {
  dprintf(2, "fsync_shim: %s: %s\n", what, strerror(errno));
  _exit(70);
}

static const char* state_folder(void) { return getenv("FSYNC_SHIM_STATE"); }

// Makes `path` absolute. Returns 0 when it is not under the watched folder.
static int is_watched(const char* path, char* absolute) {
  const char* folder = getenv("FSYNC_SHIM_FOLDER");
  if (folder == NULL || path == NULL || state_folder() == NULL) {
    return 0;
  }
  if (path[0] == '/') {
    snprintf(absolute, PATH_MAX, "%s", path);
  } else {
    char here[PATH_MAX];
    if (getcwd(here, sizeof(here)) == NULL ||
        snprintf(absolute, PATH_MAX, "%s/%s", here, path) >= PATH_MAX) {
      return 0;
    }
  }
  size_t length = strlen(folder);
  return strncmp(absolute, folder, length) == 0 &&
         (absolute[length] == '/' || absolute[length] == '\0');
}

static int path_of(int descriptor, char* path) {
  char link_name[64];
  snprintf(link_name, sizeof(link_name), "/proc/self/fd/%d", descriptor);
  ssize_t length = readlink(link_name, path, PATH_MAX - 1);
  if (length < 0) {
    return 0;
  }
  path[length] = '\0';
  return 1;
}

static void write_all(int descriptor, const char* data, size_t size) {
  while (size > 0) {
    ssize_t written = REAL(write)(descriptor, data, size);
    if (written < 0) {
      fail("writing");
    }
    data += written;
    size -= (size_t)written;
  }
}

static void note(const char* format, ...) {
  char line[3 * PATH_MAX];
  va_list arguments;
  va_start(arguments, format);
  int length = vsnprintf(line, sizeof(line), format, arguments);
  va_end(arguments);
  char path[PATH_MAX];
  snprintf(path, sizeof(path), "%s/log", state_folder());
  int log = REAL(open)(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
  if (log < 0) {
    fail(path);
  }
  write_all(log, line, (size_t)length);  // One write: a kill leaves a line or none.
  REAL(close)(log);
}

static unsigned long long inode_of(const char* path) {
  struct stat about;
  return lstat(path, &about) == 0 ? (unsigned long long)about.st_ino : 0;
}

// Keeps the content of a file as durable, by a rename: a kill in between leaves the earlier one.
static void keep_content(int descriptor, unsigned long long inode) {
  char part[PATH_MAX];
  char whole[PATH_MAX];
  snprintf(part, sizeof(part), "%s/content/%llu.part", state_folder(), inode);
  snprintf(whole, sizeof(whole), "%s/content/%llu", state_folder(), inode);
  char own_name[64];
  snprintf(own_name, sizeof(own_name), "/proc/self/fd/%d", descriptor);
  int from = REAL(open)(own_name, O_RDONLY | O_CLOEXEC);
  int to = REAL(open)(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (from < 0 || to < 0) {
    fail(part);
  }
  static char block[1 << 16];  // Guarded by the mutex.
  ssize_t size;
  while ((size = read(from, block, sizeof(block))) > 0) {
    write_all(to, block, (size_t)size);
  }
  REAL(close)(from);
  REAL(close)(to);
  if (size < 0 || REAL(rename)(part, whole) != 0) {
    fail(whole);
  }
}

static void hold(const char* path) {
  char held[PATH_MAX];
  unsigned long long inode = inode_of(path);
  if (inode != 0) {
    snprintf(held, sizeof(held), "%s/held/%llu", state_folder(), inode);
    if (REAL(link)(path, held) != 0 && errno != EEXIST) {
      fail(held);
    }
  }
}

static void note_sync(int descriptor) {
  char path[PATH_MAX];
  char absolute[PATH_MAX];
  struct stat about;
  if (getenv("FSYNC_SHIM_IGNORE") != NULL || !path_of(descriptor, path) ||
      !is_watched(path, absolute) || fstat(descriptor, &about) != 0) {
    return;
  }
  pthread_mutex_lock(&mutex);
  if (S_ISDIR(about.st_mode)) {
    note("sync-folder\t%s\n", absolute);
  } else if (S_ISREG(about.st_mode)) {
    keep_content(descriptor, about.st_ino);
    note("sync\t%llu\n", (unsigned long long)about.st_ino);
  }
  pthread_mutex_unlock(&mutex);
}

int fsync(int descriptor) {
  int result = REAL(fsync)(descriptor);
  if (result == 0) {
    note_sync(descriptor);
  }
  return result;
}

int fdatasync(int descriptor) {
  int result = REAL(fdatasync)(descriptor);
  if (result == 0) {
    note_sync(descriptor);
  }
  return result;
}

static int is_new(const char* path, char* absolute) {
  return is_watched(path, absolute) && inode_of(absolute) == 0;
}

static void note_creation(const char* absolute) {
  pthread_mutex_lock(&mutex);
  note("create\t%llu\t%s\n", inode_of(absolute), absolute);
  pthread_mutex_unlock(&mutex);
}

static int opened(const char* name, const char* path, int flags, mode_t mode) {
  int (*real_open)(const char*, int, ...) = (int (*)(const char*, int, ...))real_of(name);
  char absolute[PATH_MAX];
  int created = (flags & O_CREAT) != 0 && is_new(path, absolute);
  int descriptor = real_open(path, flags, mode);
  if (descriptor >= 0 && created) {
    note_creation(absolute);
  }
  return descriptor;
}

static mode_t mode_of(int flags, va_list arguments) {
  return (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
}

int open(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return opened("open", path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return opened("open64", path, flags, mode);
}

static int opened_at(const char* name, int folder, const char* path, int flags, mode_t mode) {
  int (*real_open)(int, const char*, int, ...) = (int (*)(int, const char*, int, ...))real_of(name);
  char whole[2 * PATH_MAX];
  char absolute[PATH_MAX];
  char base[PATH_MAX];
  if (path[0] != '/' && folder != AT_FDCWD && path_of(folder, base)) {
    snprintf(whole, sizeof(whole), "%s/%s", base, path);
  } else {
    snprintf(whole, sizeof(whole), "%s", path);
  }
  int created = (flags & O_CREAT) != 0 && is_new(whole, absolute);
  int descriptor = real_open(folder, path, flags, mode);
  if (descriptor >= 0 && created) {
    note_creation(absolute);
  }
  return descriptor;
}

int openat(int folder, const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return opened_at("openat", folder, path, flags, mode);
}

int openat64(int folder, const char* path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return opened_at("openat64", folder, path, flags, mode);
}

static FILE* opened_stream(const char* name, const char* path, const char* how) {
  FILE* (*real_open)(const char*, const char*) =
      (FILE * (*)(const char*, const char*)) real_of(name);
  char absolute[PATH_MAX];
  int created = strpbrk(how, "wa") != NULL && is_new(path, absolute);
  FILE* stream = real_open(path, how);
  if (stream != NULL && created) {
    note_creation(absolute);
  }
  return stream;
}

FILE* fopen(const char* path, const char* how) { return opened_stream("fopen", path, how); }
FILE* fopen64(const char* path, const char* how) { return opened_stream("fopen64", path, how); }

int rename(const char* from, const char* to) {
  char source[PATH_MAX];
  char target[PATH_MAX];
  if (!is_watched(from, source) || !is_watched(to, target)) {
    return REAL(rename)(from, to);
  }
  pthread_mutex_lock(&mutex);
  unsigned long long inode = inode_of(source);
  hold(target);
  int result = REAL(rename)(from, to);
  if (result == 0) {
    note("rename\t%llu\t%s\t%s\n", inode, source, target);
  }
  pthread_mutex_unlock(&mutex);
  return result;
}

int link(const char* from, const char* to) {
  char target[PATH_MAX];
  int result = REAL(link)(from, to);
  if (result == 0 && is_watched(to, target)) {
    pthread_mutex_lock(&mutex);
    note("link\t%llu\t%s\n", inode_of(target), target);
    pthread_mutex_unlock(&mutex);
  }
  return result;
}

static int removed(const char* path, int (*real_remove)(const char*)) {
  char absolute[PATH_MAX];
  struct stat about;
  if (!is_watched(path, absolute) || lstat(absolute, &about) != 0 || !S_ISREG(about.st_mode)) {
    return real_remove(path);
  }
  pthread_mutex_lock(&mutex);
  hold(absolute);
  int result = real_remove(path);
  if (result == 0) {
    note("unlink\t%llu\t%s\n", (unsigned long long)about.st_ino, absolute);
  }
  pthread_mutex_unlock(&mutex);
  return result;
}

int unlink(const char* path) { return removed(path, REAL(unlink)); }
int remove(const char* path) { return removed(path, REAL(remove)); }

int unlinkat(int folder, const char* path, int flags) {
  char base[PATH_MAX];
  char whole[2 * PATH_MAX];
  if ((flags & AT_REMOVEDIR) != 0) {
    return REAL(unlinkat)(folder, path, flags);
  }
  if (path[0] == '/' || folder == AT_FDCWD) {
    return unlink(path);
  }
  if (!path_of(folder, base)) {
    return REAL(unlinkat)(folder, path, flags);
  }
  snprintf(whole, sizeof(whole), "%s/%s", base, path);
  return unlink(whole);
}

int mkdir(const char* path, mode_t mode) {
  char absolute[PATH_MAX];
  int result = REAL(mkdir)(path, mode);
  if (result == 0 && is_watched(path, absolute)) {
    pthread_mutex_lock(&mutex);
    note("folder\t%s\n", absolute);
    pthread_mutex_unlock(&mutex);
  }
  return result;
}
