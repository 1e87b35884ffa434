// What templates see of a slice, with what a request adds to it.
// Source: manifest variables "stream_slice", "creation_response", "polling_response",
// "download_target" and "query_properties".
#pragma once

#include "data/value.h"
#include "expr/template.h"
#include "manifest/stream_slice.h"

namespace tendril {

// `more` stands beside the slice's extra fields.
Value slice_view_with(const StreamSlice& slice, const Map& more);

// Makes slice_view_with()'s result known to the templates of a context: as the slice, and what jobs
// add by its own names too. `view` must outlive the evaluations.
void set_slice(Context& context, const Value& view);

}  // namespace tendril
