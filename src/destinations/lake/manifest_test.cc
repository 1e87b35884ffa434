#include "destinations/lake/manifest.h"

#include <gmock/gmock.h>

#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

LakeFile file(const std::string& path, std::int64_t rows, LakeLayout layout) {
  return {.path = path,
          .rows = rows,
          .bytes = rows * 10,
          .crc32 = "0a1b2c3d",
          .columns = std::make_shared<const LakeLayout>(std::move(layout))};
}

LakeLayout layout(Type type) { return {.columns = {{"id", type}, {"ü\"\n", {TypeKind::Json}}}}; }

LakeTable table(std::vector<LakeFile> files) {
  return {.name = "a/b",
          .folder = "a%2Fb",
          .rows = FileSet{.layout = layout(decimal_type(10, 2)), .files = std::move(files)}};
}

std::vector<std::string> paths(const FileSet& set) {
  std::vector<std::string> found;
  for (const LakeFile& each : set.files) {
    found.push_back(each.path);
  }
  return found;
}

// Applies a manifest to a copy of the state, as readers do.
LakeState applied(const std::string& text, LakeState state) {
  EXPECT_THAT(apply_manifest(text, state), IsOk());
  return state;
}

TEST(Manifest, TellsWhatChangedInATable) {
  const LakeFile old_file = file("a%2Fb/1.parquet", 1, layout({TypeKind::Long}));
  const LakeFile kept = file("a%2Fb/2.parquet", 2, layout({TypeKind::Long}));
  LakeState before;
  before.tables["a/b"] = table({old_file, kept});
  const LakeFile added = file("a%2Fb/3.parquet", 3, layout(decimal_type(10, 2)));
  const Manifest manifest{.number = 2, .epoch = 7, .writer = "w", .tables = {table({kept, added})}};

  const std::string text = manifest_text(manifest, before);
  const LakeState after = applied(text, before);

  EXPECT_THAT(text, ::testing::Not(HasSubstr("2.parquet")));
  EXPECT_EQ(after.number, 2);
  EXPECT_EQ(after.epoch, 7);
  EXPECT_EQ(after.writer, "w");
  const FileSet& rows = *after.tables.at("a/b").rows;
  EXPECT_THAT(paths(rows), ElementsAre("a%2Fb/2.parquet", "a%2Fb/3.parquet"));
  EXPECT_EQ(rows.layout, layout(decimal_type(10, 2)));
  EXPECT_EQ(*rows.files.back().columns, layout(decimal_type(10, 2)));
  EXPECT_EQ(*rows.files.front().columns, layout({TypeKind::Long}));
  EXPECT_EQ(rows.files.back().bytes, 30);
  EXPECT_EQ(rows.files.back().crc32, "0a1b2c3d");
}

TEST(Manifest, TurnsALoadIntoTheRowsOfATable) {
  LakeState before;
  LakeTable loading = table({file("a%2Fb/1.parquet", 1, layout({TypeKind::Long}))});
  loading.load = FileSet{.layout = layout({TypeKind::Long}),
                         .files = {file("a%2Fb/2.parquet", 2, layout({TypeKind::Long}))}};
  LakeState with_load =
      applied(manifest_text({.number = 1, .tables = {loading}}, before), LakeState());
  ASSERT_TRUE(with_load.tables.at("a/b").load.has_value());
  EXPECT_THAT(paths(*with_load.tables.at("a/b").rows), ElementsAre("a%2Fb/1.parquet"));

  LakeTable complete = with_load.tables.at("a/b");
  complete.rows = std::exchange(complete.load, std::nullopt);
  const LakeState after =
      applied(manifest_text({.number = 2, .tables = {complete}}, with_load), with_load);

  EXPECT_FALSE(after.tables.at("a/b").load.has_value());
  EXPECT_THAT(paths(*after.tables.at("a/b").rows), ElementsAre("a%2Fb/2.parquet"));
}

TEST(Manifest, OfASnapshotNeedsNothingBefore) {
  LakeState state;
  state.tables["a/b"] = table({file("a%2Fb/1.parquet", 1, layout({TypeKind::Long}))});
  state.entries[{"s", "x"}] = "{\"n\":1}";
  LakeState other;
  other.tables["gone"] = table({});
  other.entries[{"gone", ""}] = "1";

  const std::string text = snapshot_text({.number = 9, .epoch = 3, .follows = "w"}, state);
  const LakeState read = applied(text, other);

  EXPECT_THAT(is_snapshot(text), IsOkAndHolds(true));
  EXPECT_THAT(followed_writer(text), IsOkAndHolds("w"));
  EXPECT_EQ(read.tables.size(), 1U);
  EXPECT_THAT(paths(*read.tables.at("a/b").rows), ElementsAre("a%2Fb/1.parquet"));
  EXPECT_EQ(read.entries, state.entries);
}

TEST(Manifest, ErasesStateBeforeItSetsIt) {
  LakeState before;
  before.entries = {{{"s", ""}, "1"}, {{"t", ""}, "2"}};
  const Manifest manifest{
      .number = 1, .checkpoint = {.erased = {{"s", ""}, {"t", ""}}, .entries = {{"s", "", "3"}}}};

  const LakeState after = applied(manifest_text(manifest, before), before);

  EXPECT_EQ(after.entries, (decltype(after.entries){{{"s", ""}, "3"}}));
}

TEST(Manifest, SaysWhatIsWrongWithAText) {
  LakeState state;
  EXPECT_THAT(apply_manifest("{", state), IsError(ErrorCode::BadData, HasSubstr("damaged")));
  EXPECT_THAT(apply_manifest("{}", state), IsError(ErrorCode::BadData, HasSubstr("version")));
  EXPECT_THAT(apply_manifest(R"({"version":2})", state),
              IsError(ErrorCode::Unsupported, HasSubstr("later version")));
  EXPECT_THAT(apply_manifest(R"({"version":1})", state),
              IsError(ErrorCode::BadData, HasSubstr("snapshot")));
}

}  // namespace
}  // namespace tendril
