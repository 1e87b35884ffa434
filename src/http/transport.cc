#include "http/transport.h"

namespace tendril {

Result<Response> Transport::receive(const Request& request, const HeadSink& head,
                                    const BodySink& sink, std::stop_token stop) {
  Response response = TRY(send(request, stop));
  if (response.body.empty()) {
    return response;
  }
  std::string body;
  body.swap(response.body);
  TRY(head(response));
  TRY(sink(body));
  return response;
}

}  // namespace tendril
