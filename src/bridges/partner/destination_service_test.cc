#include "bridges/partner/destination_service.h"

#include <fstream>
#include <thread>
#include <vector>

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <gmock/gmock.h>

#include "bridges/partner/partner_channel.h"
#include "bridges/partner/partner_server.h"
#include "destination_sdk.grpc.pb.h"
#include "destinations/duckdb/duckdb_warehouse.h"
#include "destinations/postgres/postgres_warehouse.h"
#include "testing/matchers.h"
#include "testing/temporary_folder.h"

namespace tendril {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
namespace wire = fivetran_sdk::v2;

class DestinationServing : public testing::Test {
 protected:
  void serve(std::unique_ptr<SqlWarehouse> warehouse) {
    warehouse_ = std::move(warehouse);
    calls_ = std::make_unique<WarehouseCalls>(*warehouse_, *clock_);
    server_ = serve_destination({.calls = *calls_, .log = log_, .redactor = redactor_}, {}).value();
    channel_ = connect_partner("127.0.0.1:" + std::to_string(server_->port()), {}).value();
    stub_ = wire::DestinationConnector::NewStub(channel_);
  }

  void serve_file() { serve(duckdb_warehouse((folder_ / "w.duckdb").string()).value()); }

  static wire::Table table(const std::string& name) {
    wire::Table table;
    table.set_name(name);
    wire::Column& id = *table.add_columns();
    id.set_name("id");
    id.set_type(wire::INT);
    id.set_primary_key(true);
    wire::Column& sum = *table.add_columns();
    sum.set_name("sum");
    sum.set_type(wire::DECIMAL);
    sum.mutable_params()->mutable_decimal()->set_precision(10);
    sum.mutable_params()->mutable_decimal()->set_scale(2);
    return table;
  }

  wire::CreateTableResponse create(const std::string& name) {
    wire::CreateTableRequest request;
    request.set_schema_name("s");
    *request.mutable_table() = table(name);
    wire::CreateTableResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(stub_->CreateTable(&context, request, &response).ok());
    return response;
  }

  wire::DescribeTableResponse describe(const std::string& name) {
    wire::DescribeTableRequest request;
    request.set_schema_name("s");
    request.set_table_name(name);
    wire::DescribeTableResponse response;
    grpc::ClientContext context;
    EXPECT_TRUE(stub_->DescribeTable(&context, request, &response).ok());
    return response;
  }

  grpc::Status write(const std::string& name, const std::string& path,
                     wire::WriteBatchResponse& response) {
    wire::WriteBatchRequest request;
    request.set_schema_name("s");
    *request.mutable_table() = table(name);
    request.add_replace_files(path);
    grpc::ClientContext context;
    return stub_->WriteBatch(&context, request, &response);
  }

  std::string file(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    return (folder_ / name).string();
  }

  TemporaryFolder folder_;
  const std::unique_ptr<Clock> clock_ = system_clock();
  Redactor redactor_;
  const PartnerLog log_{PartnerRole::Destination, redactor_};
  std::unique_ptr<SqlWarehouse> warehouse_;
  std::unique_ptr<WarehouseCalls> calls_;
  std::unique_ptr<PartnerServer> server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<wire::DestinationConnector::Stub> stub_;
};

TEST_F(DestinationServing, TablesAreDescribedAsTheyWereMade) {
  serve_file();
  EXPECT_TRUE(describe("t").not_found());
  EXPECT_TRUE(create("t").success());
  const wire::DescribeTableResponse found = describe("t");
  EXPECT_EQ(found.table().SerializeAsString(), table("t").SerializeAsString());
  EXPECT_THAT(create("t").task().message(), HasSubstr("exists already: s.t"));
}

TEST_F(DestinationServing, CallsForManyTablesMayComeAtOnce) {
  serve_file();
  std::vector<std::thread> clients;
  for (int client = 0; client < 4; ++client) {
    clients.emplace_back([this, client] {
      const std::string name = "t" + std::to_string(client);
      EXPECT_TRUE(create(name).success());
      for (int time = 0; time < 3; ++time) {
        wire::WriteBatchResponse response;
        EXPECT_TRUE(write(name, file(name, "sum,id\n1.5,1\n2.5,2\n"), response).ok());
        EXPECT_TRUE(response.success()) << response.ShortDebugString();
      }
    });
  }
  for (std::thread& client : clients) {
    client.join();
  }
  EXPECT_TRUE(describe("t3").has_table());
}

TEST_F(DestinationServing, WhatTheClientSentWrongIsAnErrorOfTheCall) {
  serve_file();
  EXPECT_TRUE(create("t").success());
  wire::WriteBatchResponse response;
  const grpc::Status bad = write("t", file("bad", "id,sum\nx,1\n"), response);
  EXPECT_EQ(bad.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(bad.error_message(), HasSubstr("bad, row 1, column id"));

  wire::CreateTableRequest request;
  request.mutable_table()->set_name("empty");
  wire::CreateTableResponse created;
  grpc::ClientContext context;
  EXPECT_EQ(stub_->CreateTable(&context, request, &created).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(DestinationServing, TheConnectionIsTestedWithoutATrace) {
  serve_file();
  wire::ConfigurationFormResponse form;
  grpc::ClientContext form_context;
  ASSERT_TRUE(stub_->ConfigurationForm(&form_context, {}, &form).ok());
  ASSERT_EQ(form.tests_size(), 1);
  wire::TestRequest request;
  request.set_name(form.tests(0).name());
  wire::TestResponse response;
  grpc::ClientContext context;
  ASSERT_TRUE(stub_->Test(&context, request, &response).ok());
  EXPECT_TRUE(response.success());

  request.set_name("other");
  grpc::ClientContext other;
  EXPECT_EQ(stub_->Test(&other, request, &response).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(DestinationServing, WhatAPersonHasToDoIsATask) {
  serve(duckdb_warehouse((folder_ / "none/w.duckdb").string()).value());
  EXPECT_THAT(create("t").task().message(), HasSubstr("folder of the database file"));
  EXPECT_THAT(describe("t").task().message(), HasSubstr("folder of the database file"));
}

TEST_F(DestinationServing, NobodyAnsweringIsNoTaskAndTellsNoPassword) {
  serve(postgres_warehouse("//u@127.0.0.1:1/d").value());
  wire::TestRequest request;
  request.set_name("connection");
  (*request.mutable_configuration())["password"] = "hunter2hunter2";
  wire::TestResponse response;
  grpc::ClientContext context;
  ASSERT_TRUE(stub_->Test(&context, request, &response).ok());
  EXPECT_THAT(response.failure(), HasSubstr("127.0.0.1:1"));
  EXPECT_THAT(response.failure(), testing::Not(HasSubstr("hunter2")));
}

}  // namespace
}  // namespace tendril
