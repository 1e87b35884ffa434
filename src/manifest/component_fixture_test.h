// ComponentFixture: what a component needs to be compiled by itself. For tests of the components
// that read answers.
#pragma once

#include <string>

#include <gtest/gtest.h>

#include "core/log.h"
#include "core/secret.h"
#include "data/json.h"
#include "http/transport.h"
#include "manifest/client_pool.h"
#include "manifest/environment.h"
#include "manifest/node.h"
#include "manifest/parameters.h"
#include "testing/fake_clock.h"

namespace tendril {

class ComponentFixture : public ::testing::Test {
 protected:
  class SilentSink final : public LogSink {
   public:
    void line(LogLevel, std::string_view) override {}
  };
  class DeafTransport final : public Transport {
   public:
    Result<Response> send(const Request&, std::stop_token) override {
      return Error{ErrorCode::Internal, "no request is expected"};
    }
    Result<Response> stream(const Request&, const BodySink&, std::stop_token) override {
      return Error{ErrorCode::Internal, "no request is expected"};
    }
  };

  static Node node(const std::string& yaml) { return parse_yaml(yaml, "test.yaml").value(); }
  static Value json(std::string_view text) { return parse_json(text).value(); }

  Value config_ = Map{{"suffix", "_x"}, {"field", "data"}};
  FakeClock clock_;
  Redactor redactor_;
  SilentSink sink_;
  Log log_{LogLevel::Off, LogFormat::Text, clock_, redactor_, sink_};
  DeafTransport transport_;
  ConfigSaver save_;
  ClientPool pool_{{config_, transport_, clock_, redactor_, save_}, log_, clock_};
  Environment environment_{config_, clock_, log_, pool_};
};

}  // namespace tendril
