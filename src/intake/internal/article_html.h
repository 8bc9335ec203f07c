#pragma once

#include <string>
#include <string_view>

#include "intake/report.h"

namespace proviso::intake {

// Reads an article that is a page of HTML (UTF-8). kInvalidArgument when it holds no running text.
Result<Report> ReadHtmlArticle(std::string_view page);

// The lines of a page that is no article, for reading it as plain text.
Result<std::string> HtmlAsPlainText(std::string_view page);

}  // namespace proviso::intake
