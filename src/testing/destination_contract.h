// The contract suite that every destination must pass. A destination's test includes this header
// once and instantiates the suites:
//
//   TENDRIL_DESTINATION_CONTRACT(Duckdb, (DestinationUnderTest{"duckdb", make_fixture}));
#pragma once

#include "testing/commit_contract.h"
#include "testing/destination_fixture.h"
#include "testing/history_contract.h"
#include "testing/look_contract.h"
#include "testing/merge_contract.h"
#include "testing/schema_contract.h"
#include "testing/types_contract.h"

#define TENDRIL_DESTINATION_CONTRACT(prefix, under_test)                               \
  INSTANTIATE_TEST_SUITE_P(prefix, DestinationContract, ::testing::Values under_test); \
  INSTANTIATE_TEST_SUITE_P(prefix, KeepingDestination, ::testing::Values under_test);  \
  INSTANTIATE_TEST_SUITE_P(prefix, LookedAtDestination, ::testing::Values under_test); \
  INSTANTIATE_TEST_SUITE_P(prefix, MergingDestination, ::testing::Values under_test);  \
  INSTANTIATE_TEST_SUITE_P(prefix, HistoryDestination, ::testing::Values under_test);  \
  INSTANTIATE_TEST_SUITE_P(prefix, TypesDestination, ::testing::Values under_test);    \
  INSTANTIATE_TEST_SUITE_P(prefix, GrowingDestination, ::testing::Values under_test)
