// What a batch file of the partner protocol is: rows of one table in CSV or Parquet, compressed as
// a whole, and then encrypted as a whole. Source: the partner SDK's destination guide, sections
// "Compression", "Encryption", "Batch files" and "Examples of data types".
//
// Encrypted: AES-256 in CBC mode with PKCS #7 padding and a key of the file's own; the first
// sixteen bytes of the file are the initialisation vector.
//
// CSV: UTF-8 with a header, whose order differs from file to file; "," between fields, "\n" or
// "\r\n" behind rows. A field may stand in '"', in which '""' is a quote and all else is itself; a
// backslash is no escape. Quoted or not, null_string is NULL, and in files of updates
// unmodified_string is a value that stays as it is. The texts of values:
//   BOOLEAN         true, false
//   SHORT INT LONG  -17
//   DECIMAL         -12345.6789; at most 38 digits
//   FLOAT DOUBLE    3.4028235E38, NaN, Infinity, -Infinity
//   NAIVE_DATE      2007-12-03
//   NAIVE_TIME      10:15:30[.123456]
//   NAIVE_DATETIME  2007-12-03T10:15:30[.123456]
//   UTC_DATETIME    2007-12-03T10:15:30.123456789Z
//   BINARY          Base64
//   STRING JSON XML the text
//
// Parquet: BOOLEAN as BOOLEAN; SHORT and INT as INT32; LONG as INT64; FLOAT and DOUBLE as FLOAT and
// DOUBLE; DECIMAL as DECIMAL; BINARY as bytes; all else as a STRING with the text that CSV has. A
// column of updates that leaves a value as it is can be a STRING, too, with such texts in all rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace tendril {

enum class BatchFileFormat : std::uint8_t { Csv, Parquet };
enum class BatchCompression : std::uint8_t { Off, Zstd, Gzip };

// How the files of one call are written.
struct BatchFileParams {
  BatchFileFormat format = BatchFileFormat::Csv;
  BatchCompression compression = BatchCompression::Off;
  bool encrypted = false;
  std::string null_string = {};
  std::string unmodified_string = {};
};

constexpr std::size_t kBatchKeyBytes = 32;
constexpr std::size_t kBatchVectorBytes = 16;  // The initialisation vector.
constexpr std::size_t kBatchCipherBlockBytes = 16;
// As written, compressed.
constexpr std::size_t kBatchFileBytesMax = std::size_t{100} * 1000 * 1000;

// The columns of tables in history mode: each version of a row is a row, from its start to its end.
constexpr std::string_view kVersionStart = "_fivetran_start";
constexpr std::string_view kVersionEnd = "_fivetran_end";
constexpr std::string_view kVersionActive = "_fivetran_active";

// The end of a version that has none, in microseconds since 1970: 9999-12-31T23:59:59.999Z.
constexpr std::int64_t kVersionOpenEndMicros = 253'402'300'799'999'000;

}  // namespace tendril
