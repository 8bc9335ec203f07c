#pragma once

namespace proviso::points {

// Wipes what a question left in `body` when it goes, however the answer comes about.
template <typename Body>
class [[nodiscard]] Wiping {
 public:
  explicit Wiping(Body& body) : body_(body) {}
  Wiping(const Wiping&) = delete;
  Wiping& operator=(const Wiping&) = delete;
  ~Wiping() { body_.Wipe(); }

 private:
  Body& body_;
};

}  // namespace proviso::points
