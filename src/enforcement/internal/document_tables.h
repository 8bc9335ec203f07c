#pragma once

#include <fstream>
#include <sstream>
#include <string>
#include <vector>

// The tables of a document, for the tests that hold the code to them.
namespace proviso::enforcement::internal {

using Row = std::vector<std::string>;  // cells, without the marks of code

inline Row CellsOf(const std::string& line) {
  Row cells;
  std::istringstream stream(line);
  std::string cell;
  std::getline(stream, cell, '|');  // before the first bar
  while (std::getline(stream, cell, '|')) {
    const auto first = cell.find_first_not_of(" `*");
    const auto last = cell.find_last_not_of(" `*");
    cells.push_back(first == std::string::npos ? "" : cell.substr(first, last - first + 1));
  }
  return cells;
}

// The rows of every table whose head is exactly `head`, table by table.
inline std::vector<std::vector<Row>> TablesOf(const std::string& path, const Row& head) {
  std::ifstream file(path);
  std::vector<std::vector<Row>> tables;
  bool inside = false;
  for (std::string line; std::getline(file, line);) {
    if (!line.starts_with("|")) {
      inside = false;
      continue;
    }
    const Row cells = CellsOf(line);
    if (cells == head) {
      inside = true;
      tables.emplace_back();
    } else if (inside && !line.starts_with("|---")) {
      tables.back().push_back(cells);
    }
  }
  return tables;
}

// The rows of the only such table; none when there is no such table, or several.
inline std::vector<Row> TableOf(const std::string& path, const Row& head) {
  std::vector<std::vector<Row>> tables = TablesOf(path, head);
  return tables.size() == 1 ? tables.front() : std::vector<Row>();
}

}  // namespace proviso::enforcement::internal
