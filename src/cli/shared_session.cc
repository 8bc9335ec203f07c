#include "cli/shared_session.h"

#include <thread>
#include <utility>

namespace proviso::cli {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLookEvery{1'000};
constexpr milliseconds kAgainAfter{200};
constexpr std::size_t kIdBytes = 16;

tl::unexpected<Error> NobodyBegan(const std::string& why) {
  return Fail(ErrorCode::kUnavailable,
              "no server of this directory began the command" + why +
                  ", and it was taken back; this was not stored, and nothing was changed; is a "
                  "`proviso serve` running?");
}

// Nobody can say here whether a server has done, or will do, what lies in the mailbox.
tl::unexpected<Error> InDoubt(const Error& why, const service::Request& request) {
  return Fail(why.code(),
              why.message() + (request.act ? "; this may have been stored; look with `proviso case "
                                             "show` or `proviso log show` whether it was, before "
                                             "you do it again"
                                           : "; look with `proviso log show` whether the command "
                                             "was done"));
}

tl::unexpected<Error> NotSent(const Error& why, const service::Request& request) {
  if (!request.act) return tl::unexpected<Error>(why);
  return Fail(why.code(), why.message() + "; this was not stored, and nothing was changed");
}

}  // namespace

Result<ledger::Mailbox*> SharedSession::Box() {
  if (!box_) box_.emplace(PROVISO_TRY(ledger::Mailbox::Open(place_)));
  return &*box_;
}

Result<std::optional<Json>> SharedSession::Ask(const service::Request& request,
                                               std::chrono::seconds patience,
                                               const std::function<Result<bool>()>& is_mine) {
  Bytes random(kIdBytes);
  random_.Fill(random);
  const std::string id = HexEncode(random);
  const std::string text = request.ToJson().Canonical();
  const auto give_up = std::chrono::steady_clock::now() + patience;
  const Result<ledger::Mailbox*> first = Box();
  if (!first) return NotSent(first.error(), request);
  const Status posted = (*first)->Post(id, AsBytes(text));
  if (!posted) return InDoubt(posted.error(), request);
  while (true) {
    Result<Turn> turn = Look(id, text, is_mine);
    if (turn && turn->is_over) return std::move(turn->answer);
    if (!turn) {
      // The session went; the request lies there still, unless it never got there.
      box_.reset();
      if (std::chrono::steady_clock::now() >= give_up) {
        return InDoubt({ErrorCode::kUnavailable, turn.error().message()}, request);
      }
      std::this_thread::sleep_for(kAgainAfter);  // tidy: nothing tells when the database is back
      continue;
    }
    if (std::chrono::steady_clock::now() < give_up) continue;
    const auto withdrawn = Withdraw(id);
    if (!withdrawn) return InDoubt(withdrawn.error(), request);
    switch (*withdrawn) {
      case ledger::Mailbox::Withdrawal::kWithdrawn:
        return NobodyBegan(" within " + std::to_string(patience.count()) + " seconds");
      case ledger::Mailbox::Withdrawal::kGone:
        return NobodyBegan(" in time");
      case ledger::Mailbox::Withdrawal::kBegun:
        break;
    }
  }
}

Result<ledger::Mailbox::Withdrawal> SharedSession::Withdraw(const std::string& id) {
  return PROVISO_TRY(Box())->Withdraw(id);
}

Result<SharedSession::Turn> SharedSession::Look(const std::string& id, const std::string& text,
                                                const std::function<Result<bool>()>& is_mine) {
  const bool is_new = !box_.has_value();
  ledger::Mailbox& box = *PROVISO_TRY(Box());
  // Again after a lost session: one id is done once.
  if (is_new) PROVISO_TRY(box.Post(id, AsBytes(text)));
  std::optional<Bytes> answer = PROVISO_TRY(box.WaitForAnswer(id, kLookEvery));
  if (!answer && PROVISO_TRY(is_mine())) {
    if (PROVISO_TRY(box.Withdraw(id)) != ledger::Mailbox::Withdrawal::kBegun) {
      return Turn{.is_over = true, .answer = {}};
    }
    // An appender that is gone committed it, and could not say so any more.
    PROVISO_TRY(box.Show(id));
    answer = PROVISO_TRY(box.WaitForAnswer(id, milliseconds(0)));
  }
  if (!answer) return Turn{};
  // Left behind, it goes by itself after a while.
  static_cast<void>(box.Remove(id));
  return Turn{.is_over = true, .answer = PROVISO_TRY(ParseJson(AsText(*answer)))};
}

}  // namespace proviso::cli
