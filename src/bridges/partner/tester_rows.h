// Rows of a tester's input as those of a table.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bridges/partner/tester_input.h"
#include "bridges/partner/wire_table.h"
#include "core/result.h"
#include "data/batch.h"
#include "data/value.h"

namespace tendril {

struct TesterRow {
  Batch batch;             // Of this row alone, with the columns that it names.
  std::int64_t start = 0;  // Of its version, in microseconds since 1970; 0: not said.
};

// Errors: InvalidConfig, naming the column, when it is none of the table, a value does not fit it,
// or one of the key is not there.
Result<TesterRow> tester_row(const PartnerTable& table, const Map& row);

}  // namespace tendril
