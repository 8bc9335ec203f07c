#include "io/http/poster.h"

#include <condition_variable>
#include <mutex>

#include "io/http/scripted_server.h"

namespace proviso::io {
namespace {

using std::chrono::milliseconds;

// Collects answers in the order in which they come.
class Answers {
 public:
  HttpPoster::Done Next() {
    return [this](Result<HttpResponse> answer) {
      const std::lock_guard lock(mutex_);
      texts_.push_back(answer ? std::to_string(answer->status) + " " + answer->body
                              : answer.error().message());
      changed_.notify_all();
    };
  }
  std::vector<std::string> Wait(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return texts_.size() >= count; });
    return texts_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> texts_;
};

std::unique_ptr<HttpPoster> StartOrDie(HttpPosterOptions options) {
  return HttpPoster::Start(std::move(options)).value();
}

TEST(HttpPoster, PostsOverConnectionsThatStayOpen) {
  std::string seen;
  ScriptedServer server([&seen](const std::string& request) {
    seen = request;
    return Answer("you said " + request.substr(request.find("\r\n\r\n") + 4));
  });
  Answers answers;
  const auto poster =
      StartOrDie({.url = server.Url("/v1/data/x"), .timeout = milliseconds(60'000)});
  for (std::size_t i = 1; i <= 3; ++i) {
    ASSERT_TRUE(poster->Post(std::to_string(i), answers.Next()));
    EXPECT_EQ(answers.Wait(i).back(), "200 you said " + std::to_string(i));
  }
  EXPECT_EQ(server.connections(), 1);
  EXPECT_TRUE(seen.starts_with("POST /v1/data/x HTTP/1.1\r\n")) << seen;
  EXPECT_NE(seen.find("Content-Type: application/json\r\n"), std::string::npos) << seen;
}

TEST(HttpPoster, TellsOfAServerThatIsDownOrSlowOrCloses) {
  Answers answers;
  std::string down;
  {
    ScriptedServer server([](const std::string&) { return Answer("x"); });
    down = server.Url("/");
  }
  const auto to_down = StartOrDie({.url = down});
  ASSERT_TRUE(to_down->Post("x", answers.Next()));
  EXPECT_TRUE(answers.Wait(1).back().starts_with("no answer: "));

  ScriptedServer closing([](const std::string&) { return std::string(); });
  const auto to_closing = StartOrDie({.url = closing.Url("/")});
  ASSERT_TRUE(to_closing->Post("x", answers.Next()));
  EXPECT_TRUE(answers.Wait(2).back().starts_with("no answer: "));

  ScriptedServer cut([](const std::string&) {
    return std::string("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
  });
  const auto to_cut = StartOrDie({.url = cut.Url("/"), .timeout = milliseconds(50)});
  ASSERT_TRUE(to_cut->Post("x", answers.Next()));
  EXPECT_TRUE(answers.Wait(3).back().starts_with("no answer: Timeout"));
}

TEST(HttpPoster, RefusesAnAnswerAboveItsLimit) {
  ScriptedServer server([](const std::string&) { return Answer(std::string(100, 'x')); });
  Answers answers;
  const auto poster = StartOrDie({.url = server.Url("/"), .bytes_max = 99});
  ASSERT_TRUE(poster->Post("x", answers.Next()));
  EXPECT_TRUE(answers.Wait(1).back().starts_with("no answer: "));
}

TEST(HttpPoster, TakesNoMoreThanItsLimitAndEndsWhatIsLeft) {
  std::mutex gate;
  std::unique_lock held(gate);
  ScriptedServer server([&gate](const std::string&) {
    const std::lock_guard wait(gate);
    return Answer("x");
  });
  Answers answers;
  auto poster =
      StartOrDie({.url = server.Url("/"), .timeout = milliseconds(60'000), .under_way_max = 2});
  EXPECT_TRUE(poster->Post("1", answers.Next()));
  EXPECT_TRUE(poster->Post("2", answers.Next()));
  EXPECT_FALSE(poster->Post("3", answers.Next()));
  poster.reset();
  EXPECT_EQ(answers.Wait(2),
            (std::vector<std::string>{"no answer: stopped", "no answer: stopped"}));
  held.unlock();
}

}  // namespace
}  // namespace proviso::io
