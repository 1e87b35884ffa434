#include "destinations/lake/lake_names.h"

#include <gmock/gmock.h>

#include "testing/matchers.h"

namespace tendril {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(LakeNames, AFolderIsOnePartOfAPathAndNoPattern) {
  EXPECT_EQ(folder_name("items"), "items");
  EXPECT_EQ(folder_name("a/b"), "a%2Fb");
  EXPECT_EQ(folder_name(".."), "%2E.");
  EXPECT_EQ(folder_name(".hidden"), "%2Ehidden");
  EXPECT_EQ(folder_name(""), "%");
  EXPECT_EQ(folder_name("a=b*[c]?"), "a%3Db%2A%5Bc%5D%3F");
  EXPECT_LE(folder_name(std::string(1'000, 'x')).size(), 255U);
  EXPECT_NE(folder_name(std::string(1'000, 'x')), folder_name(std::string(999, 'x')));
}

TEST(LakeNames, TellsColumnsApartThatReadersTakeForOne) {
  const Type type{TypeKind::Long};
  const std::vector<Column> columns{{"Id", type}, {"id", type}, {"ID", type}, {"id__2", type}};

  EXPECT_THAT(lake_column_names(columns, {}),
              IsOkAndHolds(ElementsAre("Id", "id__2", "ID__3", "id__2__2")));
  EXPECT_THAT(lake_column_names({{"id", type}, {"", type}}, {{"Id", type}}),
              IsOkAndHolds(ElementsAre("id__2", "_")));
  EXPECT_THAT(lake_column_names({{"id", type}, {"Id", type}}, {{"Id", type}, {"id__2", type}}),
              IsOkAndHolds(ElementsAre("id__2", "Id")));
}

TEST(LakeNames, KeepsItsOwnNames) {
  EXPECT_THAT(lake_column_names({{"_Tendril_synced", {TypeKind::Long}}}, {}),
              IsError(ErrorCode::InvalidConfig, HasSubstr("reserved")));
  EXPECT_THAT(lake_column_names({{"file_row_number", {TypeKind::Long}}}, {}),
              IsOkAndHolds(ElementsAre("file_row_number__2")));
}

}  // namespace
}  // namespace tendril
