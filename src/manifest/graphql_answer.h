// Answers of GraphQL APIs, which come with status 200 whatever went wrong.
// Source: GraphQL specification (October 2021), section 7.1.2.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "http/client.h"
#include "http/message.h"
#include "manifest/node.h"

namespace tendril {

// True for a requester whose body is a GraphQL query.
bool asks_graphql(const Node& requester);

// Returns a failure when the answer lists errors, or RateLimited when those say so; nullopt for any
// other answer. `field_path` is where the records stand.
std::optional<Verdict> judge_graphql(const Request& request, const Response& response,
                                     const std::vector<std::string>& field_path);

}  // namespace tendril
