#include "cli/memory_pages.h"

#ifdef __linux__
#include <sys/prctl.h>
#endif

namespace tendril {

void use_small_pages() {
#ifdef __linux__
  (void)::prctl(PR_SET_THP_DISABLE, 1UL, 0UL, 0UL, 0UL);
#endif
}

}  // namespace tendril
