#include "points/token.h"

#include "base/json.h"
#include "crypto/ed25519.h"

namespace proviso::points {
namespace {

// Keys made for this test; the seed of `ed-1` is the numbers 0 to 31. The set holds one more, which
// is for nothing that is known here.
constexpr std::string_view kKeySet =
    "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\",\"kid\":\"ec-1\",\"x\":\"Rxw-"
    "dYxJBChbun5TEY7Q9SSt6wdX0lv"
    "S-Oew1236cUw\",\"y\":\"3VIPesqKi5F6zDf1HejwybvjrYWDgucC3CWhLQn3qFg\"},{\"kty\":\"RSA\","
    "\"kid\":"
    "\"rsa-1\",\"use\":\"sig\",\"alg\":\"RS256\",\"n\":\"0X7oOUvfMgB0E7yXDhkZar-UJ47sFiW4_DtUUcMN_"
    "iNVU"
    "4oSYm2t6krPoaLbO5KfyCGobBPrgHgw9qjS4mc5Lhv4b67nAX_a_ezB2y76uQDOB-96AKJ1s9EtZdDRNdn8a"
    "kwigD7a4UuW0nCMRweyvhFCy5yeiR9roTpjNKTNTcYcJDFPvnCoHky5S4eF6VvcZ1Khbdf3UaI_VuArGlNXR"
    "e9p62onJkzovc5kRvdSfw8gc0I4awzMsZdfo6_lLvWrrlsZbG_-dKKITVETkoHImcgn_06SgZpQsU0H1VCco"
    "62RgbWDwGioxFA-ZIqf7TrhxDG9czDCbDF7TqtGvm48RQ\",\"e\":\"AQAB\"},{\"kty\":\"OKP\",\"crv\":"
    "\"Ed255"
    "19\",\"kid\":\"ed-1\",\"x\":\"A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg\"},{\"kty\":\"EC\","
    "\"crv"
    "\":\"P-384\",\"kid\":\"other\",\"x\":\"AA\",\"y\":\"AA\"}]}";
// Signed by the other two, until 2026-12-01T01:00:00Z.
constexpr std::string_view kEs256 =
    "eyJhbGciOiJFUzI1NiIsImtpZCI6ImVjLTEifQ.eyJpc3MiOiJodHRwczovL2xvZ2luLnByb3ZpZGVyLmV4Y"
    "W1wbGUiLCJhdWQiOiJwcm92aXNvIiwic3ViIjoidXNlci0xIiwidGVuYW50Ijoic3ViLTEiLCJleHAiOjE3O"
    "TYwODY4MDB9.ChGqAp67ztlP3lcouFAH7yubNcWH_V7UUWDwK3xBNFo_jUJLOAduBM-TjAxOMOU0VPLn7mAf"
    "4uRkrzALfpXezQ";
constexpr std::string_view kRs256 =
    "eyJhbGciOiJSUzI1NiIsImtpZCI6InJzYS0xIn0.eyJpc3MiOiJodHRwczovL2xvZ2luLnByb3ZpZGVyLmV4"
    "YW1wbGUiLCJhdWQiOiJwcm92aXNvIiwic3ViIjoidXNlci0xIiwidGVuYW50Ijoic3ViLTEiLCJleHAiOjE3"
    "OTYwODY4MDB9.DfxGU86tHlrd3X3nHHZlnzYrVZ4eYOnNg7CCNXH-AIK2BJEdaEUiCRdhzjGDpxpx81anTF_"
    "958DoDjjhRdERpSaIFZ9aNAUJCoK2lYjUXQQlv-_fsH90P9Q4FKiq12iIm6IWd3vzFyj5qs-g3Rac47Oft_5"
    "6rqi9vIwsUGRyDLof5yBCxGTlIHLeDbaNzlcGRcABO0GClJ57UMB5hNbs3TuSn6Rh_rpeJK96K5L65OOu9pw"
    "3ACUW_Vq52w2ZBhly0lm7hed5S1ltuyX5vP5q9BhIAjYhrX3pQFyRMW02ch2aqVkcpT6bQFkksTLCBxiMKEw"
    "UYkxD_9uriUWtMv0ZGQ";
// Signed with public keys as if they were secrets: the PEM of `rsa-1`, the bytes of `ed-1`.
constexpr std::string_view kPemAsSecret =
    "eyJhbGciOiJIUzI1NiIsImtpZCI6InJzYS0xIn0.eyJpc3MiOiJodHRwczovL2xvZ2luLnByb3ZpZGVyLmV4"
    "YW1wbGUiLCJhdWQiOiJwcm92aXNvIiwic3ViIjoidXNlci0xIiwidGVuYW50Ijoic3ViLTEiLCJleHAiOjE3"
    "OTYwODY4MDB9.j3KuMzcs5t3BtRROs2yzPr2LLxncwccYl7eMShJ9DJc";
constexpr std::string_view kKeyAsSecret =
    "eyJhbGciOiJIUzI1NiIsImtpZCI6ImVkLTEifQ.eyJpc3MiOiJodHRwczovL2xvZ2luLnByb3ZpZGVyLmV4Y"
    "W1wbGUiLCJhdWQiOiJwcm92aXNvIiwic3ViIjoidXNlci0xIiwidGVuYW50Ijoic3ViLTEiLCJleHAiOjE3O"
    "TYwODY4MDB9.xR3sCnnF8raZm488R-gQ46j47O0JJHisLsEpH-joANk";

const Time kNow = ParseTime("2026-12-01T00:00:00Z").value();
constexpr std::int64_t kNowSeconds = 1796083200;

std::string Base64Url(std::string_view text) {
  std::string encoded = Base64Encode(AsBytes(text));
  while (encoded.ends_with('=')) encoded.pop_back();
  for (char& letter : encoded) {
    if (letter == '+') letter = '-';
    if (letter == '/') letter = '_';
  }
  return encoded;
}

// A token of `ed-1`, whatever its parts hold.
std::string Sign(std::string_view header, std::string_view claims) {
  std::array<std::uint8_t, 32> seed{};
  for (std::size_t i = 0; i < seed.size(); ++i) seed.at(i) = static_cast<std::uint8_t>(i);
  const std::string text = Base64Url(header) + "." + Base64Url(claims);
  const auto signature = crypto::PrivateKey::FromSeed(seed).Sign(AsBytes(text));
  return text + "." + Base64Url(AsText(signature.bytes));
}

constexpr std::string_view kHeader = R"({"alg":"EdDSA","kid":"ed-1"})";

std::string Claims(const std::string& more, std::int64_t expires = kNowSeconds + 60) {
  return R"({"tenant":"sub-1","aud":"proviso","exp":)" + std::to_string(expires) + more + "}";
}

class TokenTest : public testing::Test {
 protected:
  std::string Ask(std::string_view token) {
    const auto claims = reader_.Check(token, kNow);
    return claims ? std::string(TextOf(*claims, "tenant")) : "";
  }

