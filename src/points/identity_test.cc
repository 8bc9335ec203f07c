#include "points/identity.h"

#include <filesystem>
#include <fstream>

#include "io/files/temporary_folder.h"
#include "points/envoy.h"
#include "points/forward_auth.h"

namespace proviso::points {
namespace {

using http_server::Field;
using Fields = std::vector<Field>;

class IdentityTest : public testing::Test {
 protected:
  // The one listener of a file with `subscription`, or the faults.
  static Result<Listener> Read(const std::string& subscription, const std::string& more = "") {
    std::vector<Listener> listeners = PROVISO_TRY(ReadListeners(
        "listeners:\n  - address: 127.0.0.1:8181\n    protocol: envoy\n    subscription: " +
            subscription + "\n" + more,
        "serve.yaml"));
    return listeners.front();
  }
  static std::string Ask(const std::string& subscription, const Fields& headers) {
    const Listener listener = Read(subscription, "    overwritten_by: envoy\n").value();
    IdentityReader reader(listener);
    const Asked asked = reader.Read(
        {.method = "GET", .path = "/authz/envoy/blob-store/nl-1", .headers = headers}, Time());
    EXPECT_EQ(asked.service, "blob-store");
    return asked.subscription ? std::string(*asked.subscription) : "(nobody)";
  }
};

TEST_F(IdentityTest, IsPartOfACertificate) {
  const std::string channel =
      "{certificate: X-Forwarded-Client-Cert, form: xfcc, take: uri, prefix: 'spiffe://p/c/'}";
  EXPECT_EQ(Ask(channel, {{"x-forwarded-client-cert", "Hash=00;URI=spiffe://p/c/sub-1"}}), "sub-1");
  EXPECT_EQ(Ask(channel, {{"x-forwarded-client-cert", "URI=spiffe://q/c/sub-1"}}), "(nobody)");
  EXPECT_EQ(Ask(channel, {}), "(nobody)");
  EXPECT_EQ(Ask(channel, {{"x-forwarded-client-cert", "URI=spiffe://p/c/sub-1"},
                          {"X-Forwarded-Client-Cert", "URI=spiffe://p/c/sub-2"}}),
            "(nobody)");
  EXPECT_EQ(
      Ask("{certificate: X-Client-Dn, form: dn, take: cn}", {{"X-Client-Dn", "O=x,CN=sub-1"}}),
      "sub-1");
}

TEST_F(IdentityTest, IsAClaimThatTheGatewayHandsOn) {
  // {"tenant":"sub-1","realm":{"project":"sub-2"},"n":7}
  constexpr std::string_view kPayload =
      "eyJ0ZW5hbnQiOiJzdWItMSIsInJlYWxtIjp7InByb2plY3QiOiJzdWItMiJ9LCJuIjo3fQ";
  const auto ask = [&](const std::string& claim, std::string_view payload) {
    return Ask("{payload: X-Jwt-Payload, claim: " + claim + "}", {{"x-jwt-payload", payload}});
  };
  EXPECT_EQ(ask("tenant", kPayload), "sub-1");
  EXPECT_EQ(ask("/realm/project", kPayload), "sub-2");
  EXPECT_EQ(ask("n", kPayload), "(nobody)");
  EXPECT_EQ(ask("realm", kPayload), "(nobody)");
  EXPECT_EQ(ask("nothing", kPayload), "(nobody)");
  // {"tenant":"sub-1","tenant":"sub-2"}
  EXPECT_EQ(ask("tenant", "eyJ0ZW5hbnQiOiJzdWItMSIsInRlbmFudCI6InN1Yi0yIn0"), "(nobody)");
  for (const char* payload : {"", "sub-1", "e30=", "e30,e30", "bnVsbA"}) {
    EXPECT_EQ(ask("tenant", payload), "(nobody)") << payload;
  }
}

TEST_F(IdentityTest, NeedsAnOverwriterUnlessItIsCheckedHere) {
  for (const char* channel : {"{certificate: X-Client-Dn, form: dn, take: cn}",
                              "{payload: X-Jwt-Payload, claim: tenant}"}) {
    const auto listener = Read(channel, "    service: {constant: a}\n    region: {constant: b}\n");
    ASSERT_FALSE(listener);
    EXPECT_NE(listener.error().message().find("overwritten_by"), std::string::npos);
  }
}

TEST_F(IdentityTest, ReadsTheKeysOfTokensFromBesideItsFile) {
  const auto folder = io::TemporaryFolder::Make().value();
  std::ofstream(folder.path() / "keys.json")
      << R"({"keys":[{"kty":"OKP","crv":"Ed25519","kid":"a",)"
         R"("x":"A6EHv_POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg"}]})";
  const std::string text =
      "listeners:\n  - address: 127.0.0.1:8181\n    protocol: forward-auth\n"
      "    service: {constant: a}\n    region: {constant: b}\n    operation: {constant: read}\n"
      "    subscription: {token: Authorization, keys: keys.json, audience: proviso, claim: sub}\n";
  const auto listeners = ReadListeners(text, (folder.path() / "serve.yaml").string());
  ASSERT_TRUE(listeners) << listeners.error().message();
  EXPECT_EQ(listeners->front().identity.keys.size(), 1U);
  EXPECT_EQ(listeners->front().identity.audience, "proviso");
  std::filesystem::remove(folder.path() / "keys.json");
  const auto missing = ReadListeners(text, (folder.path() / "serve.yaml").string());
  ASSERT_FALSE(missing);
  EXPECT_NE(missing.error().message().find("keys.json"), std::string::npos);
}

TEST_F(IdentityTest, ReportsWhatItCannotUse) {
  const struct {
    const char* channel;
    const char* part;
  } cases[] = {{"{certificate: X, form: pem, take: cn}", "`pem`"},
               {"{certificate: X, form: dn, take: uri}", "`uri`"},
               {"{certificate: X, form: xfcc, take: serial}", "`serial`"},
               {"{certificate: X, form: xfcc}", "take"},
               {"{certificate: 'a b', form: dn, take: cn}", "`a b`"},
               {"{certificate: X, form: dn, take: cn, claim: sub}", "claim"},
               {"{payload: X}", "claim"},
               {"{payload: X, header: Y, claim: sub}", "header"},
               {"{token: X, claim: sub, keys: k.json}", "audience"},
               {"{token: X, claim: sub, audience: a}", "keys"}};
  for (const auto& [channel, part] : cases) {
    const auto listener = Read(channel, "    overwritten_by: envoy\n");
    ASSERT_FALSE(listener) << channel;
    EXPECT_NE(listener.error().message().find(part), std::string::npos)
        << listener.error().message();
  }
}

}  // namespace
}  // namespace proviso::points
