// The log's JSON profile: names, integers, strings, and at most four levels of nesting.
#pragma once

#include "cursor.h"
#include "member_names.h"

namespace vram {

/// Takes `[a-z][a-z0-9_]{0,63}`, without quotes.
bool take_name(Cursor& cursor, Name& name);

/// Takes an integer of at most 2^53 - 1 in magnitude, written as JSON.stringify does. `value` is the
/// magnitude.
bool take_integer(Cursor& cursor, bool& negative, uint64_t& value);

/// Takes any value that stands in a container of level `depth`, the record being the first.
bool take_value(Cursor& cursor, MemberNames& names, int depth);

}  // namespace vram
