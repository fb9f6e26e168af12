// Gives tests in JavaScript the functions by which the stand-in driver is
// steered: control(path) returns them.
#include <dlfcn.h>
#include <napi.h>

#include <string>

#include "../../../../native/test/cuda/stand-in/control.h"
#include "vram/external.h"

namespace {

/// The library that the backend has loaded by the same path, and so the same
/// instance of it.
template <class Function>
Function* find(Napi::Env env, void* library, const char* name) {
  auto* function = reinterpret_cast<Function*>(dlsym(library, name));
  if (function == nullptr) throw Napi::Error::New(env, std::string("The stand-in has no ") + name);
  return function;
}

/// What an allocation's `external` says.
vram_external read_external(Napi::Env env, napi_value value) {
  const napi_type_tag tag = {VRAM_EXTERNAL_TAG_LOWER, VRAM_EXTERNAL_TAG_UPPER};
  bool tagged = false;
  void* wrapped = nullptr;
  vram_external view{};
  if (napi_check_object_type_tag(env, value, &tag, &tagged) != napi_ok || !tagged ||
      napi_unwrap(env, value, &wrapped) != napi_ok ||
      !vram_external_read(static_cast<const vram_external*>(wrapped), &view)) {
    throw Napi::TypeError::New(env, "Expected the external of an allocation that is not freed");
  }
  return view;
}

Napi::Value as_number(const Napi::CallbackInfo& info, uint64_t value) {
  return Napi::Number::New(info.Env(), static_cast<double>(value));
}

Napi::Value control(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  void* library = dlopen(info[0].As<Napi::String>().Utf8Value().c_str(), RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) throw Napi::Error::New(env, dlerror());
  auto* fail = find<decltype(stand_in_fail)>(env, library, "stand_in_fail");
  auto* flip = find<decltype(stand_in_flip_bit)>(env, library, "stand_in_flip_bit");
  auto* flip_at = find<decltype(stand_in_flip_bit_at)>(env, library, "stand_in_flip_bit_at");
  auto* calls = find<decltype(stand_in_calls)>(env, library, "stand_in_calls");
  auto* call_name = find<decltype(stand_in_call_name)>(env, library, "stand_in_call_name");
  auto* pending = find<decltype(stand_in_pending)>(env, library, "stand_in_pending");
  auto* held = find<decltype(stand_in_held)>(env, library, "stand_in_held");
  auto* used = find<decltype(stand_in_used_bytes)>(env, library, "stand_in_used_bytes");
  auto* in_use = find<decltype(stand_in_pinned_bytes_in_use)>(env, library, "stand_in_pinned_bytes_in_use");
  auto* violations = find<decltype(stand_in_violations)>(env, library, "stand_in_violations");
  auto* restore = find<decltype(stand_in_restore)>(env, library, "stand_in_restore");
  Napi::Object object = Napi::Object::New(env);
  object.Set("fail", Napi::Function::New(env, [fail](const Napi::CallbackInfo& given) {
               fail(given[0].As<Napi::String>().Utf8Value().c_str(), given[1].As<Napi::Number>().Int64Value(),
                    given[2].As<Napi::Number>().Int32Value(), given[3].As<Napi::Boolean>().Value());
             }));
  object.Set("flipBit", Napi::Function::New(env, [flip](const Napi::CallbackInfo& given) {
               const int flipped =
                   flip(given[0].As<Napi::Number>().Int64Value(), given[1].As<Napi::Number>().Int64Value(),
                        given[2].As<Napi::Number>().Uint32Value());
               return Napi::Boolean::New(given.Env(), flipped != 0);
             }));
  object.Set("flipBitOf", Napi::Function::New(env, [flip_at](const Napi::CallbackInfo& given) {
               const vram_external view = read_external(given.Env(), given[0]);
               const int flipped = flip_at(view.device_pointer, given[1].As<Napi::Number>().Int64Value(),
                                           given[2].As<Napi::Number>().Uint32Value());
               return Napi::Boolean::New(given.Env(), flipped != 0);
             }));
  object.Set("trace", Napi::Function::New(env, [calls, call_name](const Napi::CallbackInfo& given) {
               Napi::Array names = Napi::Array::New(given.Env());
               for (uint64_t i = 0; i < calls(); i++) names.Set(static_cast<uint32_t>(i), call_name(i));
               return names;
             }));
  object.Set("held", Napi::Function::New(env, [held](const Napi::CallbackInfo& given) {
               return as_number(given, held(given[0].As<Napi::String>().Utf8Value().c_str()));
             }));
  object.Set("pending", Napi::Function::New(env, [pending](const Napi::CallbackInfo& given) {
               return as_number(given, pending());
             }));
  object.Set("usedBytes", Napi::Function::New(env, [used](const Napi::CallbackInfo& given) {
               return as_number(given, used());
             }));
  object.Set("pinnedBytesInUse", Napi::Function::New(env, [in_use](const Napi::CallbackInfo& given) {
               return as_number(given, in_use(given[0].As<Napi::Number>().Int64Value()));
             }));
  object.Set("violations", Napi::Function::New(env, [violations](const Napi::CallbackInfo& given) {
               return as_number(given, violations());
             }));
  object.Set("restore", Napi::Function::New(env, [restore](const Napi::CallbackInfo&) { restore(); }));
  return object;
}

Napi::Object initialise(Napi::Env env, Napi::Object exports) {
  exports.Set("control", Napi::Function::New(env, control));
  return exports;
}

}  // namespace

NODE_API_MODULE(stand_in_control, initialise)
