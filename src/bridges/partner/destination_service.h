// The destination's side of the partner protocol, in front of a warehouse.
//
// A call that can not be carried out is answered with a task when a person has to act: the login,
// rights, the disk, something in the warehouse that is in the way. All else is an error of the
// call, which the client repeats from its last good state. It is never a warning, after which
// clients go on as if the rows were written.
#pragma once

#include <memory>

#include "bridges/partner/batch_file.h"
#include "bridges/partner/partner_log.h"
#include "bridges/partner/partner_server.h"
#include "bridges/partner/warehouse_calls.h"
#include "core/result.h"
#include "core/secret.h"

namespace tendril {

struct DestinationServiceOptions {
  WarehouseCalls& calls;
  const PartnerLog& log;
  Redactor& redactor;  // Learns the passwords that calls bring.
  BatchFileFormat format = BatchFileFormat::Csv;
};

// What `options` names must outlive the server. Errors: as PartnerServer::start().
Result<std::unique_ptr<PartnerServer>> serve_destination(const DestinationServiceOptions& options,
                                                         const PartnerServerOptions& server);

}  // namespace tendril
