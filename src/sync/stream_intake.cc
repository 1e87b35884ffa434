#include "sync/stream_intake.h"

#include <string>
#include <utility>

#include "data/batch_checksum.h"
#include "sync/rejected_rows.h"

namespace tendril {
namespace {

std::string place(std::string_view stream, std::string_view slice) {
  return "rows of stream " + std::string(stream) + ", slice " + std::string(slice);
}

Error not_what_was_sent(const std::string& place, const SliceState& sent,
                        const SliceState& counted) {
  return {.code = ErrorCode::Internal,
          .message = place + " are not those that were read: " + std::to_string(sent.rows) +
                     " with checksum " + checksum_text(sent.checksum) + " expected, " +
                     std::to_string(counted.rows) + " with checksum " +
                     checksum_text(counted.checksum) + " counted"};
}

}  // namespace

Status check_intact(const event::Rows& rows, std::string_view stream, std::string_view slice) {
  const std::uint64_t found = checksum(rows.batch);
  if (found == rows.checksum) {
    return {};
  }
  const std::int64_t count = rows.batch.row_count();
  return not_what_was_sent(place(stream, slice), {.rows = count, .checksum = rows.checksum},
                           {.rows = count, .checksum = found});
}

StreamIntake::StreamIntake(StreamRun& stream, const Clock& clock)
    : stream_(stream), clock_(clock) {}

Result<std::vector<event::Rows>> StreamIntake::admit(const Slice& slice, WrittenTable& table,
                                                     event::Rows rows) {
  std::vector<event::Rows> all;
  table.rows_read += rows.batch.row_count();
  Incoming& from = incoming(slice);
  from.rows += rows.batch.row_count();
  from.checksum += rows.checksum;
  const std::optional<Batch> rest = TRY(table.lists.without_lists(rows.batch));
  Admitted admitted = TRY(table.gate.admit(rest.value_or(rows.batch)));
  const Batch whole = rows.batch;
  if (!admitted.changed && !rest.has_value()) {
    all.push_back(std::move(rows));
    TRY(add_children(table, whole, {}, all));
    return all;
  }
  TRY(check_intact(rows, stream_.name(), slice->slice.id));
  table.values_discarded += admitted.values_discarded;
  if (!admitted.rejected.empty()) {
    event::Rows rejected = TRY(rejected_rows(from, *slice, table, admitted.rejected));
    all.push_back(std::move(rejected));
  }
  if (admitted.batch.row_count() > 0) {
    const std::uint64_t sum = checksum(admitted.batch);
    all.push_back({.batch = std::move(admitted.batch), .checksum = sum});
  }
  TRY(add_children(table, whole, admitted.refused, all));
  return all;
}

Status StreamIntake::add_children(WrittenTable& table, const Batch& whole, const RowMask& left_out,
                                  std::vector<event::Rows>& all) {
  if (!table.lists.active()) {
    return {};
  }
  std::vector<ListBatch> children = TRY(table.lists.children(whole, left_out));
  for (ListBatch& child : children) {
    const std::uint64_t sum = checksum(child.batch);
    all.push_back({.batch = std::move(child.batch),
                   .checksum = sum,
                   .list = child.path,
                   .list_of = table.name()});
  }
  return {};
}

Result<event::Rows> StreamIntake::rejected_rows(Incoming& from, const SliceWork& slice,
                                                WrittenTable& table,
                                                std::vector<RejectedRow>& rows) {
  RejectedRows stored;
  for (RejectedRow& row : rows) {
    row.position = "slice " + slice.slice.id;
    TRY(table.rejections.add(row, from.rejections[&table.rejections]));
    stored.add(table.name(), row, clock_.now());
  }
  rows_left_out_ += static_cast<std::int64_t>(rows.size());
  Batch batch = TRY(stored.take());
  const std::uint64_t sum = checksum(batch);
  return event::Rows{.batch = std::move(batch), .checksum = sum, .rejected = true};
}

void StreamIntake::hold(const Slice& slice, event::Rows rows) {
  incoming(slice).held.add(std::move(rows));
}

Status StreamIntake::drain(const Slice& slice,
                           const std::function<Status(const event::Rows&)>& take) {
  return incoming(slice).held.drain(take);
}

Status StreamIntake::cover(const Slice& slice, SliceState& state) {
  Incoming& from = incoming(slice);
  from.covered.rows += std::exchange(from.rows, 0);
  from.covered.checksum += std::exchange(from.checksum, 0);
  if (from.covered.rows != state.rows || from.covered.checksum != state.checksum) {
    return not_what_was_sent(place(stream_.name(), slice->slice.id), state, from.covered);
  }
  for (const auto& [rejections, kinds] : from.rejections) {
    for (const auto& [kind, count] : kinds) {
      from.rows_rejected += count;
    }
  }
  from.rejections.clear();
  state.rows_rejected += from.rows_rejected;
  if (state.done) {
    slices_.erase(slice);
  }
  return {};
}

void StreamIntake::restart(const Slice& slice) {
  Incoming& from = incoming(slice);
  for (auto& [rejections, kinds] : from.rejections) {
    rejections->take_back(kinds);
  }
  rows_left_out_ += from.held.row_count();
  from.held.clear();
  from.rows = 0;
  from.checksum = 0;
}

std::vector<HeldRows*> StreamIntake::held() {
  std::vector<HeldRows*> held;
  for (auto& [slice, from] : slices_) {
    held.push_back(&from.held);
  }
  return held;
}

StreamIntake::Incoming& StreamIntake::incoming(const Slice& slice) {
  const auto [found, is_new] = slices_.try_emplace(slice);
  if (is_new) {
    found->second.covered = slice->stored;
  }
  return found->second;
}

}  // namespace tendril
