#pragma once

#include <napi.h>

#include <utility>

#include "status_error.h"

namespace vram_addon {

/// Work away from the event loop that settles a promise.
class PromiseWorker : public Napi::AsyncWorker {
 public:
  template <class Worker, class... Arguments>
  static Napi::Value start(Napi::Env env, Arguments&&... arguments) {
    // AsyncWorker deletes itself once it is done.
    auto* worker = new Worker(env, std::forward<Arguments>(arguments)...);
    const Napi::Promise promise = worker->deferred_.Promise();
    worker->Queue();
    return promise;
  }

 protected:
  explicit PromiseWorker(Napi::Env env)
      : Napi::AsyncWorker(env), deferred_(Napi::Promise::Deferred::New(env)) {}

  virtual vram_status work(vram_cause& cause) = 0;
  virtual Napi::Value result(Napi::Env env) = 0;

 private:
  void Execute() override { status_ = work(cause_); }

  void OnOK() override {
    const Napi::HandleScope scope(Env());
    if (status_ == VRAM_OK) {
      deferred_.Resolve(result(Env()));
    } else {
      deferred_.Reject(status_error(Env(), status_, cause_).Value());
    }
  }

  void OnError(const Napi::Error& error) override { deferred_.Reject(error.Value()); }

  const Napi::Promise::Deferred deferred_;
  vram_status status_ = VRAM_OK;
  vram_cause cause_{};
};

}  // namespace vram_addon
