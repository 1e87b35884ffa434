// Fuzzes what a server of the partner protocol sends: messages of an update, on their way into
// batches. Whatever the bytes, reading them ends, with batches or an error.
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "bridges/fivetran/project_tables.h"
#include "bridges/partner/update_reader.h"
#include "connector_sdk.pb.h"

namespace {

class Batches final : public tendril::UpdateListener, public tendril::ProjectObserver {
 public:
  tendril::Status schema(
      const std::optional<std::vector<tendril::DeclaredTable>>& tables) override {
    return tables_.declare(tables.value_or(std::vector<tendril::DeclaredTable>()));
  }
  tendril::Status schema_changed(const std::vector<tendril::DeclaredTable>& tables) override {
    return tables_.extend(tables);
  }
  tendril::Status rows(const tendril::RowsFrame& frame) override {
    for (const tendril::FrameColumn& column : frame.columns) {
      if (!column.check().ok()) {
        __builtin_trap();
      }
    }
    tendril::ProjectTable& table = tables_.spelt(frame.table);
    if (frame.operation == tendril::RowOperation::Truncate) {
      return {};
    }
    const auto batches = table.take(frame);
    return batches.ok() ? tendril::Status() : tendril::Status(batches.error());
  }
  tendril::Status checkpoint(std::string_view) override { return {}; }
  tendril::Status file(const tendril::FilePartFrame&) override { return {}; }
  void note(bool, const std::string&) override {}
  tendril::Status answer(tendril::Value) override { return {}; }
  void message(tendril::ProjectOrigin, tendril::ProjectLevel, std::string_view) override {}
  void schema_changed(const std::string&) override {}
  void table_created(const std::string&) override {}
  void table_truncated(const std::string&) override {}
  void checkpoint_recorded(const std::string&) override {}
  void final_checkpoint() override {}

 private:
  tendril::ProjectTables tables_{
      {.naming = tendril::ProjectNaming::Source, .json_as_text = false, .warn = nullptr}};
};

// Takes a piece of as many bytes as the first two say from the front of `rest`.
std::string_view take_piece(std::string_view& rest) {
  if (rest.size() < 2) {
    return {};
  }
  const std::size_t size = static_cast<unsigned char>(rest[0]) +
                           (std::size_t{static_cast<unsigned char>(rest[1])} << 8U);
  rest.remove_prefix(2);
  const std::string_view piece = rest.substr(0, size);
  rest.remove_prefix(piece.size());
  return piece;
}

}  // namespace

// A SchemaResponse, then messages of the update.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest(reinterpret_cast<const char*>(data), size);
  Batches batches;
  tendril::UpdateReader reader(batches, batches, {.names_schemas = true});
  fivetran_sdk::v2::SchemaResponse schema;
  if (schema.ParseFromString(std::string(take_piece(rest)))) {
    const auto tables = tendril::tables_of(schema);
    if (!tables.ok() || !reader.begin(*tables).ok()) {
      return 0;
    }
  }
  while (!rest.empty()) {
    fivetran_sdk::v2::UpdateResponse message;
    const bool parsed = message.ParseFromString(std::string(take_piece(rest)));
    if (parsed && !reader.take(message).ok()) {
      return 0;
    }
  }
  (void)reader.finish();
  return 0;
}
