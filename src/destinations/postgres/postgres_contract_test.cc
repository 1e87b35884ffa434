// PostgreSQL against the contract that all destinations share.
#include "destinations/postgres/postgres_fixture_test.h"
#include "testing/destination_contract.h"

namespace tendril {

TENDRIL_DESTINATION_CONTRACT(Postgres, (DestinationUnderTest{"postgres", PostgresFixture::make,
                                                             kNoPostgres}));

}  // namespace tendril
