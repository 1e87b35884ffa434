// Reads batch files in Parquet.
#pragma once

#include <memory>
#include <vector>

#include "bridges/partner/batch_reader.h"
#include "bridges/partner/byte_stream.h"

namespace tendril {

// The file's bytes are held in memory as a whole: Parquet is read from its end, and what was
// encrypted must not be on disk.
// Errors: BadData also when they are more than a sender may send.
Result<std::unique_ptr<BatchFileReader>> parquet_batch_reader(const BatchFileSource& source,
                                                              std::vector<Column> wanted,
                                                              std::unique_ptr<ByteStream> bytes);

}  // namespace tendril
