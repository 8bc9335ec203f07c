#include "io/internal/curl.h"

#include <curl/curl.h>
#include <malloc.h>
#include <string.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace proviso::io {
namespace {

void WipingFree(void* memory) {
  if (memory != nullptr) explicit_bzero(memory, malloc_usable_size(memory));
  std::free(memory);
}

void* WipingRealloc(void* memory, std::size_t size) {
  void* const larger = std::malloc(size);
  if (larger == nullptr || memory == nullptr) return larger;
  std::memcpy(larger, memory, std::min(size, malloc_usable_size(memory)));
  WipingFree(memory);
  return larger;
}

}  // namespace

bool CurlIsReady() {
  // A static is initialised by one thread alone.
  static const CURLcode made = curl_global_init_mem(CURL_GLOBAL_DEFAULT, &std::malloc, &WipingFree,
                                                    &WipingRealloc, &::strdup, &std::calloc);
  return made == CURLE_OK;
}

}  // namespace proviso::io
