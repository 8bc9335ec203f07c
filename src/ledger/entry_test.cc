#include "ledger/entry.h"

namespace proviso::ledger {
namespace {

Draft SampleDraft() {
  Draft draft;
  draft.time = ParseTime("2026-11-22T09:30:00.125Z").value();
  draft.case_id = "case-1";
  draft.actor = "p-7f3a";
  draft.act = Json::Of({{"action", "claim add"}, {"signature", "none"}});
  draft.event.type = "claim.added";
  draft.event.open = Json::Of({{"claim", "claim-1"}});
  draft.event.sealed["details"] = Json::Of({{"text", "stores recordings"}});
  draft.event.sealed["alias"] = Json("an alias");
  return draft;
}

EncodedEntry Encode(const Draft& draft) {
  SeededRandom random(1);
  return EncodeEntry(draft, random).value();
}

ErrorCode CodeOf(const Draft& draft) {
  SeededRandom random(1);
  return EncodeEntry(draft, random).error().code();
}

TEST(Entry, ReadsWhatItWrites) {
  const Draft draft = SampleDraft();
  const EncodedEntry entry = Encode(draft);
  const DecodedEntry read = DecodeEntry(entry.bytes).value();
  EXPECT_EQ(read.event.time, draft.time);
  EXPECT_EQ(read.event.case_id, "case-1");
  EXPECT_EQ(read.event.actor, "p-7f3a");
  EXPECT_EQ(read.event.act, draft.act);
  EXPECT_EQ(read.event.event.type, "claim.added");
  EXPECT_EQ(read.event.event.open, draft.event.open);
  EXPECT_TRUE(read.event.event.sealed.empty());
  ASSERT_EQ(read.parts.size(), 2U);
  for (std::size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(read.parts[i].name, entry.addenda[i].name);
    EXPECT_EQ(read.parts[i].digest, entry.addenda[i].digest);
    EXPECT_EQ(OpenAddendum(entry.addenda[i].plaintext, entry.addenda[i].digest).value(),
              draft.event.sealed.at(entry.addenda[i].name));
  }
}

TEST(Entry, HoldsCanonicalJsonThenDigestsThenTheirIndex) {
  const EncodedEntry entry = Encode(SampleDraft());
  const std::string json =
      R"({"act":{"action":"claim add","signature":"none"},"actor":"p-7f3a",)"
      R"("addenda":["alias","details"],"case":"case-1","data":{"claim":"claim-1"},)"
      R"("time":"2026-11-22T09:30:00.125Z","type":"claim.added","v":1})";
  ASSERT_EQ(entry.bytes.size(), json.size() + 2 * 32 + 2 * 4 + 1);
  EXPECT_EQ(AsText(ByteView(entry.bytes).first(json.size())), json);
  const std::string tail = HexEncode(ByteView(entry.bytes).subspan(json.size()));
  const auto u32 = [](std::size_t value) {
    return HexEncode(Bytes{0, 0, static_cast<std::uint8_t>(value >> 8U),
                           static_cast<std::uint8_t>(value & 0xFFU)});
  };
  EXPECT_EQ(tail, entry.addenda[0].digest.Hex() + entry.addenda[1].digest.Hex() + u32(json.size()) +
                      u32(json.size() + 32) + "02");
}

TEST(Entry, LeavesOutAnEmptyCaseAndEndsInZeroWithoutAddenda) {
  Draft draft = SampleDraft();
  draft.case_id.clear();
  draft.act = Json();
  draft.event.sealed.clear();
  const EncodedEntry entry = Encode(draft);
  const std::string json =
      R"({"act":null,"actor":"p-7f3a","addenda":[],"data":{"claim":"claim-1"},)"
      R"("time":"2026-11-22T09:30:00.125Z","type":"claim.added","v":1})";
  EXPECT_EQ(AsText(entry.bytes), json + '\0');
  EXPECT_EQ(DecodeEntry(entry.bytes).value().event.case_id, "");
}

TEST(Entry, EqualSealedPartsHaveDifferentDigests) {
  Draft draft = SampleDraft();
  draft.event.sealed["details"] = draft.event.sealed["alias"];
  const EncodedEntry entry = Encode(draft);
  EXPECT_NE(entry.addenda[0].digest, entry.addenda[1].digest);
  EXPECT_EQ(entry.addenda[0].plaintext.size(), kAddendumNonceBytes + 10);
}

TEST(Entry, RefusesWhatIsTooLargeAndNamesTheEvent) {
  Draft draft = SampleDraft();
  draft.event.open = Json::Of({{"text", std::string(kEntryBytesMax, 'x')}});
  SeededRandom random(1);
  const auto refused = EncodeEntry(draft, random);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code(), ErrorCode::kResourceExhausted);
  EXPECT_NE(refused.error().message().find("event `claim.added`"), std::string::npos);
  // The largest that fits.
  draft.event.open = Json::Of({{"text", ""}});
  const std::size_t empty = Encode(draft).bytes.size();
  draft.event.open = Json::Of({{"text", std::string(kEntryBytesMax - empty, 'x')}});
  EXPECT_EQ(Encode(draft).bytes.size(), kEntryBytesMax);
  EXPECT_TRUE(DecodeEntry(Encode(draft).bytes));
  draft.event.open = Json::Of({{"text", std::string(kEntryBytesMax - empty + 1, 'x')}});
  EXPECT_EQ(CodeOf(draft), ErrorCode::kResourceExhausted);
}

TEST(Entry, TakesNoMoreAddendaThanTheirIndexCanCount) {
  Draft draft = SampleDraft();
  draft.event.sealed.clear();
  for (int i = 0; i < 255; ++i) draft.event.sealed["part-" + std::to_string(i)] = Json(i);
  EXPECT_EQ(DecodeEntry(Encode(draft).bytes).value().parts.size(), 255U);
  draft.event.sealed["one-more"] = Json(0);
  EXPECT_EQ(CodeOf(draft), ErrorCode::kResourceExhausted);
}

TEST(Entry, RefusesWhatCanonicalJsonCannotHold) {
  std::vector<Draft> drafts(10, SampleDraft());
  drafts[0].event.open = Json::Of({{"n", std::int64_t{1} << 54}});
  drafts[1].event.open = Json::Of({{"n", Json::Fraction{"0.5"}}});
  drafts[2].event.sealed["details"] = Json(Json::Fraction{"0.5"});
  drafts[3].event.open = Json::Of({{"s", "\xFF"}});
  drafts[4].event.open = Json::MakeArray();
  drafts[5].act = Json("signed");
  drafts[6].actor.clear();
  drafts[7].event.type.clear();
  drafts[8].time = Time(std::chrono::milliseconds(std::int64_t{1} << 50));
  for (int i = 0; i < 60; ++i) {
    drafts[9].event.open = Json::Of({{"deeper", drafts[9].event.open}});
  }
  for (std::size_t i = 0; i < drafts.size(); ++i) {
    SeededRandom random(1);
    const auto entry = EncodeEntry(drafts[i], random);
    ASSERT_FALSE(entry) << i;
    EXPECT_EQ(entry.error().code(), ErrorCode::kInvalidArgument) << i;
  }
}

TEST(Entry, RefusesEveryTruncationOfAnEntry) {
  const Bytes bytes = Encode(SampleDraft()).bytes;
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    const auto decoded = DecodeEntry(ByteView(bytes).first(size));
    ASSERT_FALSE(decoded) << size;
    EXPECT_EQ(decoded.error().code(), ErrorCode::kDataLoss) << size;
  }
}

