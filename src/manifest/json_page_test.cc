#include "manifest/json_page.h"

#include <string>
#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>

#include <gtest/gtest.h>

#include "data/json.h"

namespace tendril {
namespace {

struct Rejected {
  std::int64_t index = 0;
  std::string json;
};

struct Read {
  Result<PageSummary> summary;
  std::string columns;  // The batch as a JSON list of objects, nulls included.
  std::vector<Rejected> rejected;
};

std::string columns_json(const Batch& batch) {
  List rows;
  for (std::int64_t row = 0; row < batch.row_count(); ++row) {
    Map record;
    for (int i = 0; i < batch.rows->num_columns(); ++i) {
      const auto& array = batch.rows->column(i);
      record.set(batch.schema->columns[static_cast<std::size_t>(i)].name,
                 array->IsNull(row) ? Value() : Value((*array->GetScalar(row))->ToString()));
    }
    rows.push_back(std::move(record));
  }
  return to_json(rows);
}

Read read_columns(std::vector<std::string> path, std::string body, const FieldTap* tap = nullptr) {
  JsonPageReader reader(std::move(path));
  BatchBuilder rows({"t", {}});
  Read read{.summary = PageSummary{}, .columns = {}, .rejected = {}};
  const RecordRejector reject = [&](std::int64_t index, std::string_view json,
                                    std::string_view) -> Status {
    read.rejected.push_back({index, std::string(json)});
    return {};
  };
  read.summary = reader.read_columns(body, rows, tap, reject);
  if (read.summary.ok() && !read.summary->last_record.empty()) {
    EXPECT_TRUE(parse_json(read.summary->last_record).ok()) << read.summary->last_record;
  }
  const Result<Batch> batch = rows.take();
  EXPECT_TRUE(batch->rows->ValidateFull().ok());
  read.columns = columns_json(*batch);
  return read;
}

TEST(JsonPage, ReadsEveryKindOfValueIntoColumns) {
  const Read read = read_columns(
      {}, R"([{"id":1,"name":"a\"b","ok":true,"score":1.5,"tags":["x", {"y": null}],"none":null},
             {"id":2,"name":"plain","ok":false,"score":2,"extra":"e\u00e9"}])");

  ASSERT_TRUE(read.summary.ok()) << read.summary.error().message;
  EXPECT_EQ(read.summary->records, 2);
  EXPECT_EQ(
      read.columns,
      R"([{"id":"1","name":"a\"b","ok":"true","score":"1.5","tags":"[\"x\", {\"y\": null}]","none":null,"extra":null},)"
      R"({"id":"2","name":"plain","ok":"false","score":"2","tags":null,"none":null,"extra":"eé"}])");
}

struct PathCase {
  std::vector<std::string> path;
  std::string body;
  std::int64_t records;
};

TEST(JsonPage, FindsTheRecordsWhereThePathLeads) {
  const std::vector<PathCase> cases = {
      {{"data"}, R"({"meta":{"data":[1]},"data":[{"a":1},{"a":2}],"next":null})", 2},
      {{"data", "items"}, R"({"data":{"items":[{"a":1}]}})", 1},
      {{"data"}, R"({"data":{"a":1}})", 1},
      {{"data"}, R"({"data":null})", 0},
      {{"data"}, R"({"other":[{"a":1}]})", 0},
      {{"data", "items"}, R"({"data":7})", 0},
      {{"*", "rows"}, R"({"x":{"rows":[{"a":1}]},"y":{"rows":[{"a":2},{"a":3}]},"z":{}})", 3},
      {{"*"}, R"([{"x":{"a":1}},{"x":{"a":2}}])", 2},
      {{"lists", "1"}, R"({"lists":[[{"a":1}],[{"a":2},{"a":3}]]})", 2},
      {{"a\"b"}, R"({"a\"b":[{"a":1}]})", 1},
      {{}, R"({"a":1})", 1},
      {{}, "[]", 0},
      {{}, "", 0},
      {{}, " \n", 0},
      {{}, "null", 0},
  };
  for (const PathCase& test : cases) {
    const Read read = read_columns(test.path, test.body);
    ASSERT_TRUE(read.summary.ok()) << test.body << ": " << read.summary.error().message;
    EXPECT_EQ(read.summary->records, test.records) << test.body;
    EXPECT_TRUE(read.rejected.empty());
  }
}

TEST(JsonPage, RecordsThatAreNoObjectsAreRejected) {
  const Read read = read_columns({}, R"([{"a":1}, 7, "x", [1], null, {"a":2}])");

  ASSERT_TRUE(read.summary.ok());
  EXPECT_EQ(read.summary->records, 5) << "null is none, and [1] leads to 1";
  EXPECT_EQ(read.columns, R"([{"a":"1"},{"a":"2"}])");
  ASSERT_EQ(read.rejected.size(), 3U);
  EXPECT_EQ(read.rejected[1].index, 2);
  EXPECT_EQ(read.rejected[1].json, R"("x")");
  EXPECT_EQ(read_columns({}, "17").rejected.size(), 1U);
}

