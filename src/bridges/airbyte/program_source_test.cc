#include "bridges/airbyte/program_source.h"

#include <filesystem>
#include <fstream>
#include <map>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <unistd.h>

#include <gmock/gmock.h>

#include "data/json.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

namespace fs = std::filesystem;

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class KeptSink final : public SliceSink {
 public:
  Status write(Batch batch) override {
    for (std::int64_t row = 0; row < batch.row_count(); ++row) {
      steps.push_back(batch.rows->column(0)->GetScalar(row).ValueOrDie()->ToString());
    }
    return {};
  }
  Status checkpoint(Value progress) override {
    steps.push_back("checkpoint " + to_json(progress));
    return {};
  }
  Status reject(RejectedRow) override { return {}; }

  std::vector<std::string> steps;
};

class SilentSink final : public LogSink {
 public:
  void line(LogLevel, std::string_view text) override { text_ += std::string(text) + '\n'; }
  const std::string& text() const { return text_; }

 private:
  std::string text_;
};

// A source whose program is a shell script: "$1" is the verb, "$3" the configuration's file.
class ProgramSourceTest : public ::testing::Test {
 protected:
  ProgramSourceTest() {
    std::string path = (fs::temp_directory_path() / "tendril-program-XXXXXX").string();
    EXPECT_NE(::mkdtemp(path.data()), nullptr);
    folder_ = path;
  }
  ~ProgramSourceTest() override { fs::remove_all(folder_); }

  std::unique_ptr<Source> source(const std::string& script, Map config = {}) {
    std::ofstream(folder_ / "program.sh") << script;
    return airbyte_program_source(
               {.command = {"/bin/sh", (folder_ / "program.sh").string()},
                .environment = {{"FOLDER", folder_.string()}}},
               std::move(config),
               [this](std::string_view pointer, const Value& value) {
                 saved_[std::string(pointer)] = to_json(value);
                 return Status();
               },
               log_)
        .value();
  }

  // What the program was given as `name` when it ran last.
  std::string given(const std::string& name) const {
    std::ifstream file(folder_ / name);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  fs::path folder_;
  const std::unique_ptr<Clock> clock_ = system_clock();
  Redactor redactor_;
  SilentSink sink_;
  Log log_{LogLevel::Info, LogFormat::Text, *clock_, redactor_, sink_};
  std::map<std::string, std::string> saved_;
};

constexpr const char* kReader = R"(
case "$1" in
discover) echo '{"type":"CATALOG","catalog":{"streams":[{"name":"s","json_schema":{"properties":{"id":{"type":"integer"}}},"supported_sync_modes":["full_refresh","incremental"],"default_cursor_field":["id"],"source_defined_primary_key":[["id"]]}]}}' ;;
read)
  cp "$5" "$FOLDER/catalog"; [ $# -gt 5 ] && cp "$7" "$FOLDER/state"
  echo 'not a message'
  echo '{"type":"LOG","log":{"level":"WARN","message":"careful"}}'
  echo '{"type":"RECORD","record":{"stream":"s","data":{"id":1,"x":null,"f":1.5},"emitted_at":1}}'
  echo '{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"s"},"stream_state":{"id":1}}}}'
  echo '{"type":"RECORD","record":{"stream":"s","data":{"id":2},"emitted_at":1}}'
  echo '{"type":"STATE","state":{"type":"STREAM","stream":{"stream_descriptor":{"name":"s"},"stream_state":{"id":2}}}}'
  ;;
esac
)";

TEST_F(ProgramSourceTest, DescribesItsStreams) {
  const auto catalog = source(kReader)->discover({});

  ASSERT_THAT(catalog, IsOk());
  const StreamInfo* info = catalog->find("s");
  ASSERT_NE(info, nullptr);
  EXPECT_TRUE(info->incremental);
  EXPECT_EQ(info->cursor_field, "id");
  EXPECT_THAT(info->schema.primary_key, ElementsAre("id"));
  EXPECT_THAT(info->schema.columns, ElementsAre(Column{"id", {TypeKind::Long}}));
}

TEST_F(ProgramSourceTest, ReadsAStreamWithItsStates) {
  const auto program = source(kReader);
  const auto reader = program->open({.stream = "s", .incremental = true}, {}).value();
  const Slice slice = reader->next_slice({}).value().value();
  KeptSink sink;

  const auto result = reader->read(slice, {}, sink, {});

  ASSERT_THAT(result, IsOk());
  EXPECT_THAT(sink.steps, ElementsAre("1", R"(checkpoint {"state":{"id":1}})", "2",
                                      R"(checkpoint {"state":{"id":2}})"));
  EXPECT_EQ(to_json(reader->finish(std::vector<SliceResult>{{slice, *result}})), R"({"id":2})");
  EXPECT_FALSE(reader->next_slice({}).value().has_value());
  EXPECT_THAT(sink_.text(), HasSubstr("careful"));
  EXPECT_THAT(sink_.text(), HasSubstr("not a message"));
  EXPECT_THAT(given("catalog"), HasSubstr(R"("sync_mode":"incremental")"));
  EXPECT_THAT(given("state"), IsEmpty());
}

