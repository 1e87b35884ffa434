// Which process holds a lease, and whether it is still there.
#pragma once

#include <functional>

#include "core/result.h"
#include "state/run_record.h"

namespace tendril {

// Source: Linux, proc(5): /proc/PID/stat, /proc/sys/kernel/random/boot_id, /proc/PID/ns/pid.
LeaseHolder this_process();

// True when the holder is known to be gone: it ran on this host, and before its last start, or its
// process has ended. False where nobody can say: another host, or other process numbers (a
// container's).
using HolderCheck = std::function<bool(const LeaseHolder& holder)>;

bool is_gone(const LeaseHolder& holder);

}  // namespace tendril
