// ServedSource: what a server of the partner protocol serves, and the service that does.
#pragma once

#include <memory>
#include <stop_token>

#include "bridges/partner/partner_log.h"
#include "bridges/partner/partner_server.h"
#include "bridges/partner/table_choice.h"
#include "bridges/partner/update_destination.h"
#include "connector/catalog.h"
#include "core/log.h"
#include "core/result.h"
#include "data/value.h"

namespace tendril {

// A configuration comes with each call. Threads: safe to share.
class ServedSource {
 public:
  virtual ~ServedSource() = default;

  // JSON Schema of the configuration, and what it has where a client says nothing.
  virtual const Value& config_schema() const = 0;
  virtual Result<Value> config_defaults() const = 0;

  virtual Status check(const Value& configuration, std::stop_token stop) = 0;
  virtual Result<Catalog> discover(const Value& configuration, std::stop_token stop) = 0;

  // Reads the chosen tables into `destination`, whose state is that of the client.
  // Errors: what keeps all or some of the tables from being read to their end.
  virtual Status update(const Value& configuration, const TableChoice& choice,
                        UpdateDestination& destination, std::stop_token stop) = 0;
};

struct SourceServiceHost {
  const PartnerLog& events;
  Log& log;
  const Redactor& redactor;
};

// True for an error that the user has to do something about: the client is sent a task, and does
// not try again by itself. Others end the call with a status.
bool is_task(ErrorCode code);

// `source` and what is in `host` must outlive the server. Errors: those of PartnerServer::start().
Result<std::unique_ptr<PartnerServer>> serve_source(ServedSource& source,
                                                    const SourceServiceHost& host,
                                                    const PartnerServerOptions& options);

}  // namespace tendril
