#pragma once

#include <cstddef>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

namespace proviso::catalogue {

// The content of a file; empty when there is none.
inline std::string ContentOf(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The fenced blocks of a Markdown text whose fence names `language`.
inline std::vector<std::string> FencedBlocks(const std::string& markdown,
                                             const std::string& language) {
  const std::string open = "\n```" + language + "\n";
  std::vector<std::string> blocks;
  for (std::size_t at = markdown.find(open); at != std::string::npos;
       at = markdown.find(open, at + 1)) {
    const std::size_t begin = at + open.size();
    blocks.push_back(markdown.substr(begin, markdown.find("\n```\n", begin) + 1 - begin));
  }
  return blocks;
}

}  // namespace proviso::catalogue
