#include "bridges/partner/batch_reader.h"

#include <utility>

#include "bridges/partner/batch_bytes.h"
#include "bridges/partner/csv_batch_reader.h"
#include "bridges/partner/parquet_batch_reader.h"

namespace tendril {

Result<std::unique_ptr<BatchFileReader>> BatchFileReader::open(const BatchFileSource& source,
                                                               std::vector<Column> wanted) {
  auto bytes = TRY(open_batch_bytes(source.path, source.params, source.key));
  return source.params.format == BatchFileFormat::Csv
             ? csv_batch_reader(source, std::move(wanted), std::move(bytes))
             : parquet_batch_reader(source, std::move(wanted), std::move(bytes));
}

}  // namespace tendril
