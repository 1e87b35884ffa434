// Observers: passes what a run says on to several observers.
#pragma once

#include <utility>
#include <vector>

#include "sync/sync.h"

namespace tendril {

// Threads: as SyncObserver says.
class Observers final : public SyncObserver {
 public:
  // All must outlive this one.
  explicit Observers(std::vector<SyncObserver*> observers) : observers_(std::move(observers)) {}

  void stream_started(const std::string& stream) override {
    for (SyncObserver* const each : observers_) {
      each->stream_started(stream);
    }
  }
  void stream_ended(const StreamReport& report) override {
    for (SyncObserver* const each : observers_) {
      each->stream_ended(report);
    }
  }
  void committed(const CommitReport& commit) override {
    for (SyncObserver* const each : observers_) {
      each->committed(commit);
    }
  }
  void work_started(const StreamWork& work) override {
    for (SyncObserver* const each : observers_) {
      each->work_started(work);
    }
  }
  void work_restarted(const StreamWork& work, const Error& error) override {
    for (SyncObserver* const each : observers_) {
      each->work_restarted(work, error);
    }
  }
  void work_ended(const StreamWork& work, const Status& outcome) override {
    for (SyncObserver* const each : observers_) {
      each->work_ended(work, outcome);
    }
  }

 private:
  const std::vector<SyncObserver*> observers_;
};

}  // namespace tendril
