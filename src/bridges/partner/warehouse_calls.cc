#include "bridges/partner/warehouse_calls.h"

#include <chrono>
#include <memory>
#include <stop_token>

namespace tendril {
namespace {

constexpr int kAttemptsMax = 5;
constexpr std::chrono::milliseconds kFirstPause{100};

}  // namespace

Status WarehouseCalls::attempt(const WarehouseCall& call,
                               const std::function<Status(SqlSession&)>& work, bool commits) {
  const std::unique_ptr<SqlSession> session = TRY(warehouse_.open(call.login));
  TRY(session->begin());
  Status done = work(*session);
  if (done.ok() && call.cancelled()) {
    done = Error{ErrorCode::Cancelled, "the call was cancelled"};
  }
  if (!done.ok() || !commits) {
    session->roll_back();
    return done;
  }
  return session->commit();
}

Status WarehouseCalls::run(const WarehouseCall& call,
                           const std::function<Status(SqlSession&)>& work) {
  const TableLocks::Held held = locks_.lock(call.tables);
  std::chrono::milliseconds pause = kFirstPause;
  for (int attempts = 1;; ++attempts) {
    Status done = attempt(call, work, true);
    if (done.ok() || !is_retryable(done.error().code) || attempts == kAttemptsMax ||
        call.cancelled()) {
      return done;
    }
    clock_.sleep(pause, std::stop_token());
    pause *= 2;
  }
}

Status WarehouseCalls::try_out(const WarehouseCall& call,
                               const std::function<Status(SqlSession&)>& work) {
  return attempt(call, work, false);
}

}  // namespace tendril
