#include "external_object.h"

namespace vram_addon {

namespace {

constexpr napi_type_tag TAG = {VRAM_EXTERNAL_TAG_LOWER, VRAM_EXTERNAL_TAG_UPPER};

void check(Napi::Env env, napi_status status) {
  if (status != napi_ok) throw Napi::Error::New(env);
}

void delete_view(napi_env, void* view, void*) {
  delete static_cast<vram_external*>(view);
}

}  // namespace

Napi::Object make_external(Napi::Env env, const vram_external& view) {
  Napi::Object object = Napi::Object::New(env);
  auto* owned = new vram_external(view);
  if (napi_wrap(env, object, owned, delete_view, nullptr, nullptr) != napi_ok) {
    delete owned;
    throw Napi::Error::New(env);
  }
  check(env, napi_type_tag_object(env, object, &TAG));
  object.Freeze();
  return object;
}

vram_external& external_of(Napi::Value value) {
  const Napi::Env env = value.Env();
  bool tagged = false;
  void* view = nullptr;
  if (!value.IsObject() || napi_check_object_type_tag(env, value, &TAG, &tagged) != napi_ok || !tagged ||
      napi_unwrap(env, value, &view) != napi_ok) {
    throw Napi::TypeError::New(env, "Expected external to be an object with the tag of vram/external.h");
  }
  return *static_cast<vram_external*>(view);
}

Napi::Value is_valid(const Napi::CallbackInfo& info) {
  vram_external view;
  return Napi::Boolean::New(info.Env(), vram_external_read(&external_of(info[0]), &view) != 0);
}

void set_valid(const Napi::CallbackInfo& info) {
  const uint32_t valid = info[1].As<Napi::Boolean>().Value();
  __atomic_store_n(&external_of(info[0]).valid, valid, __ATOMIC_RELEASE);
}

}  // namespace vram_addon
