#include "telemetry/resident_memory.h"

#include <fstream>

#include <unistd.h>

namespace tendril {

// Source: proc(5), /proc/pid/statm.
std::size_t resident_bytes() {
  std::ifstream stream("/proc/self/statm");
  std::size_t whole_pages = 0;
  std::size_t resident_pages = 0;
  if (!(stream >> whole_pages >> resident_pages)) {
    return 0;
  }
  return resident_pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace tendril
