#include "sync/rejected_rows.h"

namespace tendril {

const TableSchema& rejected_table() {
  static const TableSchema kTable{.name = "_tendril_rejected",
                                  .columns = {{"stream", {TypeKind::String}},
                                              {"reason", {TypeKind::String}},
                                              {"position", {TypeKind::String}},
                                              {"payload", {TypeKind::String}},
                                              {"rejected_at", {TypeKind::UtcDatetime}}}};
  return kTable;
}

void RejectedRows::add(std::string_view stream, const RejectedRow& row, Instant now) {
  if (builder_ == nullptr) {
    builder_ = std::make_unique<BatchBuilder>(rejected_table());
  }
  builder_->cell("stream").append_string(stream);
  builder_->cell("reason").append_string(row.reason);
  builder_->cell("position").append_string(row.position);
  builder_->cell("payload").append_string(row.payload);
  builder_->cell("rejected_at").append_instant(now);
  builder_->end_row();
}

}  // namespace tendril
