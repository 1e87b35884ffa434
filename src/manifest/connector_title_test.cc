#include "manifest/connector_title.h"

#include <gtest/gtest.h>

namespace tendril {
namespace {

std::string title_of(std::string title, std::string_view name = "toy") {
  ManifestDocument document;
  document.title = std::move(title);
  return connector_title(document, name);
}

TEST(ConnectorTitle, IsTheTitleOfTheSpec) {
  EXPECT_EQ(title_of("Toy Box"), "Toy Box");
  EXPECT_EQ(title_of("Special Spectacles"), "Special Spectacles");
}

TEST(ConnectorTitle, DoesNotSayThatItIsASpec) {
  EXPECT_EQ(title_of("Toy Box Spec"), "Toy Box");
  EXPECT_EQ(title_of("Toy Box Source Spec"), "Toy Box");
}

TEST(ConnectorTitle, IsTheNameSpeltOutWhereTheSpecHasNone) {
  EXPECT_EQ(title_of("", "time-off"), "Time Off");
  EXPECT_EQ(title_of("Spec", "s3-files"), "S3 Files");
}

}  // namespace
}  // namespace tendril
