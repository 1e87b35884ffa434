#include "telemetry/run_report.h"

#include <cstdlib>
#include <fstream>
#include <iterator>
#include <regex>

#include <gmock/gmock.h>

#include "data/json.h"
#include "telemetry/html_text.h"
#include "telemetry/line_chart.h"
#include "testing/matchers.h"
#include "testing/temporary_folder.h"

namespace tendril {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

RunReport some_report() {
  RunReport report{.source = "shop <3",
                   .destination = "duckdb",
                   .started_at = Clock::Wall(seconds(1'704'164'645))};
  report.streams = {{.stream = "orders",
                     .rows_read = 1'234'567,
                     .rows_written = 1'234'000,
                     .elapsed = seconds(75)},
                    {.stream = "<script>alert(1)</script>",
                     .outcome = StreamOutcome::Failed,
                     .rows_rejected = 3,
                     .error = Error{ErrorCode::Unavailable, "status 503 & more: hush-hush"}}};
  report.figures = {.connection = "shop", .state = RunState::PartlyFailed, .elapsed = seconds(80)};
  report.figures.streams = {{.stream = "orders", .slices_done = 3, .slices_planned = 4}};
  report.figures.source.requests = 420;
  report.figures.source.answers = {1, 0, 400, 0, 4, 15};
  report.figures.source.waited_for_rate_limit = milliseconds(61'000);
  report.figures.source.waited_to_retry = milliseconds(2'300);
  report.figures.queue.waited = milliseconds(250);
  report.figures.commits.add(1'234'000, milliseconds(340));
  for (int i = 1; i <= 80; ++i) {
    report.samples.push_back({.at = seconds(i),
                              .rows_read_per_second = 15'000.0 + 9'000 * (i % 7) - 60 * i,
                              .rows_committed_per_second = i % 10 == 0 ? 60'000.0 : 9'000.0,
                              .requests_per_second = 5.0 + i % 4,
                              .resident_bytes = std::size_t{90'000'000} + 400'000U * (i % 30),
                              .queue_bytes = std::size_t{1'000'000} * (i % 24)});
  }
  return report;
}

std::string text_in(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

// Returns what is wrong with the nesting of the page's elements, or "".
std::string nesting_fault(const std::string& page) {
  const std::regex tag(R"(<(/?)([a-zA-Z][a-zA-Z0-9]*)((?:[^>"]|"[^"]*")*?)(/?)>)");
  std::vector<std::string> open;
  for (std::sregex_iterator found(page.begin(), page.end(), tag), end; found != end; ++found) {
    const std::string name = (*found)[2];
    if ((*found)[4] == "/" || name == "meta") {
      continue;
    }
    if ((*found)[1] != "/") {
      open.push_back(name);
    } else if (open.empty() || open.back() != name) {
      return "</" + name + "> closes " + (open.empty() ? "nothing" : open.back());
    } else {
      open.pop_back();
    }
  }
  return open.empty() ? "" : open.back() + " stays open";
}

TEST(RunReport, HoldsAllThatIsKnownAsJson) {
  const Value json = parse_json(to_json(run_report_json(some_report()))).value();
  const Map& map = *json.as_map();

  EXPECT_EQ(*map.find("state"), Value("partly failed"));
  EXPECT_EQ(*map.find("started_at"), Value("2024-01-02T03:04:05Z"));
  const List& streams = *map.find("streams")->as_list();
  EXPECT_EQ(*streams[0].as_map()->find("rows_written"), Value(1'234'000));
  EXPECT_EQ(*streams[0].as_map()->find("slices_done"), Value(3));
  EXPECT_EQ(*streams[1].as_map()->find("error")->as_map()->find("code"), Value("unavailable"));
  const Map& requests = *map.find("requests")->as_map();
  EXPECT_EQ(*requests.find("by_status_class")->as_map()->find("5xx"), Value(15));
  EXPECT_EQ(to_json(*map.find("waiting_seconds")),
            R"({"rate_limit":61.0,"retry":2.3,"breaker":0.0,"queue":0.25})");
  EXPECT_EQ(map.find("samples")->as_list()->size(), 80U);
}

TEST(RunReport, IsAPageThatIsWholeAndNeedsNothingElse) {
  const std::string page = run_report_page(some_report());

  EXPECT_EQ(nesting_fault(page), "");
  EXPECT_THAT(page, AllOf(HasSubstr("1,234,567"), HasSubstr("420"), HasSubstr("1 min 01 s"),
                          HasSubstr("partly failed"), HasSubstr("<polyline")));
  EXPECT_THAT(page, AllOf(Not(HasSubstr("http://")), Not(HasSubstr("https://")),
                          Not(HasSubstr("src=")), Not(HasSubstr("url(")), Not(HasSubstr("@import")),
                          Not(HasSubstr("<script")), Not(HasSubstr("<link"))));
  EXPECT_THAT(page, AllOf(HasSubstr("&lt;script&gt;alert(1)"), HasSubstr("503 &amp; more"),
                          HasSubstr("prefers-color-scheme:dark"), HasSubstr("aria-label=\"Rows")));
}

TEST(RunReport, IsAPageEvenWhenNothingHappened) {
  RunReport report{.source = "shop", .destination = "null"};
  report.figures.state = RunState::Failed;
  report.fault = Error{ErrorCode::Unauthenticated, "the token was refused"};

  const std::string page = run_report_page(report);

  EXPECT_EQ(nesting_fault(page), "");
  EXPECT_THAT(page, HasSubstr("the token was refused"));
}

TEST(RunReport, IsWrittenAsTheNameOfTheFileSaysWithoutSecrets) {
  const TemporaryFolder folder;
  Redactor redactor;
  redactor.add(Secret("hush-hush"));

  ASSERT_THAT(write_run_report(some_report(), folder / "run.json", redactor), IsOk());
  ASSERT_THAT(write_run_report(some_report(), folder / "run.html", redactor), IsOk());

  EXPECT_THAT(parse_json(text_in(folder / "run.json")), IsOk());
  EXPECT_THAT(text_in(folder / "run.html"), HasSubstr("<!DOCTYPE html>"));
  EXPECT_THAT(text_in(folder / "run.json"), Not(HasSubstr("hush-hush")));
  EXPECT_THAT(text_in(folder / "run.html"), Not(HasSubstr("hush-hush")));
  EXPECT_THAT(write_run_report(some_report(), folder / "run.txt", redactor),
              IsError(ErrorCode::InvalidConfig, HasSubstr("run.txt")));
  // For a look at it: TENDRIL_REPORT_SAMPLE=FILE.
  if (const char* sample = std::getenv("TENDRIL_REPORT_SAMPLE")) {  // NOLINT(concurrency-mt-unsafe)
    ASSERT_THAT(write_run_report(some_report(), sample, redactor), IsOk());
  }
}

TEST(HtmlText, WritesNumbersForPeople) {
  EXPECT_EQ(grouped(-1'234'567), "-1,234,567");
  EXPECT_EQ(grouped(12), "12");
  EXPECT_EQ(short_number(12'345), "12.3 k");
  EXPECT_EQ(short_number(2'000'000), "2 M");
  EXPECT_EQ(short_bytes(1536), "1.5 KiB");
  EXPECT_EQ(short_time(milliseconds(250)), "250 ms");
  EXPECT_EQ(short_time(milliseconds(3'400)), "3.4 s");
  EXPECT_EQ(short_time(seconds(59)), "59 s");
  EXPECT_EQ(short_time(seconds(60)), "1 min");
  EXPECT_EQ(short_time(seconds(3'725)), "1 h 02 min");
}

TEST(LineChart, EndsItsScaleAtARoundNumber) {
  using Scale = LineChart::Scale;
  EXPECT_DOUBLE_EQ(round_ceiling(0, Scale::Decimal), 1);
  EXPECT_DOUBLE_EQ(round_ceiling(0.3, Scale::Decimal), 0.5);
  EXPECT_DOUBLE_EQ(round_ceiling(2.1, Scale::Decimal), 2.5);
  EXPECT_DOUBLE_EQ(round_ceiling(70, Scale::Decimal), 100);
  EXPECT_DOUBLE_EQ(round_ceiling(1'000, Scale::Decimal), 1'000);
  EXPECT_DOUBLE_EQ(round_ceiling(90 << 20, Scale::Binary), 128 << 20);
}

}  // namespace
}  // namespace tendril
