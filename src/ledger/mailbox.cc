#include "ledger/mailbox.h"

#include <algorithm>

#include "ledger/internal/postgres_schema.h"

namespace proviso::ledger {
namespace {

constexpr std::int64_t kLettersAtOnce = 16;
// A notice may get lost with a session; so look without one, too.
constexpr std::chrono::milliseconds kLookEvery{500};

std::int64_t Seconds(std::chrono::seconds duration) { return duration.count(); }

// Who answers all day waits for nobody: notices that nobody takes would gather.
Status Forget(io::PostgresConnection& session) {
  PROVISO_TRY(session.WaitForNotice(std::chrono::milliseconds(0)));
  return {};
}

}  // namespace

Result<Mailbox> Mailbox::Open(const std::string& place) {
  io::PostgresConnection session = PROVISO_TRY(OpenSession(place));
  PROVISO_TRY(MakeTables(session));
  PROVISO_TRY(session.Execute("LISTEN proviso_mail"));
  return Mailbox(std::move(session));
}

Status Mailbox::Post(const std::string& id, ByteView request) {
  PROVISO_TRY(
      session_.Query("WITH posted AS (INSERT INTO log_mail(id, request) VALUES($1, $2)"
                     " ON CONFLICT DO NOTHING) SELECT pg_notify('proviso_mail', '')",
                     {id, request}));
  return {};
}

Result<std::optional<Bytes>> Mailbox::AnswerTo(const std::string& id) {
  const io::PostgresRows rows =
      PROVISO_TRY(session_.Query("SELECT answer FROM log_mail WHERE id = $1 AND ready", {id}));
  if (rows.size() == 0) return std::optional<Bytes>();
  const ByteView answer = rows.Blob(0, 0);
  return std::optional(Bytes(answer.begin(), answer.end()));
}

Result<std::optional<Bytes>> Mailbox::WaitForAnswer(const std::string& id,
                                                    std::chrono::milliseconds patience) {
  using Clock = std::chrono::steady_clock;
  const auto until = Clock::now() + patience;
  while (true) {
    auto answer = PROVISO_TRY(AnswerTo(id));
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
    if (answer || left.count() <= 0) return answer;
    PROVISO_TRY(session_.WaitForNotice(std::min(left, kLookEvery)));
  }
}

Status Mailbox::Remove(const std::string& id) {
  PROVISO_TRY(session_.Query("DELETE FROM log_mail WHERE id = $1", {id}));
  return {};
}

Result<Mailbox::Withdrawal> Mailbox::Withdraw(const std::string& id) {
  // A request of an appender that is gone counts as not begun, unless its answer is committed.
  const io::PostgresRows rows = PROVISO_TRY(
      session_.Query("DELETE FROM log_mail WHERE id = $1 AND request IS NOT NULL"
                     " AND (taken IS NULL OR taken <> (SELECT epoch FROM log_appender))",
                     {id}));
  if (rows.changes() == 1) return Withdrawal::kWithdrawn;
  const io::PostgresRows left =
      PROVISO_TRY(session_.Query("SELECT 1 FROM log_mail WHERE id = $1", {id}));
  return left.size() == 0 ? Withdrawal::kGone : Withdrawal::kBegun;
}

Result<std::vector<Mailbox::Letter>> Mailbox::TakeNow(std::int64_t epoch) {
  PROVISO_TRY(session_.Query(
      "DELETE FROM log_mail WHERE (ready AND made < now() - make_interval(secs => $1::bigint::int))"
      " OR (request IS NOT NULL AND taken IS NULL"
      "     AND made < now() - make_interval(secs => $2::bigint::int))",
      {Seconds(kAnswerAgeMax), Seconds(kRequestAgeMax)}));
  const io::PostgresRows rows = PROVISO_TRY(
      session_.Query("WITH next AS (SELECT id FROM log_mail WHERE request IS NOT NULL"
                     " AND taken IS DISTINCT FROM $1 AND $1 = (SELECT epoch FROM log_appender)"
                     " ORDER BY made LIMIT $2 FOR UPDATE)"
                     " UPDATE log_mail SET taken = $1 FROM next WHERE log_mail.id = next.id"
                     " RETURNING log_mail.id, request",
                     {epoch, kLettersAtOnce}));
  std::vector<Letter> letters;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const ByteView request = rows.Blob(row, 1);
    letters.push_back(
        {.id = std::string(rows.Text(row, 0)), .request = Bytes(request.begin(), request.end())});
  }
  return letters;
}

Result<std::vector<Mailbox::Letter>> Mailbox::Take(std::int64_t epoch,
                                                   std::chrono::milliseconds patience) {
  std::vector<Letter> letters = PROVISO_TRY(TakeNow(epoch));
  if (!letters.empty() || !PROVISO_TRY(session_.WaitForNotice(patience))) return letters;
  return TakeNow(epoch);
}

Status Mailbox::Answer(const Receipt& receipt, std::int64_t epoch) {
  PROVISO_TRY(session_.Query(
      "WITH answered AS (UPDATE log_mail SET request = NULL, answer = $2, ready = true"
      " WHERE id = $1 AND request IS NOT NULL AND $3 = (SELECT epoch FROM log_appender))"
      " SELECT pg_notify('proviso_mail', '')",
      {receipt.request, ByteView(receipt.answer), epoch}));
  return Forget(session_);
}

Status Mailbox::Show(const std::string& id) {
  PROVISO_TRY(
      session_.Query("WITH shown AS (UPDATE log_mail SET ready = true WHERE id = $1"
                     " AND request IS NULL) SELECT pg_notify('proviso_mail', '')",
                     {id}));
  return Forget(session_);
}

Status Mailbox::ShowAll(std::int64_t epoch) {
  PROVISO_TRY(session_.Query(
      "WITH shown AS (UPDATE log_mail SET ready = true WHERE request IS NULL"
      " AND $1 = (SELECT epoch FROM log_appender)) SELECT pg_notify('proviso_mail', '')",
      {epoch}));
  return {};
}

}  // namespace proviso::ledger
