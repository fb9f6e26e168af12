#pragma once

#include <napi.h>

#include "vram/external.h"

namespace vram_addon {

/// The tagged object that native code reads through vram/external.h. It has no
/// members, so it prints as `{}`.
Napi::Object make_external(Napi::Env env, const vram_external& view);

/// What a tagged object of this or any other addon wraps. Throws a TypeError
/// for any other value.
vram_external& external_of(Napi::Value value);

/// isValid(external): whether the memory may be used.
Napi::Value is_valid(const Napi::CallbackInfo& info);

/// setValid(external, valid): says whether the memory may be used.
void set_valid(const Napi::CallbackInfo& info);

}  // namespace vram_addon
