#pragma once

#include <string>
#include <string_view>

// Which headers a listener may take words from.
namespace proviso::points {

// Letters, digits, `-` and `_`, or nothing.
bool IsHeaderName(std::string_view name);

// What is wrong with taking a subscription, service, region or operation from the header `name`;
// empty when nothing is.
std::string FaultOfSourceHeader(std::string_view name);

}  // namespace proviso::points
