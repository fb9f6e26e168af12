// Lets tests write device memory as another addon of the process could: store(external, offset, value,
// standIn) gives the driver's result.
#include "../../../../native/test/gpu/store-kernel/store_kernel.h"

#include <napi.h>

#include <string>

#include "vram/external.h"

namespace {

vram_external read_external(const Napi::Value& value) {
  const napi_type_tag tag = {VRAM_EXTERNAL_TAG_LOWER, VRAM_EXTERNAL_TAG_UPPER};
  bool tagged = false;
  void* wrapped = nullptr;
  vram_external view;
  if (napi_check_object_type_tag(value.Env(), value, &tag, &tagged) != napi_ok || !tagged ||
      napi_unwrap(value.Env(), value, &wrapped) != napi_ok ||
      vram_external_read(static_cast<const vram_external*>(wrapped), &view) == 0) {
    throw Napi::TypeError::New(value.Env(), "Expected the external of an allocation");
  }
  return view;
}

Napi::Value store(const Napi::CallbackInfo& info) {
  const vram_external view = read_external(info[0]);
  const int64_t offset = info[1].As<Napi::Number>().Int64Value();
  if (offset < 0 || static_cast<uint64_t>(offset) >= view.size_bytes)
    throw Napi::RangeError::New(info.Env(), "Expected an offset within the allocation");
  const std::string stand_in = info[3].IsString() ? info[3].As<Napi::String>().Utf8Value() : "";
  try {
    const vram::cuda::Driver driver(stand_in.empty() ? nullptr : stand_in.c_str());
    vram_test::StoreKernel kernel(driver, static_cast<uint32_t>(view.device_ordinal));
    const auto value = static_cast<uint8_t>(info[2].As<Napi::Number>().Uint32Value());
    return Napi::Number::New(info.Env(),
                             kernel.store(view.device_pointer + static_cast<uint64_t>(offset), value));
  } catch (const vram::cuda::Failure& failure) {
    throw Napi::Error::New(info.Env(), failure.cause.text);
  }
}

Napi::Object initialise(Napi::Env env, Napi::Object exports) {
  exports.Set("store", Napi::Function::New(env, store));
  return exports;
}

}  // namespace

NODE_API_MODULE(store_kernel, initialise)