TEST(Entry, RefusesAnIndexThatPointsElsewhere) {
  const Bytes good = Encode(SampleDraft()).bytes;
  for (const std::size_t from_end : {1U, 2U, 5U, 6U, 9U}) {
    Bytes bytes = good;
    bytes[bytes.size() - from_end] ^= 1U;
    EXPECT_FALSE(DecodeEntry(bytes)) << from_end;
  }
}

TEST(Entry, SaysThatALaterVersionIsNotRead) {
  const std::string json =
      R"({"act":null,"actor":"a","addenda":[],"data":{},"time":"2026-11-22T09:30:00.125Z",)"
      R"("type":"t","v":2})";
  Bytes bytes(json.begin(), json.end());
  bytes.push_back(0);
  EXPECT_EQ(DecodeEntry(bytes).error().code(), ErrorCode::kUnimplemented);
}

TEST(Bundle, GivesBackWholeEntriesInOrderAndNoneThatIsCut) {
  const std::vector<Bytes> entries = {{1, 2, 3}, {}, Bytes(kEntryBytesMax, 7)};
  Bytes bundle;
  for (const Bytes& entry : entries) AppendToBundle(bundle, entry);
  ByteView rest = bundle;
  for (const Bytes& entry : entries) {
    const auto taken = TakeFromBundle(rest);
    ASSERT_TRUE(taken);
    EXPECT_TRUE(std::ranges::equal(*taken, entry));
  }
  EXPECT_FALSE(TakeFromBundle(rest));
  for (const std::size_t size : {1U, 2U, 4U}) {
    ByteView cut = ByteView(bundle).first(size);
    EXPECT_FALSE(TakeFromBundle(cut)) << size;
    EXPECT_EQ(cut.size(), size);
  }
}

TEST(Addendum, RefusesBytesThatDoNotHaveTheDigest) {
  const EncodedEntry entry = Encode(SampleDraft());
  Bytes bytes = entry.addenda[0].plaintext;
  bytes[20] ^= 1U;
  EXPECT_EQ(OpenAddendum(bytes, entry.addenda[0].digest).error().code(), ErrorCode::kDataLoss);
  const Bytes tiny = {1, 2, 3};
  EXPECT_EQ(OpenAddendum(tiny, crypto::Sha256(tiny)).error().code(), ErrorCode::kDataLoss);
}

}  // namespace
}  // namespace proviso::ledger
