#include "device_object.h"

#include <unistd.h>

#include <bit>
#include <cstdio>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <utility>

#include "driver_object.h"
#include "ends_async.h"
#include "external_object.h"
#include "facts.h"
#include "promise_worker.h"

namespace vram_addon {

namespace {

constexpr int32_t NO_DESCRIPTOR = -1;
constexpr napi_type_tag TAG = {0x0c4e8a1f73d94b65ull, 0xb1d25e7096fa4c38ull};

class OpenedDevice;
struct Request;

/// What the device's thread has to say about a request.
struct Message {
  Request& request;
  /// Whether the request has ended: the last message about it.
  const bool is_last;
};

/// A request on its way, with what of JavaScript it needs meanwhile.
struct Request {
  vram_request native{};
  OpenedDevice* device;
  uint64_t id;
  Napi::Promise::Deferred deferred;
  /// What is written, or where a result goes.
  Napi::Reference<Napi::Uint8Array> bytes;
  /// Told how much of a file was loaded.
  Napi::FunctionReference on_loaded;
  /// Keeps the device from being collected.
  Napi::ObjectReference holder;
  Message progressed{*this, false};
  Message ended{*this, true};

  /// A descriptor that nobody was told of is nobody's to close.
  ~Request() {
    if (native.operation == VRAM_EXPORT && native.descriptor >= 0) ::close(native.descriptor);
  }
};

void call_receive(Napi::Env env, Napi::Function, OpenedDevice* device, Message* message);
using Receiver = Napi::TypedThreadSafeFunction<OpenedDevice, Message, call_receive>;

Receiver make_receiver(Napi::Env env, OpenedDevice* device) {
  Receiver receiver = Receiver::New(env, "vram-residency device", 0, 1, device);
  receiver.Unref(env);
  return receiver;
}

/// A base, for what is made first ends last: hooks of an environment run last to first, so that a device ends
/// before its receiver does.
struct ReceiverHolder {
  Receiver receiver_;
};

struct DestroyDevice {
  void operator()(vram_device* device) const { vram_device_destroy(device); }
};
using OwnedDevice = std::unique_ptr<vram_device, DestroyDevice>;

/// A device and the requests that are under way on it. It belongs to one environment, whose thread alone uses
/// it, but for `progress` and `done`, which the device's own thread calls.
class OpenedDevice final : ReceiverHolder, public EndsAsync {
 public:
  OpenedDevice(Napi::Env env, SharedDriver driver, OwnedDevice device, const vram_device_facts& facts)
      : ReceiverHolder{make_receiver(env, this)},
        EndsAsync(env),
        env_(env),
        driver_(std::move(driver)),
        device_(std::move(device)),
        facts_(facts) {}

  Napi::Value submit(std::unique_ptr<Request> request) {
    const Napi::Promise promise = request->deferred.Promise();
    if (pending_.empty()) receiver_.Ref(env_);
    vram_request& native = request->native;
    pending_.emplace(request->id, std::move(request));
    vram_device_submit(device_.get(), &native);
    return promise;
  }

  const vram_device_facts& facts() const { return facts_; }

  void cancel(uint64_t id) {
    const auto found = pending_.find(id);
    if (found != pending_.end()) vram_request_cancel(&found->second->native);
  }

  void receive(const Message& message) {
    Request& about = message.request;
    if (message.is_last) return settle(about.id);
    const uint64_t loaded_bytes = __atomic_load_n(&about.native.loaded_bytes, __ATOMIC_RELAXED);
    about.on_loaded.Call({Napi::Number::New(env_, static_cast<double>(loaded_bytes))});
  }

  static void progress(vram_request* native) {
    auto* request = static_cast<Request*>(native->context);
    request->device->send(request->progressed);
  }

  static void done(vram_request* native) {
    auto* request = static_cast<Request*>(native->context);
    request->device->send(request->ended);
  }

 private:
  /// Called by the device's thread.
  void send(Message& message) {
    const std::lock_guard lock(parting_);
    // An environment that ends takes no more; its requests end with the device.
    if (!parted_) receiver_.NonBlockingCall(&message);
  }

  void settle(uint64_t id) {
    const auto found = pending_.find(id);
    const std::unique_ptr<Request> request = std::move(found->second);
    pending_.erase(found);
    if (pending_.empty()) receiver_.Unref(env_);
    vram_request& native = request->native;
    if (native.status == VRAM_OK) {
      request->deferred.Resolve(result(native));
      native.descriptor = NO_DESCRIPTOR;
    } else {
      request->deferred.Reject(status_error(env_, native.status, native.cause).Value());
    }
  }

