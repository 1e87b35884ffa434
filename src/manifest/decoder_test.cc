// Bodies in every form, in one piece and byte by byte.
#include "manifest/decoder.h"

#include <zip.h>
#include <zlib.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "data/json.h"
#include "manifest/component_fixture_test.h"
#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Keeps what a parser hands over, as JSON.
class ElementLog final : public ElementSink {
 public:
  Status json(std::string& text, bool is_page) override {
    elements.push_back((is_page ? "page " : "") + text);
    return {};
  }
  Status row(std::span<const std::string> names, std::span<const Cell> cells) override {
    Map row;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      row.set(i < names.size() ? names[i] : "+", cells[i] ? Value(*cells[i]) : Value());
    }
    elements.push_back(to_json(row));
    return {};
  }
  Status tree(Value element) override {
    elements.push_back(to_json(element));
    return {};
  }

  std::vector<std::string> elements;
};

std::string gzipped(std::string_view text) {
  std::string out(compressBound(text.size()) + 64, '\0');
  z_stream stream{};
  EXPECT_EQ(deflateInit2(&stream, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(text.data()));
  stream.avail_in = static_cast<uInt>(text.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  EXPECT_EQ(deflate(&stream, Z_FINISH), Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

std::string zipped(const std::vector<std::pair<std::string, std::string>>& files) {
  zip_error_t error;
  zip_source_t* target = zip_source_buffer_create(nullptr, 0, 0, &error);
  zip_source_keep(target);
  zip_t* archive = zip_open_from_source(target, ZIP_TRUNCATE, &error);
  for (const auto& [name, text] : files) {
    zip_source_t* source = zip_source_buffer(archive, text.data(), text.size(), 0);
    EXPECT_GE(zip_file_add(archive, name.c_str(), source, 0), 0);
  }
  EXPECT_EQ(zip_close(archive), 0);
  std::string out(1 << 16, '\0');
  EXPECT_EQ(zip_source_open(target), 0);
  const zip_int64_t bytes = zip_source_read(target, out.data(), out.size());
  zip_source_close(target);
  zip_source_free(target);
  out.resize(static_cast<std::size_t>(bytes));
  return out;
}

class Decoding : public ComponentFixture {
 protected:
  static std::vector<std::string> decoded_in_pieces(const Decoder& decoder, std::string_view body,
                                                    std::size_t piece) {
    ElementLog log;
    const auto parser = decoder.open(log);
    Status status;
    for (std::size_t at = 0; at < body.size() && status.ok(); at += piece) {
      status = parser->write(body.substr(at, piece));
    }
    status = status.ok() ? parser->finish() : status;
    if (!status.ok()) {
      log.elements.push_back("! " + status.error().message);
    }
    return log.elements;
  }

  static std::vector<std::string> decoded(const std::string& yaml, std::string_view body,
                                          const DecodeLimits& limits = {}) {
    const Node component = node(yaml);
    const auto decoder = Decoder::compile(&component, limits);
    if (!decoder.ok()) {
      return {"! " + decoder.error().message};
    }
    const auto whole = decoded_in_pieces(*decoder, body, body.size() + 1);
    for (const std::size_t piece : {1, 3}) {
      const auto parts = decoded_in_pieces(*decoder, body, piece);
      if (!whole.empty() && whole.back().starts_with("! ")) {
        EXPECT_THAT(parts.back(), ::testing::StartsWith("! "));
      } else {
        EXPECT_EQ(parts, whole) << "in pieces of " << piece;
      }
    }
    return whole;
  }
};

TEST_F(Decoding, ReadsJsonLines) {
  EXPECT_THAT(decoded("{type: JsonlDecoder}", "{\"a\":1}\r\n\n  \n[2]\nbroken\n3"),
              ElementsAre("{\"a\":1}\r", "[2]", "broken", "3"));
  EXPECT_THAT(decoded("{type: JsonlDecoder}", ""), IsEmpty());
}

TEST_F(Decoding, RefusesEndlessLines) {
  EXPECT_THAT(decoded("{type: JsonlDecoder}", "123456\n", {.element_bytes = 4}),
              ElementsAre(HasSubstr("line is longer than 4 bytes")));
}

TEST_F(Decoding, WrapsLinesOfText) {
  EXPECT_THAT(decoded("{type: IterableDecoder}", "a\r\nb\n\nc\rd"),
              ElementsAre(R"({"record":"a"})", R"({"record":"b"})", R"({"record":""})",
                          R"({"record":"c"})", R"({"record":"d"})"));
}

TEST_F(Decoding, ReadsTables) {
  const std::string csv = "{type: CsvDecoder}";
  EXPECT_THAT(decoded(csv, "id,name\n1,\"a, \"\"b\"\"\"\r\n\r\n2,\"x\r\ny\"\n3\n4,d,e\n"),
              ElementsAre(R"({"id":"1","name":"a, \"b\""})", R"({"id":"2","name":"x\ny"})",
                          R"({"id":"3","name":null})", R"({"id":"4","name":"d","+":"e"})"));
  // As Python's csv module reads what is not quite in the form.
  EXPECT_THAT(decoded(csv, "a,b\nx\"y\",\"p\"q\n,\n\"open,1"),
              ElementsAre(R"({"a":"x\"y\"","b":"pq"})", R"({"a":"","b":""})",
                          R"({"a":"open,1","b":null})"));
  EXPECT_THAT(decoded(csv, "a,b"), IsEmpty());
}

