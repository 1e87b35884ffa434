// Reads batch files in CSV.
#pragma once

#include <memory>
#include <vector>

#include "bridges/partner/batch_reader.h"
#include "bridges/partner/byte_stream.h"

namespace tendril {

Result<std::unique_ptr<BatchFileReader>> csv_batch_reader(const BatchFileSource& source,
                                                          std::vector<Column> wanted,
                                                          std::unique_ptr<ByteStream> bytes);

}  // namespace tendril
