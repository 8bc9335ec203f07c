#include "server/decision_point.h"

#include <chrono>
#include <thread>
#include <utility>

#include "io/files/folder_watch.h"
#include "server/internal/own_folder.h"

namespace proviso::server {
namespace {

// Where nothing tells of a change, as on a network file system, it is seen after so long.
constexpr std::chrono::milliseconds kLookEvery{200};
// A heartbeat is written just after the table that it names.
constexpr std::chrono::milliseconds kLookSoon{10};
constexpr int kStateMode = 0700;

}  // namespace

class DecisionPoint::Impl {
 public:
  Impl(points::TableFollowerOptions follow, io::FileSystem& files,
       std::unique_ptr<points::PointServer> points, points::TableFollower::Report report)
      : watch_(follow.file.parent_path()),
        points_(std::move(points)),
        follower_(std::move(follow), files, *points_, std::move(report)) {
    follower_.Begin();
    points_->Begin();
    following_ = std::jthread([this](const std::stop_token& stop) {
      while (!stop.stop_requested()) {
        watch_.Wait(follower_.waits() ? kLookSoon : kLookEvery);
        follower_.Look();
      }
    });
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;
  ~Impl() { [[maybe_unused]] const Status stopped = Stop(); }

  std::vector<std::uint16_t> ports() const { return points_->ports(); }
  points::PointServer& points() { return *points_; }
  const points::TableFollower& follower() const { return follower_; }

  Status Stop() {
    if (std::exchange(stopped_, true)) return {};
    points_->Stop();
    following_.request_stop();
    following_.join();
    return {};
  }

 private:
  io::FolderWatch watch_;
  const std::unique_ptr<points::PointServer> points_;
  points::TableFollower follower_;
  bool stopped_ = false;
  std::jthread following_;
};

DecisionPoint::DecisionPoint(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
DecisionPoint::~DecisionPoint() = default;

Result<std::unique_ptr<DecisionPoint>> DecisionPoint::Start(
    const std::vector<points::Listener>& listeners, const service::Environment& environment,
    Options options) {
  if (options.follow.file.empty()) {
    return Fail(ErrorCode::kInvalidArgument, "`--table`: expected a file, found nothing; name one");
  }
  const std::filesystem::path& state = options.follow.state;
  if (!state.empty()) PROVISO_TRY(PrepareFolder(*environment.files, state, "--state", kStateMode));
  options.follow.file = std::filesystem::absolute(options.follow.file).lexically_normal();
  auto points = PROVISO_TRY(
      points::PointServer::Prepare(listeners, *environment.clock, {.observer = options.observer}));
  return std::unique_ptr<DecisionPoint>(
      new DecisionPoint(std::make_unique<Impl>(std::move(options.follow), *environment.files,
                                               std::move(points), std::move(options.report))));
}

points::PointServer& DecisionPoint::points() { return impl_->points(); }
const points::TableFollower& DecisionPoint::follower() const { return impl_->follower(); }
std::vector<std::uint16_t> DecisionPoint::ports() const { return impl_->ports(); }
Status DecisionPoint::Stop() { return impl_->Stop(); }

}  // namespace proviso::server