TEST_F(Decoding, ReadsTablesWithOtherDelimitersAndNulls) {
  EXPECT_THAT(
      decoded("{type: CsvDecoder, delimiter: \"\\\\t\", set_values_to_none: [\"\", \"NULL\"]}",
              "a\tb\tc\n\tNULL\tx\n"),
      ElementsAre(R"({"a":null,"b":null,"c":"x"})"));
  EXPECT_THAT(decoded("{type: CsvDecoder, delimiter: \"§\"}", "a§b\n1§\"§\"\n2§Ã\n"),
              ElementsAre(R"({"a":"1","b":"§"})", R"({"a":"2","b":"Ã"})"));
  EXPECT_THAT(decoded("{type: CsvDecoder, delimiter: ab}", ""),
              ElementsAre(HasSubstr("delimiter must be one character")));
}

TEST_F(Decoding, ReadsTextInItsEncoding) {
  EXPECT_THAT(decoded("{type: CsvDecoder, encoding: latin-1}", "a\n\xE9\n"),
              ElementsAre(R"({"a":"é"})"));
  EXPECT_THAT(decoded("{type: CsvDecoder, encoding: utf-8-sig}",
                      "\xEF\xBB\xBF"
                      "a\né\n"),
              ElementsAre(R"({"a":"é"})"));
  EXPECT_THAT(decoded("{type: CsvDecoder, encoding: utf-16-le}", std::string("a\0\n\0b\0", 6)),
              ElementsAre(R"({"a":"b"})"));
  EXPECT_THAT(decoded("{type: CsvDecoder}", "a\n\xE9\n"),
              ::testing::Contains(HasSubstr("text is not UTF-8")));
  EXPECT_THAT(decoded("{type: CsvDecoder, encoding: klingon}", ""),
              ElementsAre(HasSubstr("encoding is unknown: klingon")));
}

TEST_F(Decoding, ReadsTheElementsOfAListInADocument) {
  const std::string items = "{type: JsonItemsDecoder, items_path: data.users}";
  EXPECT_THAT(
      decoded(items,
              R"({"x":[{"users":[9]}],"data":{"y":"]}\"","users":[{"a":[1,{}]}, 2 ,"s",[]]},)"
              R"("users":[8]})"),
      ElementsAre(R"({"a":[1,{}]})", "2", R"("s")", "[]"));
  EXPECT_THAT(decoded(items, R"({"data":{}})"), IsEmpty());
  EXPECT_THAT(decoded(items, R"({"data":{"users":[1)"),
              ::testing::Contains(HasSubstr("it ends too early")));
  EXPECT_THAT(decoded(items, R"({"data":{"users":[1}})"),
              ::testing::Contains(HasSubstr("page is not JSON at byte")));
  EXPECT_THAT(decoded("{type: JsonItemsDecoder, items_path: item.l}", R"([{"l":[1]},{"l":[2]}])"),
              ElementsAre("1", "2"));
}