  void part() override {
    {
      const std::lock_guard lock(parting_);
      parted_ = true;
    }
    for (const auto& [id, request] : pending_) vram_request_cancel(&request->native);
    receiver_.Release();
  }

  void end() override { device_.reset(); }

  void ended() override { pending_.clear(); }

  Napi::Object result(const vram_request& native) const {
    Napi::Object object = Napi::Object::New(env_);
    switch (native.operation) {
      case VRAM_MEMORY:
        object.Set("totalBytes", static_cast<double>(native.total_bytes));
        object.Set("freeBytes", static_cast<double>(native.free_bytes));
        break;
      case VRAM_EXPORT:
        object.Set("descriptor", native.descriptor);
        break;
      case VRAM_ALLOCATE:
      case VRAM_IMPORT:
      case VRAM_ADOPT:
        object.Set("allocation", static_cast<double>(native.allocation));
        object.Set("sizeBytes", static_cast<double>(native.length));
        object.Set("allocatedBytes", static_cast<double>(native.allocated_bytes));
        object.Set("external",
                   make_external(env_, {VRAM_EXTERNAL_VERSION, 1, native.device_pointer, native.length,
                                        static_cast<int32_t>(facts_.index), facts_.simulated}));
        [[fallthrough]];
      case VRAM_PROTECT:
      case VRAM_ZERO:
        object.Set("facts", to_object(env_, native.facts));
        break;
      case VRAM_LOAD:
        object.Set("loadedBytes", static_cast<double>(native.loaded_bytes));
        break;
      default:
        break;
    }
    return object;
  }

  const Napi::Env env_;
  const SharedDriver driver_;
  OwnedDevice device_;
  const vram_device_facts facts_;
  std::unordered_map<uint64_t, std::unique_ptr<Request>> pending_;
  std::mutex parting_;
  /// Once it is set, the receiver may be gone.
  bool parted_ = false;
};

void call_receive(Napi::Env env, Napi::Function, OpenedDevice* device, Message* message) {
  // Without an environment the request is gone too.
  if (static_cast<napi_env>(env) == nullptr) return;
  device->receive(*message);
}

class OpenDevice final : public PromiseWorker {
 public:
  OpenDevice(Napi::Env env, SharedDriver driver, uint32_t index)
      : PromiseWorker(env), driver_(std::move(driver)), index_(index) {}

 protected:
  vram_status work(vram_cause& cause) override {
    vram_device* device = nullptr;
    const vram_status status = vram_device_open(driver_.get(), index_, &device, &facts_, &cause);
    device_.reset(device);
    return status;
  }

  Napi::Value result(Napi::Env env) override {
    Napi::Object device = Napi::Object::New(env);
    auto* opened = new OpenedDevice(env, driver_, std::move(device_), facts_);
    const auto finalize = [](napi_env, void* data, void*) { static_cast<OpenedDevice*>(data)->forget(); };
    if (napi_wrap(env, device, opened, finalize, nullptr, nullptr) != napi_ok) {
      opened->forget();
      throw Napi::Error::New(env);
    }
    if (napi_type_tag_object(env, device, &TAG) != napi_ok) throw Napi::Error::New(env);
    Napi::Object object = Napi::Object::New(env);
    object.Set("device", device);
    object.Set("facts", to_object(env, facts_));
    return object;
  }

