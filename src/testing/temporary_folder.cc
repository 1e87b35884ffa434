#include "testing/temporary_folder.h"

#include <string>
#include <system_error>

#include <stdlib.h>

#include <gtest/gtest.h>

#include "core/check.h"

namespace tendril {
namespace {

std::filesystem::path new_folder() {
  std::string path = (std::filesystem::path(testing::TempDir()) / "tendril_XXXXXX").string();
  CHECK(::mkdtemp(path.data()) != nullptr);
  return path;
}

}  // namespace

TemporaryFolder::TemporaryFolder() : path_(new_folder()) {}

TemporaryFolder::~TemporaryFolder() {
  std::error_code fault;
  std::filesystem::remove_all(path_, fault);
  EXPECT_FALSE(fault) << path_ << ": " << fault.message();
}

}  // namespace tendril
