// PartnerStep: a call that changes something at a destination that is served, as it can be kept and
// repeated: with the same files, and the same outcome.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bridges/partner/batch_group.h"
#include "bridges/partner/partner_calls.h"
#include "bridges/partner/wire_table.h"
#include "core/result.h"
#include "data/instant.h"

namespace tendril {

enum class PartnerStepKind : std::uint8_t { Create = 0, Alter, Truncate, Write, WriteHistory };

struct PartnerStep {
  PartnerStepKind kind = PartnerStepKind::Create;
  std::string request = {};             // As on the wire, without the configuration.
  std::vector<std::string> files = {};  // That it names.
};

PartnerStep create_step(const std::string& schema, const PartnerTable& table);
PartnerStep alter_step(const std::string& schema, const PartnerTable& table);

// Deletes, or marks where the table has a mark, the rows that were last synced before the instant.
struct PartnerTruncation {
  std::string schema;
  std::string table;
  Instant before = {};
  bool soft = false;
};
PartnerStep truncate_step(const PartnerTruncation& truncation);

// REQUIRES: the files of the group are closed.
PartnerStep write_step(const std::string& schema, const BatchGroup& group,
                       const BatchFileParams& params);

// Takes the step. A table that is there already is not created again.
Status perform(const PartnerStep& step, PartnerCalls& calls);

}  // namespace tendril
