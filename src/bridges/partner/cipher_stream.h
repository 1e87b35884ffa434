// Bytes encrypted as batch files are: AES-256 in CBC mode, the initialisation vector in front.
#pragma once

#include <memory>

#include "bridges/partner/byte_stream.h"
#include "core/result.h"
#include "core/secret.h"

namespace tendril {

// Errors: InvalidConfig when the key is not of 32 bytes; while reading, BadData when there is less
//   than a vector and a block, or the padding at the end is not right.
Result<std::unique_ptr<ByteStream>> decrypted_stream(std::unique_ptr<ByteStream> bytes,
                                                     const Secret& key);

}  // namespace tendril
