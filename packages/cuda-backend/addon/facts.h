#pragma once

#include <napi.h>

#include "vram/device.h"

namespace vram_addon {

/// Facts as JavaScript has them: what is unknown is absent.
Napi::Object to_object(Napi::Env env, const vram_device_facts& facts);
Napi::Object to_object(Napi::Env env, const vram_allocation_facts& facts);

}  // namespace vram_addon
