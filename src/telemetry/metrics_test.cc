#include "telemetry/metrics.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>

#include <gmock/gmock.h>

#include "connector/source.h"
#include "core/log.h"
#include "core/secret.h"
#include "http/transport.h"
#include "telemetry/metrics_server.h"
#include "telemetry/run_monitor.h"
#include "telemetry/run_watch.h"
#include "testing/fake_clock.h"
#include "testing/matchers.h"
#include "testing/temporary_folder.h"

namespace tendril {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

RunFigures some_figures() {
  RunFigures figures{
      .connection = "shop", .state = RunState::Succeeded, .elapsed = milliseconds(1'500)};
  figures.streams = {{.stream = "orders",
                      .phase = StreamProgress::Phase::Done,
                      .rows_read = 12,
                      .rows_committed = 11,
                      .rows_rejected = 1}};
  figures.source.answers = {1, 0, 20, 0, 2, 3};
  figures.source.waited_for_rate_limit = milliseconds(2'500);
  figures.commits.add(11, milliseconds(30));
  figures.commits.add(0, std::chrono::minutes(5));
  return figures;
}

std::string read_text(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(stream), {});
}

class IdleSource final : public Source {
 public:
  Status check(std::stop_token) override { return {}; }
  Result<Catalog> discover(std::stop_token) override { return Catalog(); }
  Result<std::unique_ptr<StreamReader>> open(const StreamRequest&, std::stop_token) override {
    return Error{ErrorCode::NotFound, "there is no stream"};
  }
};

class NoLines final : public LogSink {
 public:
  void line(LogLevel, std::string_view) override {}
};

TEST(Metrics, NameEachFigureOfARun) {
  const std::string text = metrics_text(some_figures());

  EXPECT_THAT(
      text,
      AllOf(HasSubstr("# TYPE tendril_rows_read_total counter"),
            HasSubstr(R"(tendril_rows_read_total{connection="shop",stream="orders"} 12)"),
            HasSubstr(R"(tendril_rows_committed_total{connection="shop",stream="orders"} 11)"),
            HasSubstr(R"(tendril_rows_rejected{connection="shop",stream="orders"} 1)"),
            HasSubstr(R"(tendril_run_state{connection="shop",state="succeeded"} 1)"),
            HasSubstr(R"(tendril_run_state{connection="shop",state="running"} 0)"),
            HasSubstr(R"(tendril_requests_total{connection="shop",status_class="5xx"} 3)"),
            HasSubstr(R"(tendril_requests_total{connection="shop",status_class="none"} 1)")));
  EXPECT_THAT(text, HasSubstr(R"(tendril_waiting_seconds_total{connection="shop",)"
                              R"(reason="rate_limit"} 2.5)"));
}

TEST(Metrics, CountCommitsByHowLongTheyTook) {
  const std::string text = metrics_text(some_figures());

  EXPECT_THAT(text, AllOf(HasSubstr(R"(tendril_commit_seconds_count{connection="shop"} 2)"),
                          ContainsRegex(R"(tendril_commit_seconds_bucket.*le="0.025".* 0)"),
                          ContainsRegex(R"(tendril_commit_seconds_bucket.*le="60".* 1)"),
                          ContainsRegex(R"(tendril_commit_seconds_bucket.*le="\+Inf".* 2)")));
}

TEST(Metrics, HaveOneDefinitionEach) {
  std::set<std::string_view> names;
  const std::string text = metrics_text(some_figures());
  for (const MetricInfo& info : metric_infos()) {
    EXPECT_TRUE(names.insert(info.name).second) << info.name;
    EXPECT_THAT(text, HasSubstr("# HELP " + std::string(info.name) + " "));
    EXPECT_THAT(std::string(info.name), ::testing::StartsWith("tendril_"));
  }
}

// UPDATE_GOLDEN=1 writes the table anew.
TEST(Metrics, AreDocumented) {
  const std::filesystem::path file = TENDRIL_SOURCE_DIR "/docs/reference/metrics.md";
  std::string page = read_text(file);
  const std::size_t start = page.find("| metric |");
  ASSERT_NE(start, std::string::npos);
  const std::size_t end = page.find("\n\n", start);
  const std::size_t size = (end == std::string::npos ? page.size() : end + 1) - start;

  if (std::getenv("UPDATE_GOLDEN") != nullptr) {  // NOLINT(concurrency-mt-unsafe)
    page.replace(start, size, metrics_table());
    std::ofstream(file, std::ios::binary) << page;
    return;
  }
  EXPECT_EQ(page.substr(start, size), metrics_table());
}

TEST(MetricsServer, ServesThemToWhoeverAsks) {
  const auto server =
      MetricsServer::listen("127.0.0.1:0", [] { return metrics_text(some_figures()); });
  ASSERT_THAT(server, IsOk());
  const auto transport = curl_transport({}).value();

  const auto answer = transport->send({.url = (*server)->url()}, {});

  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(answer->headers.find("Content-Type"), kMetricsContentType);
  EXPECT_EQ(answer->body, metrics_text(some_figures()));
}

TEST(MetricsServer, SaysWhatIsWrongWithAnAddress) {
  const auto text = [] { return std::string(); };

  EXPECT_THAT(MetricsServer::listen("9464", text),
              IsError(ErrorCode::InvalidConfig, HasSubstr("not of the form HOST:PORT: 9464")));
  EXPECT_THAT(MetricsServer::listen("127.0.0.1:99999", text), IsError(ErrorCode::InvalidConfig));
  EXPECT_THAT(MetricsServer::listen("127.0.0.1:x", text), IsError(ErrorCode::InvalidConfig));
}

TEST(RunMonitorTest, WritesMetricsAtTheEndOfARun) {
  const TemporaryFolder folder;
  const auto clock = system_clock();
  Redactor redactor;
  NoLines lines;
  Log log(LogLevel::Off, LogFormat::Text, *clock, redactor, lines);
  SyncProgress progress;
  IdleSource source;
  RunWatch watch("shop", progress, source, *clock);
  RunMonitor monitor({watch, *clock, log}, folder / "tendril.prom");

  progress.add_stream("orders");
  progress.add_rows_read("orders", 7, 70);
  watch.committed({.rows = 7, .bytes = 70, .elapsed = milliseconds(3)});
  watch.end(RunState::Succeeded);
  ASSERT_THAT(monitor.end(), IsOk());

  const std::string text = read_text(folder / "tendril.prom");
  EXPECT_THAT(text, HasSubstr(R"(tendril_rows_read_total{connection="shop",stream="orders"} 7)"));
  EXPECT_THAT(text, HasSubstr(R"(tendril_run_state{connection="shop",state="succeeded"} 1)"));
  EXPECT_THAT(text, Not(HasSubstr("tendril_resident_memory_bytes{connection=\"shop\"} 0\n")));
  EXPECT_FALSE(monitor.samples().empty());
}

TEST(RunMonitorTest, SaysWhenTheFileCanNotBeWritten) {
  const auto clock = system_clock();
  Redactor redactor;
  NoLines lines;
  Log log(LogLevel::Off, LogFormat::Text, *clock, redactor, lines);
  SyncProgress progress;
  IdleSource source;
  const RunWatch watch("shop", progress, source, *clock);
  RunMonitor monitor({watch, *clock, log}, "/proc/nowhere/tendril.prom");

  EXPECT_THAT(monitor.end(), IsError(ErrorCode::System, HasSubstr("/proc/nowhere/tendril.prom")));
}

}  // namespace
}  // namespace tendril
