#include "bridges/partner/batch_file_writer.h"

#include <fstream>
#include <iterator>
#include <limits>
#include <set>

#include <arrow/array.h>
#include <arrow/io/memory.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/table.h>
#include <arrow/util/compression.h>
#include <openssl/evp.h>
#include <parquet/arrow/reader.h>

#include <gmock/gmock.h>

#include "bridges/partner/batch_folder.h"
#include "data/batch_builder.h"
#include "testing/matchers.h"
#include "testing/temporary_folder.h"

namespace tendril {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

constexpr std::size_t kRoomy = std::size_t{1} << 30U;

std::string bytes_of(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// What a server does first with a file.
std::string decrypted(const std::string& file, const std::string& key) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(file.data());
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  std::string text(file.size(), '\0');
  auto* out = reinterpret_cast<unsigned char*>(text.data());
  int size = 0;
  int rest = 0;
  EXPECT_EQ(EVP_DecryptInit_ex(context, EVP_aes_256_cbc(), nullptr,
                               reinterpret_cast<const unsigned char*>(key.data()), bytes),
            1);
  EXPECT_EQ(EVP_DecryptUpdate(context, out, &size, bytes + kBatchVectorBytes,
                              static_cast<int>(file.size() - kBatchVectorBytes)),
            1);
  EXPECT_EQ(EVP_DecryptFinal_ex(context, out + size, &rest), 1);
  EVP_CIPHER_CTX_free(context);
  text.resize(static_cast<std::size_t>(size + rest));
  return text;
}

std::string decompressed(const std::string& file, arrow::Compression::type kind) {
  const auto codec = arrow::util::Codec::Create(kind).ValueOrDie();
  const auto decompressor = codec->MakeDecompressor().ValueOrDie();
  std::string text;
  std::string piece(1'000'000, '\0');
  for (std::size_t at = 0; !decompressor->IsFinished();) {
    const auto step = decompressor
                          ->Decompress(static_cast<std::int64_t>(file.size() - at),
                                       reinterpret_cast<const std::uint8_t*>(file.data() + at),
                                       static_cast<std::int64_t>(piece.size()),
                                       reinterpret_cast<std::uint8_t*>(piece.data()))
                          .ValueOrDie();
    at += static_cast<std::size_t>(step.bytes_read);
    text.append(piece, 0, static_cast<std::size_t>(step.bytes_written));
  }
  return text;
}

class BatchFiles : public ::testing::Test {
 protected:
  // Writes all rows of a batch to one file.
  struct Written {
    std::string bytes;
    std::string key;
  };
  Written write(const Batch& batch, const BatchFileParams& params, bool may_stay = false) {
    std::vector<BatchFileColumn> columns;
    std::vector<FileCells> cells;
    for (std::size_t i = 0; i < batch.schema->columns.size(); ++i) {
      const Column& column = batch.schema->columns[i];
      columns.push_back({.column = column, .may_stay = may_stay});
      cells.push_back({.values = batch.rows->column(static_cast<int>(i)), .type = column.type});
    }
    columns.push_back({.column = {"absent", {TypeKind::Long}}, .may_stay = may_stay});
    cells.emplace_back();
    const auto path = folder_ / ("file" + std::to_string(++files_));
    auto writer = open_batch_file(path, params, columns, kRoomy).value();
    EXPECT_THAT(writer->write(cells, 0, batch.row_count()), IsOkAndHolds(batch.row_count()));
    EXPECT_THAT(writer->close(), IsOk());
    return {bytes_of(path), writer->key()};
  }

  static BatchFileParams plain(BatchFileFormat format = BatchFileFormat::Csv) {
    return {.format = format, .null_string = "NIL", .unmodified_string = "SAME"};
  }

  static Batch texts() {
    BatchBuilder builder({"t", {{"v", {TypeKind::String}}}});
    for (const Value& value :
         {Value("plain"), Value(""), Value(" edge"), Value("a,b"), Value("say \"hi\""),
          Value("two\nlines"), Value("back\\slash"), Value(nullptr), Value("\"")}) {
      builder.add_row({{"v", value}});
    }
    return builder.take().value();
  }

