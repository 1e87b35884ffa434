#include "cli/sync_report_text.h"

#include <gmock/gmock.h>

#include "data/json.h"

namespace tendril {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::Field;
using testing::HasSubstr;
using testing::IsEmpty;

StreamReport done(std::string name, std::int64_t rows) {
  StreamReport stream;
  stream.stream = std::move(name);
  stream.rows_read = rows;
  stream.rows_written = rows;
  stream.elapsed = milliseconds(500);
  return stream;
}

StreamReport failed(std::string name, std::string message) {
  StreamReport stream = done(std::move(name), 0);
  stream.outcome = StreamOutcome::Failed;
  stream.error = Error{ErrorCode::Unavailable, std::move(message)};
  return stream;
}

SyncReport report_of(std::vector<StreamReport> streams) {
  SyncReport report;
  report.streams = std::move(streams);
  report.elapsed = milliseconds(2000);
  return report;
}

TEST(ReportTable, HasARowForEachStreamAndOneForTheWhole) {
  StreamReport issues = done("issues", 12'000);
  issues.incremental = true;
  const std::string table = report_table(report_of({issues, done("labels", 3)}));

  EXPECT_EQ(table,
            "stream    read  written  deleted  rejected  seconds  records/s  status\n"
            "------  ------  -------  -------  --------  -------  ---------  -----------------\n"
            "issues  12,000   12,000        0         0     0.50     24,000  done, incremental\n"
            "labels       3        3        0         0     0.50          6  done\n"
            "total   12,003   12,003        0         0     2.00      6,001  done\n"
            "0 requests, 0 retries, 0 B received\n");
}

TEST(ReportJson, HoldsTheErrorsOfStreams) {
  const std::string json = to_json(report_json(report_of({failed("issues", "no route")})));

  EXPECT_THAT(json, HasSubstr(R"("outcome":"failed")"));
  EXPECT_THAT(json, HasSubstr(R"("error":{"code":"unavailable","message":"no route"})"));
}

TEST(ReportTable, NamesTheFirstRejectedRowOfEachKind) {
  StreamReport orders = done("orders", 5);
  orders.rows_rejected = 1201;
  orders.rejected = {{.reason = "no id", .position = "page 3, record 17", .rows = 1200},
                     {.reason = "not an object", .rows = 1}};
  orders.values_discarded = 2;

  const std::string table = report_table(report_of({orders}));

  EXPECT_THAT(table, HasSubstr("orders: 1,200 rejected, the first at page 3, record 17: no id\n"));
  EXPECT_THAT(table, HasSubstr("orders: 1 rejected, the first because: not an object\n"));
  EXPECT_THAT(table, HasSubstr("orders: 2 values were discarded"));
  EXPECT_THAT(
      to_json(report_json(report_of({orders}))),
      HasSubstr(R"("rejected":[{"reason":"no id","position":"page 3, record 17","rows":1200},)"));
}

TEST(ReportFaults, AreEmptyWhenAllIsWell) {
  EXPECT_THAT(report_faults(report_of({done("issues", 1)})), IsEmpty());
}

TEST(ReportFaults, NameTheStreamsThatAFaultHit) {
  const auto faults = report_faults(
      report_of({failed("issues", "no route"), failed("labels", "no route"), done("users", 1)}));

  EXPECT_THAT(faults, ElementsAre(Field(&Error::message, "issues, labels: no route")));
}

TEST(ReportFaults, NameNoStreamWhenAllWereHit) {
  const auto faults =
      report_faults(report_of({failed("issues", "no route"), failed("labels", "no route")}));

  EXPECT_THAT(faults, ElementsAre(Field(&Error::message, "no route")));
}

TEST(KeptText, CountsWhatWasCommitted) {
  EXPECT_EQ(kept_text(report_of({done("issues", 1200), done("labels", 34)})),
            "stopped: 1,234 rows are kept, the next run goes on from there");
}

}  // namespace
}  // namespace tendril
