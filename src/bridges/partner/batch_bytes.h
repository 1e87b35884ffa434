// The bytes of a batch file as they were before it was compressed and encrypted. Nothing of them is
// written to disk, and little is in memory at a time.
#pragma once

#include <memory>
#include <string>

#include "bridges/partner/batch_file.h"
#include "bridges/partner/byte_stream.h"
#include "core/result.h"
#include "core/secret.h"

namespace tendril {

// `key` is the file's own, and of no consequence when files are not encrypted.
// Errors, here and while reading, name the path: NotFound when there is no such file; InvalidConfig
//   when it is none or can not be opened, or the key is no key; BadData when the bytes are damaged,
//   compressed in another way, or encrypted with another key.
Result<std::unique_ptr<ByteStream>> open_batch_bytes(const std::string& path,
                                                     const BatchFileParams& params,
                                                     const Secret& key);

}  // namespace tendril
