#include "bridges/partner/destination_form.h"

#include "common.pb.h"

namespace tendril {
namespace {

namespace wire = fivetran_sdk::v2;

constexpr const char* kUser = "user";
constexpr const char* kPassword = "password";

void add_field(const char* name, const char* label, const char* description, wire::TextField kind,
               wire::ConfigurationFormResponse& out) {
  wire::FormField& field = *out.add_fields();
  field.set_name(name);
  field.set_label(label);
  field.set_description(description);
  field.set_required(false);
  field.set_text_field(kind);
}

}  // namespace

void fill_form(const SqlWarehouse& warehouse, wire::ConfigurationFormResponse& out) {
  out.set_schema_selection_supported(true);
  out.set_table_selection_supported(true);
  if (warehouse.has_login()) {
    add_field(kUser, "User", "Who logs in; empty: as the server's address says", wire::PlainText,
              out);
    add_field(kPassword, "Password", "Empty: as the server's address says", wire::Password, out);
  }
  wire::ConfigurationTest& test = *out.add_tests();
  test.set_name(kConnectionTest);
  test.set_label("Connecting to the destination and writing there");
}

SqlLogin login_of(const std::map<std::string, std::string>& configuration) {
  const auto value = [&](const char* name) {
    const auto found = configuration.find(name);
    return found == configuration.end() ? std::string() : found->second;
  };
  return {.user = value(kUser), .password = Secret(value(kPassword))};
}

Status check_writable(SqlSession& session) {
  return session.create({{"_tendril_connection_test", "written"},
                         {{"id", {TypeKind::Long}, true}, {"text", {TypeKind::String}}}});
}

}  // namespace tendril
