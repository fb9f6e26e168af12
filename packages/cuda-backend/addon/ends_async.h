#pragma once

#include <napi.h>

#include <utility>

namespace vram_addon {

/**
 * Something that takes time to end, and so ends on a thread of the pool: when JavaScript has forgotten it, or
 * when its environment ends, which then waits for that. Everything but `end` is called on the environment's
 * thread.
 */
class EndsAsync {
 public:
  EndsAsync(const EndsAsync&) = delete;
  EndsAsync& operator=(const EndsAsync&) = delete;

  /// JavaScript has forgotten it: ends it, if that was not begun yet, and deletes it.
  void forget() {
    forgotten_ = true;
    if (ended_) {
      delete this;
    } else {
      begin();
    }
  }

 protected:
  explicit EndsAsync(Napi::Env env) : env_(env) {
    // Made now, for an environment that ends makes nothing any more.
    const napi_value name = Napi::String::New(env, "vram-residency end");
    check(napi_create_async_work(
        env, nullptr, name, [](napi_env, void* self) { static_cast<EndsAsync*>(self)->end(); }, finish, this,
        &work_));
    check(napi_add_async_cleanup_hook(
        env, [](napi_async_cleanup_hook_handle, void* self) { static_cast<EndsAsync*>(self)->begin(); }, this,
        &hook_));
  }

  virtual ~EndsAsync() {
    if (hook_ != nullptr) napi_remove_async_cleanup_hook(hook_);
    if (work_ != nullptr) napi_delete_async_work(env_, work_);
  }

  /// From now on no other thread may use the environment.
  virtual void part() = 0;
  /// On a thread of the pool.
  virtual void end() = 0;
  /// What belongs to the environment is given back.
  virtual void ended() = 0;

 private:
  void check(napi_status status) const {
    if (status != napi_ok) throw Napi::Error::New(env_);
  }

  void begin() {
    if (std::exchange(begun_, true)) return;
    part();
    napi_queue_async_work(env_, work_);
  }

  static void finish(napi_env env, napi_status, void* data) {
    auto* self = static_cast<EndsAsync*>(data);
    self->ended();
    self->ended_ = true;
    napi_delete_async_work(env, std::exchange(self->work_, nullptr));
    napi_remove_async_cleanup_hook(std::exchange(self->hook_, nullptr));
    if (self->forgotten_) delete self;
  }

  const Napi::Env env_;
  napi_async_work work_ = nullptr;
  napi_async_cleanup_hook_handle hook_ = nullptr;
  bool begun_ = false;
  bool ended_ = false;
  bool forgotten_ = false;
};

}  // namespace vram_addon
