#include "destinations/duckdb/library_error.h"

#include <string>

#include <duckdb.h>

#include <gtest/gtest.h>

namespace tendril {

TEST(LibraryError, SaysWhoCanAct) {
  EXPECT_EQ(library_error(DUCKDB_ERROR_IO, "").code, ErrorCode::System);
  EXPECT_EQ(library_error(DUCKDB_ERROR_OUT_OF_MEMORY, "").code, ErrorCode::System);
  EXPECT_EQ(library_error(DUCKDB_ERROR_CONSTRAINT, "").code, ErrorCode::BadData);
  EXPECT_EQ(library_error(DUCKDB_ERROR_BINDER, "").code, ErrorCode::Internal);
  EXPECT_EQ(library_error(12345, "").code, ErrorCode::Internal);
}

TEST(LibraryError, LooksBehindAFailedCommit) {
  const auto code = [](const char* message) {
    return library_error(DUCKDB_ERROR_TRANSACTION, message).code;
  };
  EXPECT_EQ(code("Failed to commit: Could not write file \"x\": No space left"), ErrorCode::System);
  EXPECT_EQ(code("Failed to commit: PRIMARY KEY constraint violation"), ErrorCode::BadData);
  EXPECT_EQ(code("Conflict on update!"), ErrorCode::Unavailable);
}

TEST(LibraryError, KeepsTheFirstLineAndNotTooMuchOfIt) {
  EXPECT_EQ(library_error(DUCKDB_ERROR_IO, "IO Error: x\n\nhints").message, "duckdb: IO Error: x");
  const std::string message =
      library_error(DUCKDB_ERROR_IO, "x" + std::string(200, 'x') + std::string(200, '\xc3'))
          .message;
  EXPECT_LE(message.size(), 308U);
  std::string umlauts = "x";
  for (int count = 0; count < 300; ++count) {
    umlauts += "ü";
  }
  EXPECT_EQ(library_error(DUCKDB_ERROR_IO, umlauts).message, "duckdb: " + umlauts.substr(0, 299));
}

}  // namespace tendril
