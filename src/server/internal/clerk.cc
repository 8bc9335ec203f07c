#include "server/internal/clerk.h"

#include <optional>
#include <utility>

namespace proviso::server {
namespace {

constexpr std::size_t kWorkers = 8;
constexpr std::chrono::milliseconds kAgainAfter{200};

// The answer to a letter that is no request.
service::Instance::Delivery Refusal(const Error& error) {
  const std::string text = service::AnswerToJson(tl::unexpected(error)).Canonical();
  return {.answer = Bytes(AsBytes(text).begin(), AsBytes(text).end())};
}

}  // namespace

Clerk::Clerk(service::Instance& instance, ledger::AppenderSeat& seat, ledger::Mailbox taking,
             ledger::Mailbox answering)
    : instance_(instance),
      seat_(seat),
      taking_(std::move(taking)),
      answering_(std::move(answering)) {
  for (std::size_t i = 0; i < kWorkers; ++i) {
    workers_.emplace_back([this] { Work(); });
  }
}

Clerk::~Clerk() {
  {
    const MutexLock lock(mutex_);
    closing_ = true;
    letters_.clear();
    changed_.NotifyAll();
  }
  workers_.clear();  // joins
}

Status Clerk::Take(std::chrono::milliseconds patience) {
  std::vector<ledger::Mailbox::Letter> letters = PROVISO_TRY(taking_.Take(seat_.epoch(), patience));
  const MutexLock lock(mutex_);
  for (ledger::Mailbox::Letter& letter : letters) letters_.push_back(std::move(letter));
  changed_.NotifyAll();
  return {};
}

void Clerk::Work() {
  while (true) {
    ledger::Mailbox::Letter letter;
    {
      const MutexLock lock(mutex_);
      while (letters_.empty() && !closing_) changed_.Wait(mutex_);
      if (closing_) return;
      letter = std::move(letters_.front());
      letters_.pop_front();
    }
    Do(letter);
  }
}

void Clerk::Do(const ledger::Mailbox::Letter& letter) {
  const Result<Json> json = ParseJson(AsText(letter.request));
  const Result<service::Request> request =
      json ? service::Request::FromJson(*json)
           : Result<service::Request>(tl::unexpected(json.error()));
  if (!request) return Put(letter.id, Refusal(request.error()));
  // Without a delivery, the next appender finds out what has become of it.
  const auto delivery = instance_.Deliver(letter.id, *request);
  if (delivery) Put(letter.id, *delivery);
}

void Clerk::Put(const std::string& id, const service::Instance::Delivery& delivery) {
  const MutexLock answering_lock(answering_mutex_);
  while (IsAppender()) {
    const Status put =
        delivery.is_committed
            ? answering_.Show(id)
            : answering_.Answer({.request = id, .answer = delivery.answer}, seat_.epoch());
    if (put) return;
    Result<ledger::Mailbox> again = ledger::Mailbox::Open(seat_.place());
    if (again) {
      answering_ = std::move(*again);
      continue;
    }
    const MutexLock lock(mutex_);
    if (!closing_) changed_.WaitFor(mutex_, kAgainAfter);
    if (closing_) return;
  }
}

}  // namespace proviso::server
