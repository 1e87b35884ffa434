// Files that belong to records.
#include "manifest/file_upload.h"

#include <filesystem>
#include <fstream>
#include <sstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/json.h"
#include "manifest/source_fixture_test.h"
#include "testing/matchers.h"
#include "testing/temporary_folder.h"

namespace tendril {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;

std::string content_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class FileUploading : public SourceFixture {
 protected:
  FileUploading() { files_directory_ = folder_.path(); }

  StreamRead read(const std::string& more) {
    source_ = source(
        "- type: DeclarativeStream\n"
        "  name: items\n"
        "  retriever:\n"
        "    type: SimpleRetriever\n"
        "    requester: {type: HttpRequester, url_base: \"{{ config['url'] }}/\", path: docs}\n"
        "    record_selector: {type: RecordSelector, extractor: {type: DpathExtractor, field_path: "
        "[]}}\n"
        "  file_uploader:\n"
        "    type: FileUploader\n"
        "    requester: {type: HttpRequester, url_base: \"{{ download_target }}\"}\n"
        "    download_target_extractor: {type: DpathExtractor, field_path: [url]}\n" +
        more);
    return run(*source_, "items");
  }

  void answer_record(const std::string& name) {
    imposter_.when("GET", "/docs")
        .answer(200,
                R"([{"id":1,"name":")" + name + R"(","url":")" + imposter_.url("/f/1") + R"("}])");
  }

  std::vector<std::filesystem::path> files() const {
    std::vector<std::filesystem::path> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(files_directory_)) {
      if (entry.is_regular_file()) {
        found.push_back(entry.path().lexically_relative(files_directory_));
      }
    }
    return found;
  }

  TemporaryFolder folder_;
  std::unique_ptr<Source> source_;
};

constexpr const char* kNamed = "    filename_extractor: \"{{ record.id }}/{{ record.name }}\"\n";

TEST_F(FileUploading, KeepsTheFileAndSaysWhereItIs) {
  answer_record("a.pdf");
  imposter_.when("GET", "/f/1").answer(ScriptedAnswer(200, std::string("%PDF\0x", 6)).chunked(2));

  const StreamRead result = read(kNamed);

  ASSERT_FALSE(result.error) << result.error->message;
  EXPECT_THAT(files(), ElementsAre("items/1/a.pdf"));
  EXPECT_EQ(content_of(files_directory_ / "items/1/a.pdf"), std::string("%PDF\0x", 6));
  const auto reference = parse_json(column(result.sink.rows, "file_reference").at(0)).value();
  EXPECT_EQ(*reference.find("staging_file_url"), (files_directory_ / "items/1/a.pdf").string());
  EXPECT_EQ(*reference.find("source_file_relative_path"), "items/1/a.pdf");
  EXPECT_EQ(*reference.find("file_size_bytes"), 6);
}

TEST_F(FileUploading, NamesFilesThatHaveNoName) {
  answer_record("a");
  imposter_.when("GET", "/f/1").answer(200, "x");

  const StreamRead result = read("");

  ASSERT_FALSE(result.error) << result.error->message;
  ASSERT_THAT(files(), SizeIs(1));
  EXPECT_THAT(files()[0].string(), ::testing::MatchesRegex("items/.{8}-.{4}-4.{3}-.{4}-.{12}"));
}

TEST_F(FileUploading, KeepsFilesInTheFolder) {
  answer_record("../../../x");
  imposter_.when("GET", "/f/1").answer(200, "x");

  const StreamRead result = read(kNamed);

  ASSERT_TRUE(result.error);
  EXPECT_THAT(result.error->message, HasSubstr("is no name of a file"));
}

TEST_F(FileUploading, LeavesNothingOfAFileThatBreaksOff) {
  answer_record("a");
  imposter_.when("GET", "/f/1").answer(ScriptedAnswer(200, "0123456789").cut_after(5));

  const StreamRead result = read(kNamed);

  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.error->code, ErrorCode::Unavailable);
  EXPECT_THAT(files(), SizeIs(0));
}

TEST_F(FileUploading, FailsWhereARecordNamesNoFile) {
  imposter_.when("GET", "/docs").answer(200, R"([{"id":1}])");

  const StreamRead result = read(kNamed);

  ASSERT_TRUE(result.error);
  EXPECT_THAT(result.error->message, HasSubstr("record does not say where its file is"));
}

}  // namespace
}  // namespace tendril
