// Holds a fault that fuzzing must find within seconds: else that the others find nothing is no
// news.
#include <algorithm>
#include <vector>

#include "fuzz/fuzzing.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::vector<std::uint8_t> copy(data, data + size);
  constexpr std::string_view kWord = "cana";
  if (size < kWord.size() || !std::equal(kWord.begin(), kWord.end(), copy.begin())) return 0;
  volatile const std::uint8_t beyond = *(copy.data() + size);
  return beyond == 0 ? 0 : 0;
}
