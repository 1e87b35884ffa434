// The made-up records of the REST benchmark: ten columns, 425 bytes of JSON each, 1,000 a page. The
// same everywhere: in the server's pages, in the file that read_json reads, in the Arrow batches of
// the limit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace tendril::bench {

constexpr std::int64_t kRecordsPerPage = 1'000;
constexpr std::size_t kRecordBytes = 425;

// Makes pages cheaply, so that the server costs little beside the client under test.
// Threads: safe to share.
class PageMaker {
 public:
  PageMaker();

  // The JSON list of the records [first, first + count). REQUIRES: count <= kRecordsPerPage.
  std::string page(std::int64_t first, std::int64_t count) const;

 private:
  std::string full_page_;  // With ids from 0; every record has the same size.
};

}  // namespace tendril::bench
