// The form by which a client asks for the configuration of a destination that is served, and what
// it means. Where the rows go is said on the command line; a form can add who logs in there.
#pragma once

#include <map>
#include <string>

#include "connector/sql_warehouse.h"
#include "core/result.h"

namespace fivetran_sdk::v2 {
class ConfigurationFormResponse;
}  // namespace fivetran_sdk::v2

namespace tendril {

// The one test of the form: that the warehouse can be written to.
constexpr const char* kConnectionTest = "connection";

void fill_form(const SqlWarehouse& warehouse, fivetran_sdk::v2::ConfigurationFormResponse& out);

SqlLogin login_of(const std::map<std::string, std::string>& configuration);

// Proves the right to make schemas and tables. Leaves something behind unless rolled back.
Status check_writable(SqlSession& session);

}  // namespace tendril
