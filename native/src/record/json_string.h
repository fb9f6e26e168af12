// Strings as ECMAScript's JSON.stringify writes them.
#pragma once

#include "cursor.h"

namespace vram {

/// Takes a string with its quotes: well-formed UTF-8, the quote, the backslash and control characters in the
/// one escaped form that JSON.stringify uses, and nothing else escaped.
bool take_json_string(Cursor& cursor);

}  // namespace vram
