// DuckDB against the contract that all destinations share.
#include "destinations/duckdb/duckdb_fixture_test.h"
#include "testing/destination_contract.h"

namespace tendril {

TENDRIL_DESTINATION_CONTRACT(Duckdb,
                             (DestinationUnderTest{
                                 "duckdb", [] { return std::make_unique<DuckdbFixture>(); }}));

}  // namespace tendril