TEST_F(Decoding, ReadsXmlAsTrees) {
  const auto xml = [](std::string_view text) { return decoded("{type: XmlDecoder}", text); };
  EXPECT_THAT(xml("<a><b>1</b><b/><c x=\"1\"> t </c><d>  </d></a>"),
              ElementsAre(R"({"a":{"b":["1",null],"c":{"@x":"1","#text":"t"},"d":null}})"));
  EXPECT_THAT(xml("<a>t<b>1</b>u</a>"), ElementsAre(R"({"a":{"b":"1","#text":"tu"}})"));
  EXPECT_THAT(xml("<s:E xmlns:s=\"u\"><s:b s:c=\"1\">x</s:b></s:E>"),
              ElementsAre(R"({"s:E":{"@xmlns:s":"u","s:b":{"@s:c":"1","#text":"x"}}})"));
  EXPECT_THAT(xml("<a><![CDATA[ <x> ]]></a>"), ElementsAre(R"({"a":"<x>"})"));
  EXPECT_THAT(xml("<?xml version=\"1.0\" encoding=\"iso-8859-1\"?><a>\xE9</a>"),
              ElementsAre(R"({"a":"é"})"));
  EXPECT_THAT(xml(" \n"), IsEmpty());
}

TEST_F(Decoding, RefusesXmlThatIsBrokenOrDeclaresEntities) {
  const auto xml = [](std::string_view text) { return decoded("{type: XmlDecoder}", text); };
  EXPECT_THAT(xml("<a><b></a>"), ElementsAre(HasSubstr("page is not XML at line 1, column")));
  EXPECT_THAT(xml("<!DOCTYPE a [<!ENTITY e \"x\">]><a>&e;</a>"),
              ElementsAre(HasSubstr("entities are not allowed")));
  EXPECT_THAT(xml("<!DOCTYPE a [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><a>&e;</a>"),
              ElementsAre(HasSubstr("entities are not allowed")));
}

TEST_F(Decoding, UnpacksGzip) {
  const std::string lines = "{type: GzipDecoder, decoder: {type: JsonlDecoder}}";
  EXPECT_THAT(decoded(lines, gzipped("1\n2\n")), ElementsAre("1", "2"));
  EXPECT_THAT(decoded(lines, gzipped("1\n") + gzipped("2\n") + std::string(3, '\0')),
              ElementsAre("1", "2"));
  EXPECT_THAT(decoded(lines, "1\n2"), ElementsAre("1", "2"))
      << "what is not packed is read as it is";
  EXPECT_THAT(
      decoded("{type: GzipDecoder, decoder: {type: GzipDecoder, decoder: {type: JsonDecoder}}}",
              gzipped(gzipped("[1]"))),
      ElementsAre("page [1]"));
}

TEST_F(Decoding, RefusesGzipThatIsBrokenOrABomb) {
  const std::string lines = "{type: GzipDecoder, decoder: {type: JsonlDecoder}}";
  const std::string packed = gzipped("1\n2\n");
  EXPECT_THAT(decoded(lines, packed.substr(0, packed.size() - 3)),
              ::testing::Contains(HasSubstr("gzip data ends too early")));
  EXPECT_THAT(decoded(lines, packed.substr(0, 10) + "\x07\x07"),
              ::testing::Contains(HasSubstr("gzip data is broken")));
  EXPECT_THAT(decoded(lines, gzipped(std::string(1 << 20, '\n')), {.inflated_bytes = 1000}),
              ElementsAre(HasSubstr("gzip data unpacks to more than 1000 bytes")));
}

TEST_F(Decoding, UnpacksZip) {
  const std::string csv = "{type: ZipfileDecoder, decoder: {type: CsvDecoder}}";
  EXPECT_THAT(decoded(csv, zipped({{"a.csv", "id\n1\n"}, {"b.csv", "id\n2\n"}})),
              ElementsAre(R"({"id":"1"})", R"({"id":"2"})"));
  EXPECT_THAT(decoded(csv, "no archive"), ElementsAre(HasSubstr("zip archive can not be read")));
  EXPECT_THAT(
      decoded(csv, zipped({{"a.csv", "id\n" + std::string(5000, '1')}}), {.inflated_bytes = 1000}),
      ElementsAre(HasSubstr("zip archive unpacks to more than 1000 bytes")));
}

TEST_F(Decoding, ReadsTablesAsDataFramesDo) {
  const auto frame = [](std::string_view body, bool keep_na) {
    return decoded_in_pieces(Decoder::data_frame(keep_na), body, 4);
  };
  EXPECT_THAT(frame("a,,a\nNA,x,\n", false),
              ElementsAre(R"({"a":null,"Unnamed: 1":"x","a.1":null})"));
  EXPECT_THAT(frame("a,b\nNA,\n", true), ElementsAre(R"({"a":"NA","b":null})"));
  EXPECT_THAT(frame(gzipped("a\n1\n"), false), ElementsAre(R"({"a":"1"})"));
  EXPECT_THAT(frame("a\n1,2\n", false), ElementsAre(HasSubstr("row 1 has 2 cells for 1 columns")));
}

TEST_F(Decoding, RefusesWhatCanNotStandInside) {
  EXPECT_THAT(decoded("{type: Mystery}", ""), ElementsAre(HasSubstr("decoder is not supported")));
}

}  // namespace
}  // namespace tendril
