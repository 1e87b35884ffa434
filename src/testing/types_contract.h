// Part of the destination contract: what becomes of the values of all types, held against
// tests/types.json, which docs/reference/types.md is made from.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/encoding.h"
#include "data/json.h"
#include "testing/destination_fixture.h"

namespace tendril {

class TypesDestination : public KeepingDestination {
 protected:
  // One value of tests/types.json.
  struct TypedValue {
    std::string name;
    std::string text;
  };

  static std::string text_of(const Value& value) {
    if (const std::string* text = value.as_string(); text != nullptr) {
      return *text;
    }
    std::string repeated;
    for (std::int64_t times = *value.find("times")->as_int(); times > 0; --times) {
      repeated += *value.find("text")->as_string();
    }
    return repeated;
  }

  static std::vector<TypedValue> values_of(const Value& list) {
    std::vector<TypedValue> values;
    for (const Value& each : *list.as_list()) {
      values.push_back({*each.find("name")->as_string(), text_of(*each.find("value"))});
    }
    return values;
  }

  static void append(ColumnBuilder& cell, TypeKind kind, const std::string& text) {
    switch (kind) {
      case TypeKind::Boolean: cell.append_bool(text == "true"); break;
      case TypeKind::Short:
      case TypeKind::Int:
      case TypeKind::Long: cell.append_int(std::stoll(text)); break;
      case TypeKind::Float: cell.append_double(std::strtof(text.c_str(), nullptr)); break;
      case TypeKind::Double: cell.append_double(std::strtod(text.c_str(), nullptr)); break;
      case TypeKind::Decimal: cell.append_big_number(text); break;
      case TypeKind::Binary: cell.append_bytes(base64_decode(text).value()); break;
      case TypeKind::Json: cell.append_json(text); break;
      default: cell.append_string(text); break;
    }
  }

  // A row for each value, numbered, and one for null. The table has the type's name.
  static Batch batch_of_type(const std::string& type, const std::vector<TypedValue>& values) {
    const Type parsed = parse_type(type).value();
    BatchBuilder builder({type, {{"number", {TypeKind::Long}}, {"v", parsed}}});
    std::int64_t number = 0;
    for (const TypedValue& value : values) {
      builder.cell("number").append_int(number++);
      append(builder.cell("v"), parsed.kind, value.text);
      builder.end_row();
    }
    builder.cell("number").append_int(number);
    builder.cell("v").append_null();
    builder.end_row();
    Batch batch = builder.take().value();
    CHECK(batch.schema->find("v")->type == parsed);
    return batch;
  }

  // What is read back that is not what was written, as tests/types.json has it.
  void find_differences(const std::string& type, const std::vector<TypedValue>& values,
                        List& differences) {
    std::map<std::string, std::optional<std::string>> stored;
    for (const StoredRow& row : rows(type)) {
      stored[row.at("number").value_or("NULL")] = row.at("v");
    }
    EXPECT_EQ(stored.size(), values.size() + 1) << type;
    for (std::size_t index = 0; index < values.size(); ++index) {
      const auto found = stored[std::to_string(index)];
      if (found != values[index].text) {
        differences.push_back(Map{{"type", type},
                                  {"value", values[index].name},
                                  {"stored", found ? Value(*found) : Value()}});
      }
    }
    EXPECT_EQ(stored[std::to_string(values.size())], std::nullopt) << type << " null";
  }

  // The entry of tests/types.json without what only people read.
  static Value comparable(const Value& entry) {
    List differences;
    for (const Value& each : *entry.find("differences")->as_list()) {
      Map difference = *each.as_map();
      difference.erase("why");
      differences.emplace_back(std::move(difference));
    }
    return Map{{"types", *entry.find("types")}, {"differences", std::move(differences)}};
  }
};

GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(TypesDestination);

TEST_P(TypesDestination, KeepsTheValuesOfAllTypesAsIsDocumented) {
  const auto file = read_json_file(TENDRIL_SOURCE_DIR "/tests/types.json");
  ASSERT_THAT(file, IsOk());
  const Map& types = *file->find("types")->as_map();
  Destination& destination = open();
  for (const auto& [type, list] : types.members()) {
    const Batch batch = batch_of_type(type, values_of(list));
    ASSERT_THAT(destination.prepare({*batch.schema}), IsOk()) << type;
    ASSERT_THAT(destination.write(batch), IsOk()) << type;
  }
  ASSERT_THAT(destination.commit({}), IsOk());
  crash();

  Map stored_types;
  List differences;
  for (const auto& [type, list] : types.members()) {
    stored_types.append(type, fixture_->stored_type(type, "v"));
    find_differences(type, values_of(list), differences);
  }
  const Value found =
      Map{{"types", std::move(stored_types)}, {"differences", std::move(differences)}};
  const Value* const documented = file->find("destinations")->find(GetParam().name);
  EXPECT_TRUE(documented != nullptr && comparable(*documented) == found)
      << "tests/types.json should have, with a reason (why) for each difference:\n\""
      << GetParam().name << "\": " << to_pretty_json(found);
}

}  // namespace tendril
