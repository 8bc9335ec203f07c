#include "points/word_operations.h"

#include "points/operations.h"

namespace proviso::points {

WordOperations ReadWordOperations(catalogue::YamlMap& listener, catalogue::Faults& faults,
                                  bool with_properties) {
  WordOperations all;
  for (const catalogue::YamlNode& node : listener.ItemsOrNone("operations")) {
    catalogue::YamlMap map(node, "operation", faults);
    WordOperation one;
    one.word = map.ForeignId("word");
    map.Name(one.word);
    if (with_properties && map.Has("property")) {
      one.property = map.ForeignId("property");
      one.value = map.Text("value");
    }
    const std::string name = map.Text("operation");
    if (const auto operation = OperationOf(name)) {
      one.operation = *operation;
    } else if (!name.empty()) {
      map.AddFault("operation", "operation `" + name + "` does not exist; expected create, " +
                                    "invoke, write, read, delete, manage");
    }
    map.Finish();
    for (const WordOperation& earlier : all) {
      if (earlier.word == one.word && earlier.property == one.property &&
          earlier.value == one.value) {
        map.AddFault("word", "stands in the list already; say once what it means");
      }
    }
    all.push_back(std::move(one));
  }
  return all;
}

}  // namespace proviso::points
