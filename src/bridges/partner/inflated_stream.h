// Bytes that were compressed as a whole. Several compressed texts in a row are one, as the tools
// that write them have it.
// Source: RFC 8878 section 3; RFC 1952 section 2.2.
#pragma once

#include <memory>

#include "bridges/partner/byte_stream.h"

namespace tendril {

// While reading: BadData when the bytes are damaged, cut off, or not compressed in that way.
std::unique_ptr<ByteStream> zstd_stream(std::unique_ptr<ByteStream> bytes);
std::unique_ptr<ByteStream> gzip_stream(std::unique_ptr<ByteStream> bytes);

}  // namespace tendril
