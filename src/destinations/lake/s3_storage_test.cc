// Lakes in a bucket, against a server of this machine that speaks S3. tests/s3/environment.sh
// installs it; without it these tests are skipped.
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <arrow/filesystem/s3fs.h>
#include <arrow/io/interfaces.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include "destinations/lake/lake_fixture_test.h"
#include "destinations/lake/s3_location.h"
#include "testing/destination_contract.h"

namespace tendril {
namespace {

using ::testing::HasSubstr;

namespace fs = std::filesystem;

constexpr const char* kPython = TENDRIL_SOURCE_DIR "/tests/s3/.venv/bin/python";
constexpr const char* kServer = TENDRIL_SOURCE_DIR "/tests/s3/server.py";

// The server, for all tests of this process; it ends with its input.
class S3Server {
 public:
  S3Server() {
    int input[2] = {};
    int output[2] = {};
    CHECK(pipe2(input, O_CLOEXEC) == 0 && pipe2(output, O_CLOEXEC) == 0);
    const pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
      dup2(input[0], STDIN_FILENO);
      dup2(output[1], STDOUT_FILENO);
      execl(kPython, kPython, kServer, nullptr);
      _exit(127);
    }
    close(input[0]);
    close(output[1]);
    std::FILE* const said = fdopen(output[0], "r");
    CHECK(said != nullptr && std::fscanf(said, "%d", &port_) == 1);
  }

  std::string endpoint() const { return "127.0.0.1:" + std::to_string(port_); }

  // Null where it is not installed.
  static S3Server* shared() {
    if (access(kPython, X_OK) != 0) {
      return nullptr;
    }
    for (const auto& [name, value] :
         {std::pair("AWS_ACCESS_KEY_ID", "key"), std::pair("AWS_SECRET_ACCESS_KEY", "secret"),
          std::pair("AWS_EC2_METADATA_DISABLED", "true")}) {
      setenv(name, value, 1);
    }
    static S3Server server;
    return &server;
  }

 private:
  int port_ = 0;
};

arrow::fs::S3Options options_of(const S3Server& server) {
  CHECK(arrow::fs::EnsureS3Initialized().ok());
  auto options = arrow::fs::S3Options::FromAccessKey("key", "secret");
  options.region = "us-east-1";
  options.scheme = "http";
  options.endpoint_override = server.endpoint();
  options.allow_bucket_creation = true;
  return options;
}

class S3LakeFixture final : public LakeFixture {
 public:
  explicit S3LakeFixture(S3Server& server)
      : LakeFixture(LakeFormat::Parquet),
        server_(server),
        files_(arrow::fs::S3FileSystem::Make(options_of(server)).ValueOrDie()) {
    static int buckets = 0;
    bucket_ = fmt::format("bucket-{}", ++buckets);
    CHECK(files_->CreateDir(bucket_, true).ok());
  }

  std::unique_ptr<Destination> destination() override {
    auto destination = s3_lake_destination({.clock = clock_}).make(place());
    CHECK(destination.ok());
    return std::move(destination).value();
  }

  std::string place() const {
    return fmt::format("//{}/deep/lake?endpoint_override={}&scheme=http", bucket_,
                       server_.endpoint());
  }

 protected:
  // Copies the bucket to where the fixture reads.
  void refresh() override {
    fs::remove_all(lake());
    fs::create_directories(lake());
    arrow::fs::FileSelector selector;
    selector.base_dir = bucket_ + "/deep/lake";
    selector.recursive = true;
    selector.allow_not_found = true;
    for (const auto& info : files_->GetFileInfo(selector).ValueOrDie()) {
      if (!info.IsFile()) {
        continue;
      }
      const auto file = files_->OpenInputFile(info).ValueOrDie();
      const auto content = file->ReadAt(0, file->GetSize().ValueOrDie()).ValueOrDie();
      const fs::path path = lake() / info.path().substr(selector.base_dir.size() + 1);
      fs::create_directories(path.parent_path());
      std::ofstream(path, std::ios::binary) << content->ToString();
    }
  }

 private:
  S3Server& server_;
  const std::shared_ptr<arrow::fs::S3FileSystem> files_;
  std::string bucket_;
};

std::unique_ptr<DestinationFixture> make_fixture() {
  S3Server* const server = S3Server::shared();
  return server == nullptr ? nullptr : std::make_unique<S3LakeFixture>(*server);
}

DestinationUnderTest s3_under_test() {
  return {"s3", make_fixture, "no S3 server: run tests/s3/environment.sh"};
}

TENDRIL_DESTINATION_CONTRACT(S3, (s3_under_test()));

class S3Lake : public ::testing::Test {
 protected:
  void SetUp() override {
    if (S3Server::shared() == nullptr) {
      GTEST_SKIP() << "no S3 server: run tests/s3/environment.sh";
    }
  }
};

TEST_F(S3Lake, MakesAFileOnlyOnce) {
  S3LakeFixture fixture(*S3Server::shared());
  const auto storage =
      s3_storage({.bucket = fixture.place().substr(2, fixture.place().find('/', 2) - 2),
                  .prefix = "p",
                  .endpoint = S3Server::shared()->endpoint(),
                  .scheme = "http"});
  ASSERT_THAT(storage, IsOk());

  EXPECT_THAT((*storage)->create("a/ü b.json", "first"), IsOkAndHolds(true));
  EXPECT_THAT((*storage)->create("a/ü b.json", "second"), IsOkAndHolds(false));

  EXPECT_THAT((*storage)->read("a/ü b.json"), IsOkAndHolds(std::optional<std::string>("first")));
  EXPECT_THAT((*storage)->list("a"), IsOkAndHolds(::testing::ElementsAre("a/ü b.json")));
  EXPECT_THAT((*storage)->remove({"a/ü b.json", "never"}), IsOk());
  EXPECT_THAT((*storage)->read("a/ü b.json"), IsOkAndHolds(std::nullopt));
}

TEST_F(S3Lake, SaysThatThereIsNoBucket) {
  const auto destination = s3_lake_destination()
                               .make(fmt::format("//never/lake?endpoint_override={}&scheme=http",
                                                 S3Server::shared()->endpoint()))
                               .value();

  EXPECT_THAT(destination->open("c"), IsError(ErrorCode::NotFound, HasSubstr("never")));
}

}  // namespace
}  // namespace tendril
