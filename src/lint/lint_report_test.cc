#include "lint/lint_report.h"

#include <gtest/gtest.h>

#include "lint/manifest_lint.h"

namespace tendril {
namespace {

constexpr const char* kManifest = R"(check: {stream_names: [a]}
streams:
  - name: a
    retriever:
      requester: {url_base: "https://a.example", path: "{{ response.x }}"}
      record_selector: {extractor: {field_path: []}}
    incremental_sync:
      type: DatetimeBasedCursor
      cursor_field: day
      datetime_format: "%Y-%m-%d"
      start_datetime: "2024-01-01"
      step: P1D
      cursor_granularity: P1D
    page_size: 3
)";

LintReport report_of(bool with_notes) {
  LintReport report;
  report.add(lint_manifest(kManifest, "m.yaml", {}), with_notes);
  return report;
}

TEST(LintReport, WritesALineForEachFindingAndASummary) {
  EXPECT_EQ(report_of(false).text(),
            "m.yaml:5:56: error: streams.0.retriever.requester.path: HttpRequester.path can not "
            "know the variable: response at line 1, column 4 of the template; what is known here: "
            "config and parameters, stream_slice, stream_partition and stream_interval, "
            "next_page_token [misplaced-variable]\n"
            "m.yaml:14:16: warning: streams.0.page_size: DeclarativeStream has no field: "
            "page_size; it is ignored; take it out, or move it to the component that has it "
            "[ignored-field]\n"
            "1 manifest: 1 error, 1 warning\n");
}

TEST(LintReport, ShowsNotesOnRequest) {
  const LintReport report = report_of(true);

  EXPECT_EQ(report.count(Severity::Note), 1U);
  EXPECT_TRUE(report.text().ends_with("1 manifest: 1 error, 1 warning, 1 note\n"));
}

TEST(LintReport, WritesOneJsonObject) {
  LintReport report = report_of(false);
  report.findings.resize(1);

  EXPECT_EQ(report.json(),
            R"({"files":1,"findings":[{"rule":"misplaced-variable","severity":"error",)"
            R"("file":"m.yaml","line":5,"column":56,"path":"streams.0.retriever.requester.path",)"
            R"("message":"HttpRequester.path can not know the variable: response at line 1, )"
            R"(column 4 of the template","advice":"what is known here: config and parameters, )"
            R"(stream_slice, stream_partition and stream_interval, next_page_token"}],)"
            R"("errors":1,"warnings":0})"
            "\n");
}

}  // namespace
}  // namespace tendril