TEST(JsonPage, BrokenPagesLeaveOnlyWholeRecords) {
  for (const std::string body :
       {R"([{"a":1},{"a":2)", R"([{"a":1},{"a":tru}])", R"([{"a":1},{"a" 2}])",
        R"([{"a":1},{"a":"x])", R"([{"a":1},{"a":{"b":[1 2]}}])", R"([{"a":1},{"a":{"b":nul}}])",
        R"([{"a":1}] trailing)", R"([{"a":1},{"a":"\ud800\u"}])", R"([{"a":1},{"a":01x}])",
        "<html>", R"([{"a":1},)"}) {
    const Read read = read_columns({}, body);
    ASSERT_FALSE(read.summary.ok()) << body;
    EXPECT_EQ(read.summary.error().code, ErrorCode::BadData);
    EXPECT_EQ(read.summary.error().message.find("page is not JSON"), 0U)
        << read.summary.error().message;
    EXPECT_TRUE(read.columns == R"([{"a":"1"}])" || read.columns == "[]") << body << read.columns;
  }
}

TEST(JsonPage, ATapSeesItsFieldInEveryRecord) {
  std::vector<std::string> seen;
  const FieldTap tap{"at", [&](std::optional<std::string_view> text) {
                       seen.push_back(text ? std::string(*text) : "null");
                     }};
  const Read read =
      read_columns({}, R"([{"at":"x"},{"b":1},{"at":12.50},{"at":null},{"at":"\u0041"}])", &tap);

  ASSERT_TRUE(read.summary.ok());
  EXPECT_EQ(seen, (std::vector<std::string>{"x", "12.50", "null", "A"}));
}

TEST(JsonPage, TheLastRecordIsGivenAsText) {
  EXPECT_EQ(
      read_columns({"d"}, R"({"d":[{"a":1},{"a":"}\"]"} ],"n":{"a":9}})").summary->last_record,
      R"({"a":"}\"]"})");
  EXPECT_EQ(read_columns({"d"}, R"({"d":[]})").summary->last_record, "");
}

TEST(JsonPage, IntegersBeyond64BitsBecomeText) {
  const Read read = read_columns(
      {},
      R"([{"id":9223372036854775807},{"id":18446744073709551615},{"id":123456789012345678901234567890}])");

  ASSERT_TRUE(read.summary.ok()) << read.summary.error().message;
  EXPECT_EQ(
      read.columns,
      R"([{"id":"9223372036854775807"},{"id":"18446744073709551615"},{"id":"123456789012345678901234567890"}])");
}

TEST(JsonPage, TreesAndColumnsAgree) {
  const std::string body =
      R"({"d":[{"id":1,"t":"a\nb","n":{"x":[1,2.5]}},{"id":2,"f":false,"t":null}]})";
  JsonPageReader reader({"d"});
  BatchBuilder from_trees({"t", {}});
  std::string copy = body;
  const auto summary = reader.read_trees(
      copy,
      [&](Value record, std::int64_t) -> Status {
        from_trees.add_row(*record.as_map());
        return {};
      },
      [](std::int64_t, std::string_view, std::string_view) -> Status { return {}; });

  ASSERT_TRUE(summary.ok());
  EXPECT_EQ(columns_json(*from_trees.take()), read_columns({"d"}, body).columns);
}

TEST(JsonPage, ACallbackEndsTheWalk) {
  JsonPageReader reader({});
  std::string body = R"([{"a":1},{"a":2}])";
  int calls = 0;
  const auto summary = reader.read_trees(
      body,
      [&](Value, std::int64_t) -> Status {
        ++calls;
        return Error{ErrorCode::Cancelled, "enough"};
      },
      [](std::int64_t, std::string_view, std::string_view) -> Status { return {}; });

  ASSERT_FALSE(summary.ok());
  EXPECT_EQ(summary.error().code, ErrorCode::Cancelled);
  EXPECT_EQ(calls, 1);
}

TEST(JsonPage, TheFrameCanLeaveTheRecordsOut) {
  JsonPageReader reader({"data", "items"});
  std::string body = R"({"data":{"items":[{"a":1}],"more":true},"next":"abc"})";

  EXPECT_EQ(to_json(*reader.read_frame(body, true)),
            R"({"data":{"items":[],"more":true},"next":"abc"})");
  EXPECT_EQ(to_json(*reader.read_frame(body, false)), body);
}

}  // namespace
}  // namespace tendril
