// A server of the partner protocol as a Source: its tables are one feed, its checkpoints the state
// of that.
#pragma once

#include <memory>
#include <string>

#include "bridges/partner/flat_settings.h"
#include "connector/source.h"
#include "core/log.h"

namespace tendril {

struct PartnerSourceOptions {
  std::string address;  // HOST:PORT
  FlatSettings configuration = {};
};

// Tables of schemas are named "schema.table". Rows of tables without a key get one, `_fivetran_id`,
// made of their content. check() runs the server's tests, then asks for its schema.
//
// `log` must outlive the source. It gets the server's warnings.
std::unique_ptr<Source> partner_source(PartnerSourceOptions options, Log& log);

}  // namespace tendril
