#include "bridges/partner/batch_reader.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <arrow/array/array_binary.h>
#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_decimal.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/io/file.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <arrow/type.h>
#include <arrow/util/decimal.h>
#include <openssl/evp.h>
#include <parquet/arrow/writer.h>
#include <zlib.h>
#include <zstd.h>

#include <gmock/gmock.h>

#include "bridges/partner/batch_bytes.h"
#include "bridges/partner/csv_reader.h"
#include "data/batch.h"
#include "data/text_column.h"
#include "testing/matchers.h"
#include "testing/temporary_folder.h"

namespace tendril {
namespace {

namespace fs = std::filesystem;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;

using Rows = std::vector<std::vector<std::string>>;

// A text in pieces of one size.
class PiecedText final : public ByteStream {
 public:
  PiecedText(std::string text, std::size_t piece) : text_(std::move(text)), piece_(piece) {}

  Result<std::size_t> read(char* out, std::size_t size) override {
    const std::size_t count = std::min({size, piece_, text_.size() - taken_});
    text_.copy(out, count, taken_);
    taken_ += count;
    return count;
  }

 private:
  const std::string text_;
  const std::size_t piece_;
  std::size_t taken_ = 0;
};

Result<Rows> csv_rows(const std::string& text, std::size_t piece = 1'000'000) {
  PiecedText bytes(text, piece);
  CsvReader reader(bytes);
  Rows rows;
  std::vector<std::string_view> fields;
  for (;;) {
    const bool found = TRY(reader.next(fields));
    if (!found) {
      return rows;
    }
    rows.emplace_back(fields.begin(), fields.end());
  }
}

TEST(CsvRows, AreReadWhateverThePieces) {
  const std::string text =
      "a,b\r\n"
      "1,\"x,\"\"y\"\"\nz\"\n"
      "\"\",\"\\\"\r\n"
      ",last";
  for (const std::size_t piece : {1, 2, 3, 7, 1000}) {
    const auto rows = csv_rows(text, piece);
    ASSERT_THAT(rows, IsOk()) << piece;
    EXPECT_THAT(*rows, ElementsAre(ElementsAre("a", "b"), ElementsAre("1", "x,\"y\"\nz"),
                                   ElementsAre("", "\\"), ElementsAre("", "last")))
        << piece;
  }
}

TEST(CsvRows, MayBeLargerThanTheBuffer) {
  const std::string large(3'000'000, 'x');
  const auto rows = csv_rows("a\n\"" + large + "\"\n" + large + "\n");
  ASSERT_THAT(rows, IsOk());
  ASSERT_EQ(rows->size(), 3U);
  EXPECT_EQ((*rows)[1][0], large);
  EXPECT_EQ((*rows)[2][0], large);
}

TEST(CsvRows, StartBehindAByteOrderMark) {
  EXPECT_THAT(*csv_rows("\xEF\xBB\xBFid\n1\n", 1),
              ElementsAre(ElementsAre("id"), ElementsAre("1")));
}

TEST(CsvRows, RefuseQuotesThatMakeNoSense) {
  EXPECT_THAT(csv_rows("a\n\"open"), IsError(ErrorCode::BadData, HasSubstr("not closed")));
  EXPECT_THAT(csv_rows("a\n\"x\"y\n"), IsError(ErrorCode::BadData, HasSubstr("behind")));
  EXPECT_THAT(csv_rows("a\n\"x\"\ry\n"), IsError(ErrorCode::BadData, HasSubstr("behind")));
}

Result<std::shared_ptr<arrow::BinaryArray>> texts_of(const arrow::Array& values, Type type) {
  if (values.type_id() == arrow::Type::STRING) {
    return std::make_shared<arrow::StringArray>(values.data());
  }
  const auto texts = TRY(text_column(values, type));
  return std::static_pointer_cast<arrow::BinaryArray>(texts);
}

// Values as texts, NULL as "NULL" and what stays as "UNMODIFIED".
Result<Rows> all_rows(const BatchFileSource& source, std::vector<Column> wanted) {
  const auto reader = TRY(BatchFileReader::open(source, wanted));
  Rows rows;
  for (;;) {
    const auto batch = TRY(reader->next());
    if (!batch) {
      return rows;
    }
    const std::size_t first = rows.size();
    rows.resize(first + static_cast<std::size_t>(batch->values->num_rows()));
    for (std::size_t column = 0; column < wanted.size(); ++column) {
      const arrow::Array& values = *batch->values->column(static_cast<int>(column));
      const auto texts = TRY(texts_of(values, wanted[column].type));
      for (std::int64_t row = 0; row < values.length(); ++row) {
        const bool unmodified =
            batch->unmodified != nullptr &&
            std::static_pointer_cast<arrow::StringArray>(batch->unmodified)->GetView(row)[column] ==
                '1';
        std::string text = unmodified ? "UNMODIFIED" : "NULL";
        if (!values.IsNull(row)) {
          text = std::string(texts->GetView(row));
        }
        rows[first + static_cast<std::size_t>(row)].push_back(std::move(text));
      }
    }
  }
}

class BatchFileTest : public testing::Test {
 protected:
  std::string write(const std::string& name, const std::string& bytes) const {
    const fs::path path = folder_ / name;
    std::ofstream(path, std::ios::binary) << bytes;
    return path.string();
  }

