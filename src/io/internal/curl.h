#pragma once

namespace proviso::io {

// Makes libcurl ready, once in a process. What it gives back to the heap is overwritten first: it
// copies what it sends, and that may be secret.
bool CurlIsReady();

}  // namespace proviso::io
