// PartnerCalls: the calls that a client makes to a destination that is served. What the server
// answers instead of a success is an error that names the call.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "core/result.h"
#include "core/secret.h"
#include "destination_sdk.pb.h"

namespace tendril {

using PartnerConfiguration = std::map<std::string, std::string>;

// Threads: one at a time.
// Errors: besides those of gRPC (see wire_status.h), System when the server answers with a warning
//   or a task, which say that it can not do what it was asked. No message has a value of the
//   configuration whose name is that of a secret.
class PartnerCalls {
 public:
  // Connects. Errors: as connect_partner().
  static Result<std::unique_ptr<PartnerCalls>> connect(const std::string& address,
                                                       PartnerConfiguration configuration,
                                                       std::stop_token stop);
  virtual ~PartnerCalls() = default;

  // The requests get the configuration here.
  virtual Result<fivetran_sdk::v2::ConfigurationFormResponse> form() = 0;
  virtual Status test(const std::string& name) = 0;
  virtual Result<fivetran_sdk::v2::BatchFileFormat> format() = 0;
  // Returns nullopt when there is no such table.
  virtual Result<std::optional<fivetran_sdk::v2::Table>> describe(const std::string& schema,
                                                                  const std::string& table) = 0;
  virtual Status create(fivetran_sdk::v2::CreateTableRequest request) = 0;
  virtual Status alter(fivetran_sdk::v2::AlterTableRequest request) = 0;
  virtual Status truncate(fivetran_sdk::v2::TruncateRequest request) = 0;
  virtual Status write(fivetran_sdk::v2::WriteBatchRequest request) = 0;
  virtual Status write_history(fivetran_sdk::v2::WriteHistoryBatchRequest request) = 0;
  // Returns false when the server does not support the migration.
  virtual Result<bool> migrate(fivetran_sdk::v2::MigrateRequest request) = 0;

  virtual const std::string& address() const = 0;
};

// Reads the configuration of a server: a flat JSON object of texts, `file`; none when that is "".
// Errors: InvalidConfig, naming the file and the key.
Result<PartnerConfiguration> read_partner_configuration(const std::string& file);

}  // namespace tendril
