#include "driver_object.h"

#include <string>
#include <vector>

#include "facts.h"
#include "promise_worker.h"

namespace vram_addon {

namespace {

constexpr napi_type_tag TAG = {0x5fd0a5f2c9b14e3aull, 0x8a0f6f6d1b2f4c77ull};

class OpenDriver final : public PromiseWorker {
 public:
  OpenDriver(Napi::Env env, std::string stand_in) : PromiseWorker(env), stand_in_(std::move(stand_in)) {}

 protected:
  vram_status work(vram_cause& cause) override {
    vram_driver* driver = nullptr;
    const vram_status status =
        vram_driver_open(stand_in_.empty() ? nullptr : stand_in_.c_str(), &driver, &cause);
    if (status == VRAM_OK) driver_ = SharedDriver(driver, vram_driver_close);
    return status;
  }

  Napi::Value result(Napi::Env env) override {
    Napi::Object object = Napi::Object::New(env);
    auto* owned = new SharedDriver(driver_);
    const auto finalize = [](napi_env, void* data, void*) { delete static_cast<SharedDriver*>(data); };
    if (napi_wrap(env, object, owned, finalize, nullptr, nullptr) != napi_ok) {
      delete owned;
      throw Napi::Error::New(env);
    }
    if (napi_type_tag_object(env, object, &TAG) != napi_ok) throw Napi::Error::New(env);
    return object;
  }

 private:
  const std::string stand_in_;
  SharedDriver driver_;
};

class ObserveDevices final : public PromiseWorker {
 public:
  ObserveDevices(Napi::Env env, SharedDriver driver) : PromiseWorker(env), driver_(std::move(driver)) {}

 protected:
  vram_status work(vram_cause& cause) override {
    uint32_t count = 0;
    vram_status status = vram_driver_devices(driver_.get(), nullptr, 0, &count, &cause);
    if (status != VRAM_OK) return status;
    facts_.resize(count);
    status = vram_driver_devices(driver_.get(), facts_.data(), count, &count, &cause);
    if (count < facts_.size()) facts_.resize(count);
    return status;
  }

  Napi::Value result(Napi::Env env) override {
    Napi::Array array = Napi::Array::New(env, facts_.size());
    for (uint32_t i = 0; i < facts_.size(); i++) array.Set(i, to_object(env, facts_[i]));
    return array;
  }

 private:
  const SharedDriver driver_;
  std::vector<vram_device_facts> facts_;
};

}  // namespace

Napi::Value open_driver(const Napi::CallbackInfo& info) {
  std::string stand_in = info[0].IsString() ? info[0].As<Napi::String>().Utf8Value() : std::string();
  return PromiseWorker::start<OpenDriver>(info.Env(), std::move(stand_in));
}

Napi::Value devices(const Napi::CallbackInfo& info) {
  return PromiseWorker::start<ObserveDevices>(info.Env(), driver_of(info[0]));
}

SharedDriver driver_of(Napi::Value value) {
  bool tagged = false;
  void* data = nullptr;
  if (!value.IsObject() || napi_check_object_type_tag(value.Env(), value, &TAG, &tagged) != napi_ok ||
      !tagged || napi_unwrap(value.Env(), value, &data) != napi_ok) {
    throw Napi::TypeError::New(value.Env(), "Expected a driver");
  }
  return *static_cast<SharedDriver*>(data);
}

}  // namespace vram_addon