  IdentityOptions options_{.keys = ReadTokenKeys(kKeySet).value(), .audience = "proviso"};
  TokenReader reader_{options_};
};

TEST_F(TokenTest, BelievesWhatOneOfItsKeysSigned) {
  EXPECT_EQ(options_.keys.size(), 3U);
  EXPECT_EQ(Ask(kEs256), "sub-1");
  EXPECT_EQ(Ask(kRs256), "sub-1");
  EXPECT_EQ(Ask(Sign(kHeader, Claims(""))), "sub-1");
  EXPECT_EQ(Ask(Sign(R"({"alg":"EdDSA"})", Claims(""))), "sub-1");
}

TEST_F(TokenTest, ChoosesTheAlgorithmByTheKeyAndNeverByTheToken) {
  EXPECT_EQ(Ask(kPemAsSecret), "");
  EXPECT_EQ(Ask(kKeyAsSecret), "");
  for (const char* header :
       {R"({"alg":"none"})", R"({"alg":"None","kid":"ed-1"})", R"({"kid":"ed-1"})", "{}",
        R"({"alg":"HS256","kid":"ed-1"})", R"({"alg":"ES256","kid":"ed-1"})",
        R"({"alg":"eddsa","kid":"ed-1"})", R"({"alg":"EdDSA","kid":"ec-1"})",
        R"({"alg":"EdDSA","alg":"none"})", R"({"alg":["EdDSA"]})", R"({"alg":"EdDSA","kid":1})",
        R"({"alg":"EdDSA","kid":"no-such"})", R"({"alg":"EdDSA","crit":["exp"],"exp":1})",
        R"(["EdDSA"])"}) {
    EXPECT_EQ(Ask(Sign(header, Claims(""))), "") << header;
    const std::string unsigned_token = Base64Url(header) + "." + Base64Url(Claims("")) + ".";
    EXPECT_EQ(Ask(unsigned_token), "") << header;
  }
}

TEST_F(TokenTest, RefusesWhatWasChangedAfterwards) {
  const std::string token(kEs256);
  const std::size_t first = token.find('.');
  const std::size_t second = token.find('.', first + 1);
  const std::string other = token.substr(0, first + 1) +
                            Base64Url(R"({"tenant":"sub-2","aud":"proviso","exp":1796086800})") +
                            token.substr(second);
  EXPECT_EQ(Ask(other), "");
  EXPECT_EQ(Ask(token + "A"), "");
  EXPECT_EQ(Ask(token + "="), "");
  EXPECT_EQ(Ask(token.substr(0, token.size() - 1)), "");
  EXPECT_EQ(Ask(token + ".A"), "");
  EXPECT_EQ(Ask(token.substr(0, second)), "");
  EXPECT_EQ(Ask(""), "");
  EXPECT_EQ(Ask(".."), "");
  EXPECT_EQ(Ask(token + "," + token), "");
  EXPECT_EQ(Ask(std::string(TokenReader::kTokenBytesMax + 1, 'A')), "");
}

TEST_F(TokenTest, HoldsFromItsTimeUntilItsTime) {
  const struct {
    std::int64_t expires;
    std::string more;
    bool holds;
  } cases[] = {{kNowSeconds - 29, "", true},
               {kNowSeconds - 30, "", false},
               {kNowSeconds + 60, R"(,"nbf":)" + std::to_string(kNowSeconds + 30), true},
               {kNowSeconds + 60, R"(,"nbf":)" + std::to_string(kNowSeconds + 31), false},
               {kNowSeconds + 60, R"(,"nbf":"now")", false},
               {kNowSeconds + 60, R"(,"nbf":0,"nbf":0)", false},
               {kNowSeconds + 60, R"(,"exp":)" + std::to_string(kNowSeconds + 61), false},
               {kNowSeconds + 60, R"(,"nbf":1.5e9)", true}};
  for (const auto& [expires, more, holds] : cases) {
    EXPECT_EQ(Ask(Sign(kHeader, Claims(more, expires))), holds ? "sub-1" : "") << expires << more;
  }
  EXPECT_EQ(Ask(Sign(kHeader, R"({"tenant":"sub-1","aud":"proviso"})")), "");
  EXPECT_EQ(Ask(Sign(kHeader, R"({"tenant":"sub-1","aud":"proviso","exp":"9999999999"})")), "");
}

TEST_F(TokenTest, IsForUsAndFromWhomWeKnow) {
  const auto ask = [this](const std::string& claims) {
    return Ask(Sign(kHeader, R"({"tenant":"sub-1","exp":1796083260)" + claims + "}"));
  };
  EXPECT_EQ(ask(R"(,"aud":["other","proviso"])"), "sub-1");
  for (const char* claims : {"", R"(,"aud":"other")", R"(,"aud":[])", R"(,"aud":[["proviso"]])",
                             R"(,"aud":"proviso2")", R"(,"aud":"proviso","aud":"other")"}) {
    EXPECT_EQ(ask(claims), "") << claims;
  }
  options_.issuer = "https://login.provider.example";
  EXPECT_EQ(ask(R"(,"aud":"proviso")"), "");
  EXPECT_EQ(ask(R"(,"aud":"proviso","iss":"https://login.other.example")"), "");
  EXPECT_EQ(ask(R"(,"aud":"proviso","iss":"https://login.provider.example")"), "sub-1");
}

TEST(TokenKeys, AreRefusedWhenTheyCannotBeTrusted) {
  const std::string good =
      R"({"kty":"OKP","crv":"Ed25519","kid":"a","x":")" + Base64Url(std::string(32, 'k')) + "\"}";
  EXPECT_TRUE(ReadTokenKeys(R"({"keys":[)" + good + "]}"));
  const std::string cases[] = {"",
                               "{}",
                               R"({"keys":{}})",
                               R"({"keys":[]})",
                               R"({"keys":[{"kty":"EC","crv":"P-384"}]})",
                               R"({"keys":[)" + good + "," + good + "]}",
                               R"({"keys":[{"kty":"oct","k":"c2VjcmV0"}]})",
                               R"({"keys":[{"kty":"OKP","crv":"Ed25519","x":"AA","d":"AA"}]})",
                               R"({"keys":[{"kty":"OKP","crv":"Ed25519","x":"AA"}]})",
                               R"({"keys":[{"kty":"EC","crv":"P-256","x":"AA","y":"AA"}]})",
                               R"({"keys":[{"kty":"RSA","n":"AQAB","e":"AQAB"}]})"};
  for (const std::string& text : cases) {
    const auto keys = ReadTokenKeys(text);
    EXPECT_FALSE(keys) << text;
  }
}

}  // namespace
}  // namespace proviso::points
