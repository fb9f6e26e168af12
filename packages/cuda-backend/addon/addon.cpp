#include <napi.h>

#include "device_object.h"
#include "driver_object.h"
#include "external_object.h"

namespace {

Napi::Object initialise(Napi::Env env, Napi::Object exports) {
  exports.Set("openDriver", Napi::Function::New<vram_addon::open_driver>(env, "openDriver"));
  exports.Set("devices", Napi::Function::New<vram_addon::devices>(env, "devices"));
  exports.Set("openDevice", Napi::Function::New<vram_addon::open_device>(env, "openDevice"));
  exports.Set("submit", Napi::Function::New<vram_addon::submit>(env, "submit"));
  exports.Set("cancel", Napi::Function::New<vram_addon::cancel>(env, "cancel"));
  exports.Set("setValid", Napi::Function::New<vram_addon::set_valid>(env, "setValid"));
  return exports;
}

}  // namespace

NODE_API_MODULE(vram_residency_cuda, initialise)
