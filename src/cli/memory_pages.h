// The size of the pages that memory is taken in. A sync takes and gives back buffers of a few
// megabytes all the time. With huge pages the kernel clears two megabytes wherever one byte is
// touched, which costs a tenth of a sync's time and keeps memory that nobody uses.
#pragma once

namespace tendril {

// Has the kernel give this process small pages only, where it has a say (Linux). What it answers
// changes speed and memory a little and nothing else, so it is not looked at.
void use_small_pages();

}  // namespace tendril
