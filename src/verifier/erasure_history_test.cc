// What the entries of a log say of erasures.
#include "verifier/history_fixture.h"

namespace proviso::verifier {
namespace {

Json ErasureArgs(std::int64_t entry, char digest) {
  const Json part = Json::Of({{"digest", Plan(digest)}, {"name", "details"}});
  Json parts = Json::MakeArray();
  parts.Append(part);
  return Json::Of({{"entry", entry}, {"parts", parts}});
}

void ProposeErasure(Story& story, const TestPerson& by, const std::string& id = "erasure-1",
                    std::int64_t entry = 1) {
  Json args = ErasureArgs(entry, '1');
  args["basis"] = "request";
  Json data = args;
  data["erasure"] = id;
  data["about"] = "claim.added";
  story.log.AddBy(by, "erasure propose", args, "erasure.proposed", data);
}

void Erase(Story& story, const TestPerson& by, char digest = '1') {
  Json args = ErasureArgs(1, digest);
  args["erasure"] = "erasure-1";
  Json data = args;
  data["basis"] = "request";
  data["about"] = "claim.added";
  story.log.AddBy(by, "erasure approve", args, "part.erased", data);
}

TEST(Erasures, AreApprovedBySomebodyElse) {
  Story good;
  good.Begin();
  ProposeErasure(good, good.dora);
  Erase(good, good.bert);
  ExpectGood(good);
  ExpectAllBad({{"proposed the erasure and approves it",
                 [](Story& story) {
                   story.Begin();
                   ProposeErasure(story, story.anna);
                   Erase(story, story.anna);
                 }},
                {"to have the role",
                 [](Story& story) {
                   story.Begin();
                   ProposeErasure(story, story.anna);
                   Erase(story, story.dora);
                 }},
                {"was approved before", [](Story& story) {
                   story.Begin();
                   ProposeErasure(story, story.dora);
                   Erase(story, story.bert);
                   Erase(story, story.cleo);
                 }}});
}

TEST(Erasures, AreOfWhatWasProposed) {
  ExpectAllBad({{"`erasure-1` was not proposed before",
                 [](Story& story) {
                   story.Begin();
                   Erase(story, story.bert);
                 }},
                {"expected the parts that were proposed, found others",
                 [](Story& story) {
                   story.Begin();
                   ProposeErasure(story, story.dora);
                   Erase(story, story.bert, '2');
                 }},
                {"`erasure-1` was proposed before",
                 [](Story& story) {
                   story.Begin();
                   ProposeErasure(story, story.dora);
                   ProposeErasure(story, story.dora);
                 }},
                {"expected an entry before it, found 99", [](Story& story) {
                   story.Begin();
                   ProposeErasure(story, story.dora, "erasure-1", 99);
                 }}});
}

}  // namespace
}  // namespace proviso::verifier
