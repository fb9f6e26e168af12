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

void set_valid(const Napi::CallbackInfo& info) {
  const Napi::Env env = info.Env();
  bool tagged = false;
  check(env, napi_check_object_type_tag(env, info[0], &TAG, &tagged));
  if (!tagged) throw Napi::TypeError::New(env, "Expected an external");
  void* view = nullptr;
  check(env, napi_unwrap(env, info[0], &view));
  const uint32_t valid = info[1].As<Napi::Boolean>().Value();
  __atomic_store_n(&static_cast<vram_external*>(view)->valid, valid, __ATOMIC_RELEASE);
}

}  // namespace vram_addon