 private:
  const SharedDriver driver_;
  const uint32_t index_;
  OwnedDevice device_;
  vram_device_facts facts_{};
};

OpenedDevice& device_of(Napi::Value value) {
  bool tagged = false;
  void* data = nullptr;
  if (!value.IsObject() || napi_check_object_type_tag(value.Env(), value, &TAG, &tagged) != napi_ok ||
      !tagged || napi_unwrap(value.Env(), value, &data) != napi_ok) {
    throw Napi::TypeError::New(value.Env(), "Expected a device");
  }
  return *static_cast<OpenedDevice*>(data);
}

uint64_t integer(const Napi::CallbackInfo& info, size_t index) {
  return static_cast<uint64_t>(info[index].As<Napi::Number>().Int64Value());
}

/// A member of a request's members; 0 where it is absent.
uint64_t integer(const Napi::Object& members, const char* name) {
  const Napi::Value value = members.Get(name);
  return value.IsNumber() ? static_cast<uint64_t>(value.As<Napi::Number>().Int64Value()) : 0;
}

/// Whether the bytes that came along are as many as the operation touches.
bool fits(const vram_request& native, size_t size) {
  switch (native.operation) {
    case VRAM_WRITE:
    case VRAM_READ:
      return size == native.length;
    case VRAM_DIGEST:
      return size == VRAM_DIGEST_BYTES;
    case VRAM_LOAD:
      return size == VRAM_DIGEST_BYTES * static_cast<size_t>(std::popcount(native.digests));
    case VRAM_CHUNK_DIGESTS:
      return native.length > 0 && size / VRAM_DIGEST_BYTES == (native.length - 1) / VRAM_CHUNK_BYTES + 1;
    default:
      return size == 0;
  }
}

Napi::Error not_adoptable(Napi::Env env, const char* text) {
  vram_cause cause{};
  std::snprintf(cause.text, sizeof cause.text, "%s", text);
  return status_error(env, VRAM_NOT_ADOPTABLE, cause);
}

/// What an external says, if it is of that device and still valid.
vram_external adoptable(Napi::Value value, const vram_device_facts& facts) {
  const Napi::Env env = value.Env();
  const vram_external& wrapped = external_of(value);
  if (wrapped.version != VRAM_EXTERNAL_VERSION)
    throw not_adoptable(env, "The external is of another version of vram/external.h");
  vram_external view;
  if (vram_external_read(&wrapped, &view) == 0) throw status_error(env, VRAM_ALLOCATION_FREED, {});
  if ((view.simulated != 0) != (facts.simulated != 0))
    throw not_adoptable(env, "One of the external and the device is simulated");
  if (view.device_ordinal != static_cast<int32_t>(facts.index))
    throw not_adoptable(env, "The external is of another device");
  return view;
}

}  // namespace

Napi::Value open_device(const Napi::CallbackInfo& info) {
  const auto index = static_cast<uint32_t>(integer(info, 1));
  return PromiseWorker::start<OpenDevice>(info.Env(), driver_of(info[0]), index);
}

Napi::Value submit(const Napi::CallbackInfo& info) {
  OpenedDevice& device = device_of(info[0]);
  const Napi::Env env = info.Env();
  std::unique_ptr<Request> request(
      new Request{{}, &device, integer(info, 1), Napi::Promise::Deferred::New(env), {}, {}, {}});
  const Napi::Object members = info[3].As<Napi::Object>();
  vram_request& native = request->native;
  native.operation = static_cast<uint32_t>(integer(info, 2));
  native.allocation = integer(members, "allocation");
  native.offset = integer(members, "offset");
  native.length = integer(members, "length");
  native.algorithm = static_cast<uint32_t>(integer(members, "algorithm"));
  native.flags = static_cast<uint32_t>(integer(members, "flags"));
  native.descriptor = NO_DESCRIPTOR;
  if (native.operation == VRAM_IMPORT)
    native.descriptor = static_cast<int32_t>(integer(members, "descriptor"));
  if (native.operation == VRAM_ADOPT) {
    const vram_external view = adoptable(members.Get("external"), device.facts());
    native.device_pointer = view.device_pointer;
    native.length = view.size_bytes;
  }
  native.done = OpenedDevice::done;
  native.context = request.get();
  size_t size = 0;
  if (const Napi::Value given = members.Get("bytes"); given.IsTypedArray()) {
    Napi::Uint8Array bytes = given.As<Napi::Uint8Array>();
    size = bytes.ByteLength();
    native.source = native.target = bytes.Data();
    request->bytes = Napi::Persistent(bytes);
  }
  if (native.operation == VRAM_LOAD) {
    const Napi::Object file = members.Get("file").As<Napi::Object>();
    native.descriptor = static_cast<int32_t>(integer(file, "descriptor"));
    native.digests = static_cast<uint32_t>(integer(file, "digests"));
    native.progress = OpenedDevice::progress;
    request->on_loaded = Napi::Persistent(file.Get("onLoaded").As<Napi::Function>());
  }
  if (!fits(native, size))
    throw Napi::RangeError::New(env, "Expected as many bytes as the operation touches");
  request->holder = Napi::Persistent(info[0].As<Napi::Object>());
  return device.submit(std::move(request));
}

void cancel(const Napi::CallbackInfo& info) {
  device_of(info[0]).cancel(integer(info, 1));
}

}  // namespace vram_addon