  Result<Rows> read(const std::string& text, std::vector<Column> wanted, bool updates = false) {
    return all_rows({.path = write("rows.csv", text), .params = params_, .of_updates = updates},
                    std::move(wanted));
  }

  TemporaryFolder folder_;
  BatchFileParams params_{.null_string = "nil", .unmodified_string = "same"};
};

TEST_F(BatchFileTest, ValuesAreOfTheTypesOfTheTable) {
  const auto rows = read(
      "b,s,i,l,d,f,g,day,time,naive,utc,bin,json,xml,text\n"
      "true,-32768,7,-9223372036854775808,12345.678951,3.4028237E+38,1e-300,2007-12-03,10:15:30.5,"
      "2007-12-03T10:15:30,2007-12-03T10:15:30.123456789Z,3q2+7w==,\"{\"\"a\"\":1}\",<a/>,\n",
      {{"b", {TypeKind::Boolean}},
       {"s", {TypeKind::Short}},
       {"i", {TypeKind::Int}},
       {"l", {TypeKind::Long}},
       {"d", decimal_type(10, 4)},
       {"f", {TypeKind::Float}},
       {"g", {TypeKind::Double}},
       {"day", {TypeKind::NaiveDate}},
       {"time", {TypeKind::NaiveTime}},
       {"naive", {TypeKind::NaiveDatetime}},
       {"utc", {TypeKind::UtcDatetime}},
       {"bin", {TypeKind::Binary}},
       {"json", {TypeKind::Json}},
       {"xml", {TypeKind::Xml}},
       {"text", {TypeKind::String}}});
  ASSERT_THAT(rows, IsOk());
  EXPECT_THAT((*rows)[0], ElementsAre("true", "-32768", "7", "-9223372036854775808", "12345.6790",
                                      "3.4028235e+38", "1e-300", "2007-12-03", "10:15:30.500",
                                      "2007-12-03T10:15:30", "2007-12-03T10:15:30.123456Z",
                                      "3q2+7w==", "{\"a\":1}", "<a/>", ""));
}

TEST_F(BatchFileTest, ColumnsStandInAnyOrderAndMayBeMissing) {
  const auto rows = read("c,a\n3,1\nnil,\"nil\"\n",
                         {{"a", {TypeKind::Int}}, {"b", {TypeKind::Int}}, {"c", {TypeKind::Int}}});
  EXPECT_THAT(*rows,
              ElementsAre(ElementsAre("1", "NULL", "3"), ElementsAre("NULL", "NULL", "NULL")));
}

TEST_F(BatchFileTest, UpdatesSayWhatStays) {
  const std::vector<Column> wanted{{"a", {TypeKind::Int}}, {"b", {TypeKind::Double}}, {"c", {}}};
  EXPECT_THAT(*read("a,b\n1,same\n\"same\",nil\n", wanted, true),
              ElementsAre(ElementsAre("1", "UNMODIFIED", "UNMODIFIED"),
                          ElementsAre("UNMODIFIED", "NULL", "UNMODIFIED")));
  EXPECT_THAT(read("a,b\n1,same\n", wanted),
              IsError(ErrorCode::BadData, HasSubstr("row 1, column b")));
}

TEST_F(BatchFileTest, AValueThatDoesNotFitIsLocatedAndNotTold) {
  for (const auto& [text, type] :
       std::vector<std::pair<std::string, Type>>{{"32768", {TypeKind::Short}},
                                                 {"1.5", {TypeKind::Int}},
                                                 {"secret", {TypeKind::Double}},
                                                 {"1e39", {TypeKind::Float}},
                                                 {"1000", decimal_type(3, 0)},
                                                 {"2024-02-30", {TypeKind::NaiveDate}},
                                                 {"25:00", {TypeKind::NaiveTime}},
                                                 {"yesterday", {TypeKind::UtcDatetime}},
                                                 {"yes", {TypeKind::Boolean}},
                                                 {"[B@7d4991ad", {TypeKind::Binary}},
                                                 {"{", {TypeKind::Json}},
                                                 {"\xFF", {TypeKind::String}}}) {
    const auto rows = read("id,v\n1,nil\n2," + text + "\n", {{"v", type}});
    EXPECT_THAT(rows, IsError(ErrorCode::BadData, AllOf(HasSubstr("rows.csv, row 2, column v"),
                                                        testing::Not(HasSubstr("secret")))))
        << text;
  }
}

TEST_F(BatchFileTest, RowsHaveAsManyFieldsAsTheHeader) {
  EXPECT_THAT(read("a,b\n1,2\n3\n", {{"a", {}}}),
              IsError(ErrorCode::BadData, HasSubstr("row 2 has 1 fields in the place of 2")));
  EXPECT_THAT(read("", {{"a", {}}}), IsError(ErrorCode::BadData, HasSubstr("no header")));
  EXPECT_THAT(read("a,a\n", {{"a", {}}}), IsError(ErrorCode::BadData, HasSubstr("two columns a")));
  EXPECT_THAT(*read("a\n\nx\n", {{"a", {}}}), ElementsAre(ElementsAre(""), ElementsAre("x")));
}

TEST_F(BatchFileTest, OnlyRegularFilesAreRead) {
  const std::vector<Column> wanted{{"a", {}}};
  EXPECT_THAT(all_rows({.path = (folder_ / "none").string(), .params = params_}, wanted),
              IsError(ErrorCode::NotFound, HasSubstr("none")));
  EXPECT_THAT(all_rows({.path = folder_.path().string(), .params = params_}, wanted),
              IsError(ErrorCode::InvalidConfig, HasSubstr("no regular file")));
  EXPECT_THAT(all_rows({.path = "", .params = params_}, wanted),
              IsError(ErrorCode::InvalidConfig, HasSubstr("no name")));
}

std::string zstd(const std::string& text) {
  std::string out(ZSTD_compressBound(text.size()), '\0');
  out.resize(ZSTD_compress(out.data(), out.size(), text.data(), text.size(), 1));
  return out;
}

std::string gzip(const std::string& text) {
  z_stream state = {};
  deflateInit2(&state, Z_BEST_SPEED, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
  std::string out(text.size() + 1000, '\0');
  std::string in = text;
  state.next_in = reinterpret_cast<Bytef*>(in.data());
  state.avail_in = static_cast<uInt>(in.size());
  state.next_out = reinterpret_cast<Bytef*>(out.data());
  state.avail_out = static_cast<uInt>(out.size());
  deflate(&state, Z_FINISH);
  out.resize(out.size() - state.avail_out);
  deflateEnd(&state);
  return out;
}

std::string encrypted(const std::string& text, const std::string& key) {
  const std::string vector = "0123456789abcdef";
  std::string out(text.size() + 32, '\0');
  EVP_CIPHER_CTX* const context = EVP_CIPHER_CTX_new();
  int first = 0;
  int last = 0;
  auto* const bytes = reinterpret_cast<unsigned char*>(out.data());
  EVP_EncryptInit_ex(context, EVP_aes_256_cbc(), nullptr,
                     reinterpret_cast<const unsigned char*>(key.data()),
                     reinterpret_cast<const unsigned char*>(vector.data()));
  EVP_EncryptUpdate(context, bytes, &first, reinterpret_cast<const unsigned char*>(text.data()),
                    static_cast<int>(text.size()));
  EVP_EncryptFinal_ex(context, bytes + first, &last);
  EVP_CIPHER_CTX_free(context);
  out.resize(static_cast<std::size_t>(first + last));
  return vector + out;
}

TEST_F(BatchFileTest, FilesAreUnpackedAndDecrypted) {
  const std::string key(32, 'k');
  std::string text = "a\n";
  for (int row = 0; row < 50'000; ++row) {
    text += std::to_string(row) + "\n";
  }
  const std::vector<Column> wanted{{"a", {TypeKind::Int}}};
  params_.encrypted = true;
  for (const auto& [compression, packed] : std::vector<std::pair<BatchCompression, std::string>>{
           {BatchCompression::Off, text},
           {BatchCompression::Zstd, zstd(text)},
           {BatchCompression::Gzip, gzip(text)},
           {BatchCompression::Zstd, zstd(text.substr(0, 500)) + zstd(text.substr(500))},
           {BatchCompression::Gzip, gzip(text.substr(0, 500)) + gzip(text.substr(500))}}) {
    params_.compression = compression;
    const std::string path = write("packed", encrypted(packed, key));
    const auto rows = all_rows({.path = path, .key = Secret(key), .params = params_}, wanted);
    ASSERT_THAT(rows, IsOk());
    ASSERT_EQ(rows->size(), 50'000U);
    EXPECT_EQ(rows->back()[0], "49999");
  }
}

TEST_F(BatchFileTest, DamagedBytesAreRefused) {
  const std::string key(32, 'k');
  const std::string text = "a\n" + std::string(100'000, 'x') + "\n";
  const std::vector<Column> wanted{{"a", {}}};
  const auto fails = [&](const std::string& bytes, const std::string& with_key) {
    return all_rows({.path = write("x", bytes), .key = Secret(with_key), .params = params_},
                    wanted);
  };
  params_.encrypted = true;
  EXPECT_THAT(fails(encrypted(text, key), std::string(32, 'o')), IsError(ErrorCode::BadData));
  EXPECT_THAT(fails(encrypted(text, key), "short"),
              IsError(ErrorCode::InvalidConfig, HasSubstr("5 bytes in the place of 32")));
  EXPECT_THAT(fails(encrypted(text, key), ""),
              IsError(ErrorCode::InvalidConfig, HasSubstr("no key")));
  EXPECT_THAT(fails("0123", key), IsError(ErrorCode::BadData, HasSubstr("too short")));
  EXPECT_THAT(fails(encrypted(text, key).substr(0, 1000), key),
              IsError(ErrorCode::BadData, HasSubstr("decrypted")));
  params_.encrypted = false;
  params_.compression = BatchCompression::Zstd;
  EXPECT_THAT(fails(text, ""), IsError(ErrorCode::BadData, HasSubstr("no zstd text")));
  EXPECT_THAT(fails(zstd(text).substr(0, 20), ""),
              IsError(ErrorCode::BadData, HasSubstr("cut off")));
  params_.compression = BatchCompression::Gzip;
  EXPECT_THAT(fails(text, ""), IsError(ErrorCode::BadData, HasSubstr("no gzip text")));
  EXPECT_THAT(fails(gzip(text).substr(0, 40), ""),
              IsError(ErrorCode::BadData, HasSubstr("cut off")));
}

template <class Builder, class Value>
std::shared_ptr<arrow::Array> column_of(std::shared_ptr<arrow::DataType> type, Value value) {
  Builder builder(type, arrow::default_memory_pool());
  EXPECT_TRUE(builder.Append(value).ok());
  EXPECT_TRUE(builder.AppendNull().ok());
  return *builder.Finish();
}

TEST_F(BatchFileTest, ParquetHasItsOwnTypesOrTexts) {
  const std::vector<std::shared_ptr<arrow::Array>> columns{
      column_of<arrow::Int32Builder>(arrow::int32(), 12),
      column_of<arrow::Decimal128Builder>(arrow::decimal128(5, 2), arrow::Decimal128(12345)),
      column_of<arrow::StringBuilder>(arrow::utf8(), "2024-01-02T03:04:05Z"),
      column_of<arrow::BinaryBuilder>(arrow::binary(), "\x01\x02"),
      column_of<arrow::Int64Builder>(arrow::int64(), 9),
      column_of<arrow::StringBuilder>(arrow::utf8(), "same")};
  arrow::FieldVector fields;
  for (const char* const name : {"short", "dec", "at", "bin", "long", "same"}) {
    fields.push_back(arrow::field(name, columns[fields.size()]->type()));
  }
  const auto table = arrow::Table::Make(arrow::schema(fields), columns);
  const std::string path = (folder_ / "rows.parquet").string();
  auto file = *arrow::io::FileOutputStream::Open(path);
  ASSERT_TRUE(parquet::arrow::WriteTable(*table, arrow::default_memory_pool(), file).ok());
  ASSERT_TRUE(file->Close().ok());
  params_.format = BatchFileFormat::Parquet;

  const auto rows = all_rows({.path = path, .params = params_, .of_updates = true},
                             {{"short", {TypeKind::Short}},
                              {"dec", decimal_type(10, 3)},
                              {"at", {TypeKind::UtcDatetime}},
                              {"bin", {TypeKind::Binary}},
                              {"long", {TypeKind::Long}},
                              {"same", {TypeKind::Double}}});

  EXPECT_THAT(*rows, ElementsAre(ElementsAre("12", "123.450", "2024-01-02T03:04:05Z", "AQI=", "9",
                                             "UNMODIFIED"),
                                 ElementsAre("NULL", "NULL", "NULL", "NULL", "NULL", "NULL")));
  params_.format = BatchFileFormat::Parquet;
  EXPECT_THAT(all_rows({.path = write("no.parquet", "a\n1\n"), .params = params_}, {}),
              IsError(ErrorCode::BadData, HasSubstr("no.parquet is no Parquet file")));
}

// Files as the protocol's own client writes them.
class BatchFileVectors : public testing::Test {
 protected:
  void SetUp() override {
    if (!fs::is_directory(folder())) {
      GTEST_SKIP() << "no files at " << folder();
    }
  }

  static fs::path folder() {
    return fs::path(TENDRIL_SOURCE_DIR) / "../shared/fivetran-vectors/batch-files";
  }

  static std::string bytes_of(const fs::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

  // All rows, with every column as text.
  static Result<Rows> texts(const fs::path& path, const BatchFileParams& params,
                            const std::string& key = "") {
    const BatchFileSource source{.path = path.string(), .key = Secret(key), .params = params};
    const auto header = TRY(BatchFileReader::open(source, {}));
    std::vector<Column> wanted;
    for (const std::string& name : header->names()) {
      wanted.push_back({name, {TypeKind::String}});
    }
    return all_rows(source, std::move(wanted));
  }
};

TEST_F(BatchFileVectors, EncryptedFilesHoldWhatThePlainOnesDo) {
  int compared = 0;
  for (const auto& entry :
       fs::directory_iterator(folder() / "destination_tester/generated_files")) {
    fs::path plain = entry.path();
    if (plain.extension() != ".aes") {
      continue;
    }
    plain.replace_extension().replace_extension();
    const std::string key = bytes_of(entry.path().string() + ".key");
    const auto secret =
        texts(entry.path(), {.compression = BatchCompression::Zstd, .encrypted = true}, key);
    ASSERT_THAT(secret, IsOk()) << entry.path();
    EXPECT_EQ(*secret, *texts(plain, {})) << entry.path();
    ++compared;
  }
  EXPECT_EQ(compared, 15);
}

TEST_F(BatchFileVectors, EveryFileIsRead) {
  int read = 0;
  for (const auto& entry : fs::recursive_directory_iterator(folder())) {
    const std::string extension = entry.path().extension().string();
    BatchFileParams params;
    if (extension == ".zst" || extension == ".zstd") {
      params.compression = BatchCompression::Zstd;
    } else if (extension != ".csv") {
      continue;
    }
    const auto rows = texts(entry.path(), params);
    EXPECT_THAT(rows, IsOk()) << entry.path();
    EXPECT_FALSE(rows.ok() && rows->empty()) << entry.path();
    ++read;
  }
  EXPECT_GT(read, 60);
}

TEST_F(BatchFileVectors, ValuesAreThoseOfTheirFiles) {
  EXPECT_THAT(*texts(folder() / "csv/escaped_string.csv", {}),
              ElementsAre(ElementsAre("t\"\"es\"t\"1")));
  const auto special = texts(folder() / "csv/special_chars.csv", {});
  EXPECT_EQ((*special)[1][1], "Line 1\nLine 2");
  EXPECT_EQ((*special)[2][1], "Quote \"inside\" text");
  const BatchFileParams params{.null_string = "special-null"};
  EXPECT_THAT((*texts(folder() / "csv/special_null.csv", params))[1],
              ElementsAre("2", "Bob", "30", "NULL"));
  const auto books = texts(folder() / "books_batch_1_insert.csv.zst.aes",
                           {.compression = BatchCompression::Zstd, .encrypted = true},
                           bytes_of(folder() / "books_batch_1_insert.csv.zst.aes.key"));
  ASSERT_THAT(books, IsOk());
  EXPECT_FALSE(books->empty());
}

TEST_F(BatchFileVectors, NumbersReachTheEndsOfTheirTypes) {
  const BatchFileParams params;
  const auto rows =
      all_rows({.path = (folder() / "csv/numeric_types.csv").string(), .params = params},
               {{"smallint_col", {TypeKind::Short}},
                {"int_col", {TypeKind::Int}},
                {"bigint_col", {TypeKind::Long}},
                {"float_col", {TypeKind::Float}},
                {"double_col", {TypeKind::Double}},
                {"decimal_5_3_col", decimal_type(5, 3)}});
  ASSERT_THAT(rows, IsOk());
  EXPECT_THAT(rows->back(), ElementsAre("-32768", "-2147483648", "-9223372036854775808",
                                        "-3.4028235e+38", "-1.7976931348623157e+308", "-99.999"));
}

}  // namespace
}  // namespace tendril