  static Batch many_rows() {
    BatchBuilder builder({"t", {{"id", {TypeKind::Long}}, {"v", {TypeKind::String}}}});
    for (int row = 0; row < 50'000; ++row) {
      builder.add_row({{"id", row}, {"v", "text of row " + std::to_string(row)}});
    }
    return builder.take().value();
  }

  static Batch all_types() {
    BatchBuilder builder({"t",
                          {{"boolean", {TypeKind::Boolean}},
                           {"short", {TypeKind::Short}},
                           {"int", {TypeKind::Int}},
                           {"long", {TypeKind::Long}},
                           {"float", {TypeKind::Float}},
                           {"double", {TypeKind::Double}},
                           {"decimal", decimal_type(38, 3)},
                           {"date", {TypeKind::NaiveDate}},
                           {"time", {TypeKind::NaiveTime}},
                           {"naive", {TypeKind::NaiveDatetime}},
                           {"instant", {TypeKind::UtcDatetime}},
                           {"xml", {TypeKind::Xml}},
                           {"json", {TypeKind::Json}}}});
    builder.add_row({{"boolean", true},
                     {"short", -7},
                     {"int", 70'000},
                     {"long", std::numeric_limits<std::int64_t>::min()},
                     {"float", 0.1},
                     {"double", 200.0},
                     {"decimal", BigNumber{"-0.050"}},
                     {"date", "0001-01-01"},
                     {"time", "03:04:05.600"},
                     {"naive", "1969-12-31T23:59:59.000001"},
                     {"instant", "9999-12-31T23:59:59.999Z"},
                     {"xml", "<a/>"},
                     {"json", Map{{"a", 1}}}});
    return builder.take().value();
  }

  TemporaryFolder folder_;
  int files_ = 0;
};

TEST_F(BatchFiles, QuoteWhatHasToBeQuoted) {
  EXPECT_EQ(write(texts(), plain()).bytes,
            "v,absent\nplain,NIL\n\"\",NIL\n\" edge\",NIL\n\"a,b\",NIL\n\"say \"\"hi\"\"\",NIL\n"
            "\"two\nlines\",NIL\nback\\slash,NIL\nNIL,NIL\n\"\"\"\",NIL\n");
}

TEST_F(BatchFiles, SayWhatStaysAsItIs) {
  const std::string bytes = write(texts(), plain(), true).bytes;

  EXPECT_THAT(bytes, HasSubstr("\nplain,SAME\n"));
  EXPECT_THAT(bytes, HasSubstr("\nNIL,SAME\n"));
}

TEST_F(BatchFiles, SpellAllTypes) {
  EXPECT_THAT(write(all_types(), plain()).bytes,
              HasSubstr("\ntrue,-7,70000,-9223372036854775808,0.1,200.0,-0.050,0001-01-01,"
                        "03:04:05.600,1969-12-31T23:59:59.000001,9999-12-31T23:59:59.999Z,<a/>,"
                        "\"{\"\"a\"\":1}\",NIL\n"));
}

TEST_F(BatchFiles, SpellBytesInBase64) {
  BatchBuilder builder({"t", {{"v", {TypeKind::Binary}}}});
  for (const std::string_view bytes : {"", "a", "ab", "abc", "\xff\xfe"}) {
    builder.cell("v").append_bytes(bytes);
    builder.end_row();
  }

  EXPECT_EQ(write(builder.take().value(), plain()).bytes,
            "v,absent\n,NIL\nYQ==,NIL\nYWI=,NIL\nYWJj,NIL\n//4=,NIL\n");
}

TEST_F(BatchFiles, AreCompressedAndEncryptedWithAKeyOfTheirOwn) {
  const std::string expected = write(many_rows(), plain()).bytes;
  std::set<std::string> keys;
  for (const auto& [compression, kind] :
       {std::pair(BatchCompression::Zstd, arrow::Compression::ZSTD),
        std::pair(BatchCompression::Gzip, arrow::Compression::GZIP)}) {
    BatchFileParams params = plain();
    params.compression = compression;
    EXPECT_EQ(decompressed(write(many_rows(), params).bytes, kind), expected);
    params.encrypted = true;
    const Written sealed = write(many_rows(), params);
    EXPECT_LT(sealed.bytes.size(), expected.size() / 2);
    EXPECT_THAT(sealed.key, SizeIs(kBatchKeyBytes));
    EXPECT_EQ(decompressed(decrypted(sealed.bytes, sealed.key), kind), expected);
    keys.insert(sealed.key);
  }
  EXPECT_THAT(keys, SizeIs(2));
}

TEST_F(BatchFiles, EndWhenTheyAreFull) {
  const Batch batch = many_rows();
  const std::vector<BatchFileColumn> columns{{.column = batch.schema->columns[0]}};
  const std::vector<FileCells> cells{
      {.values = batch.rows->column(0), .type = batch.schema->columns[0].type}};
  const auto path = folder_ / "small";
  auto writer = open_batch_file(path, plain(), columns, 1000).value();

  const std::int64_t taken = writer->write(cells, 0, batch.row_count()).value();

  EXPECT_TRUE(writer->full());
  EXPECT_LT(taken, 400);
  ASSERT_THAT(writer->close(), IsOk());
  EXPECT_LT(bytes_of(path).size(), 1010U);
}

std::shared_ptr<arrow::Table> read_parquet(const std::string& bytes) {
  auto source = std::make_shared<arrow::io::BufferReader>(arrow::Buffer::FromString(bytes));
  auto reader = parquet::arrow::OpenFile(source, arrow::default_memory_pool()).ValueOrDie();
  return reader->ReadTable().ValueOrDie();
}

TEST_F(BatchFiles, KeepTheTypesOfParquet) {
  BatchFileParams params = plain(BatchFileFormat::Parquet);
  params.encrypted = true;
  const Written sealed = write(all_types(), params);

  const auto table = read_parquet(decrypted(sealed.bytes, sealed.key));

  std::string types;
  for (const auto& field : table->schema()->fields()) {
    types += field->type()->ToString() + " ";
  }
  EXPECT_EQ(types,
            "bool int32 int32 int64 float double decimal128(38, 3) string string string string "
            "string string int64 ");
  EXPECT_EQ(table->GetColumnByName("instant")->GetScalar(0).ValueOrDie()->ToString(),
            "9999-12-31T23:59:59.999Z");
  EXPECT_EQ(table->GetColumnByName("absent")->null_count(), 1);
}

TEST_F(BatchFiles, HaveTextsInParquetWhereValuesMayStay) {
  const auto table = read_parquet(write(all_types(), plain(BatchFileFormat::Parquet), true).bytes);

  EXPECT_EQ(table->GetColumnByName("long")->GetScalar(0).ValueOrDie()->ToString(),
            "-9223372036854775808");
  EXPECT_EQ(table->GetColumnByName("absent")->GetScalar(0).ValueOrDie()->ToString(), "SAME");
}

TEST_F(BatchFiles, AreForTheirOwnerOnly) {
  BatchFolder folder = BatchFolder::open(folder_ / "batches", plain()).value();
  auto writer = folder.new_file("a/b c", {{.column = {"v", {TypeKind::Long}}}}).value();
  ASSERT_THAT(writer->close(), IsOk());

  namespace fs = std::filesystem;
  EXPECT_EQ(fs::status(folder_ / "batches").permissions(), fs::perms::owner_all);
  EXPECT_EQ(fs::status(writer->path()).permissions(),
            fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_THAT(writer->path().filename().string(), ::testing::StartsWith("a_b_c_"));
  folder.keep_only({});
  folder.leave();
  EXPECT_FALSE(fs::exists(folder_ / "batches"));
}

}  // namespace
}  // namespace tendril
