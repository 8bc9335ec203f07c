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

void Withdraw(Story& story, const TestPerson& by, const std::string& id = "erasure-1") {
  story.log.AddBy(by, "erasure withdraw", Json::MakeObject(), "erasure.withdrawn",
                  Json::Of({{"erasure", id}}));
}

TEST(Erasures, AreWithdrawnOnceAndNotDoneAfterThat) {
  Story good;
  good.Begin();
  ProposeErasure(good, good.dora);
  Withdraw(good, good.bert);
  ProposeErasure(good, good.dora, "erasure-2");
  ExpectGood(good);
  ExpectAllBad({{"`erasure-1` was not proposed before",
                 [](Story& story) {
                   story.Begin();
                   Withdraw(story, story.dora);
                 }},
                {"`erasure-1` was withdrawn before",
                 [](Story& story) {
                   story.Begin();
                   ProposeErasure(story, story.dora);
                   Withdraw(story, story.dora);
                   Withdraw(story, story.dora);
                 }},
                {"`erasure-1` was withdrawn before",
                 [](Story& story) {
                   story.Begin();
                   ProposeErasure(story, story.dora);
                   Withdraw(story, story.dora);
                   Erase(story, story.bert);
                 }},
                {"`erasure-1` was approved before", [](Story& story) {
                   story.Begin();
                   ProposeErasure(story, story.dora);
                   Erase(story, story.bert);
                   Withdraw(story, story.dora);
                 }}});
}

void Forget(Story& story, const TestPerson& by, Json erasures) {
  story.log.AddBy(by, "erasure forget", Json::MakeObject(), "keys.forgotten",
                  Json::Of({{"entries", 2}, {"erasures", std::move(erasures)}}));
}

Json Ids(const std::string& id) {
  Json ids = Json::MakeArray();
  ids.Append(id);
  return ids;
}

TEST(Erasures, AreMissedByFoldersThatAPersonForgot) {
  Story good;
  good.Begin();
  Forget(good, good.bert, Json::MakeArray());
  ProposeErasure(good, good.dora);
  Erase(good, good.bert);
  Forget(good, good.cleo, Ids("erasure-1"));
  // As older logs have it: the operator said it.
  good.log.Add("keys.forgotten", "operator", Json(), Json::MakeObject());
  ExpectGood(good);
  ExpectAllBad({{"expected a signed act, found none",
                 [](Story& story) {
                   story.Begin();
                   story.log.Add("keys.forgotten", "operator", Json(),
                                 Json::Of({{"entries", 2}, {"erasures", Json::MakeArray()}}));
                 }},
                {"to have the role",
                 [](Story& story) {
                   story.Begin();
                   Forget(story, story.dora, Json::MakeArray());
                 }},
                {"`erasure-1` was not approved before", [](Story& story) {
                   story.Begin();
                   ProposeErasure(story, story.dora);
                   Forget(story, story.bert, Ids("erasure-1"));
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