TEST_F(ProgramSourceTest, GivesDocumentsWhenAsked) {
  const auto program = source(kReader);
  const auto reader = program->open({.stream = "s", .documents = true}, {}).value();
  KeptSink sink;

  ASSERT_THAT(reader->read({"all"}, {}, sink, {}), IsOk());

  ASSERT_FALSE(sink.steps.empty());
  EXPECT_EQ(sink.steps.front(), R"({"id":1,"f":1.5})");
  EXPECT_THAT(given("catalog"), HasSubstr(R"("sync_mode":"full_refresh")"));
}

TEST_F(ProgramSourceTest, GoesOnFromAState) {
  const auto program = source(kReader);
  const auto reader =
      program->open({.stream = "s", .incremental = true, .state = Map{{"id", Value(7)}}}, {})
          .value();
  KeptSink sink;

  ASSERT_THAT(reader->read({"all"}, {}, sink, {}), IsOk());
  EXPECT_THAT(given("state"), HasSubstr(R"("stream_state":{"id":7})"));

  ASSERT_THAT(reader->read({"all"}, Map{{"state", Map{{"id", Value(9)}}}}, sink, {}), IsOk());
  EXPECT_THAT(given("state"), HasSubstr(R"("stream_state":{"id":9})"));
}

TEST_F(ProgramSourceTest, SaysWhetherTheConnectionWorks) {
  EXPECT_THAT(
      source(R"(echo '{"type":"CONNECTION_STATUS","connectionStatus":{"status":"SUCCEEDED"}}')")
          ->check({}),
      IsOk());
  EXPECT_THAT(
      source(
          R"(echo '{"type":"CONNECTION_STATUS","connectionStatus":{"status":"FAILED","message":"bad key"}}')")
          ->check({}),
      IsError(ErrorCode::InvalidConfig, HasSubstr("bad key")));
  EXPECT_THAT(source("true")->check({}), IsError(ErrorCode::BadData));
}

TEST_F(ProgramSourceTest, PassesOnWhatFailed) {
  EXPECT_THAT(
      source(
          R"(echo '{"type":"TRACE","trace":{"type":"ERROR","error":{"message":"too fast","failure_type":"transient_error"}}}'; exit 1)")
          ->discover({}),
      IsError(ErrorCode::Unavailable, "too fast"));
  EXPECT_THAT(source("echo broken >&2; exit 4")->discover({}),
              IsError(ErrorCode::System, HasSubstr("status 4")));
  EXPECT_THAT(source("exit 0")->discover({}), IsError(ErrorCode::BadData));
}

TEST_F(ProgramSourceTest, DoesNotTakeHalfAStreamForAWholeOne) {
  const auto program = source(std::string(R"(
if [ "$1" = read ]; then
  echo '{"type":"TRACE","trace":{"type":"STREAM_STATUS","stream_status":{"stream_descriptor":{"name":"s"},"status":"INCOMPLETE"}}}'
  exit 0
fi
)") + kReader);
  const auto reader = program->open({.stream = "s"}, {}).value();
  KeptSink sink;

  EXPECT_THAT(reader->read({"all"}, {}, sink, {}),
              IsError(ErrorCode::Internal, HasSubstr("incomplete")));
}

TEST_F(ProgramSourceTest, KeepsWhatTheProgramChangesInItsConfiguration) {
  const auto program = source(
      R"(
cp "$3" "$FOLDER/config"
echo '{"type":"CONTROL","control":{"type":"CONNECTOR_CONFIG","connectorConfig":{"config":{"token":"t2","url":"u","__injected_declarative_manifest":{}}}}}'
echo '{"type":"CONNECTION_STATUS","connectionStatus":{"status":"SUCCEEDED"}}'
)",
      {{"token", Value("t1")}, {"url", Value("u")}});

  ASSERT_THAT(program->check({}), IsOk());
  EXPECT_THAT(saved_, ElementsAre(std::pair<const std::string, std::string>("/token", "\"t2\"")));

  ASSERT_THAT(program->check({}), IsOk());
  EXPECT_EQ(given("config"), R"({"token":"t2","url":"u"})");
}

TEST_F(ProgramSourceTest, HasNoSuchStream) {
  EXPECT_THAT(source(kReader)->open({.stream = "t"}, {}), IsError(ErrorCode::NotFound));
}

TEST_F(ProgramSourceTest, LeavesNoFilesBehind) {
  const auto program = source(R"sh(
echo "$3" > "$FOLDER/path"; stat -c %a "$(dirname "$3")" > "$FOLDER/rights"
echo '{"type":"CATALOG","catalog":{}}'
)sh",
                              {{"password", Value("p")}});

  ASSERT_THAT(program->discover({}), IsOk());

  const std::string path = given("path");
  EXPECT_THAT(path, HasSubstr("config.json"));
  EXPECT_FALSE(fs::exists(path.substr(0, path.size() - 1))) << path;
  EXPECT_EQ(given("rights"), "700\n");
}

}  // namespace
}  // namespace tendril
