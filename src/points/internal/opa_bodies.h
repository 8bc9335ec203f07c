#pragma once

#include <string>
#include <string_view>

// What the clients of an OPA send, byte for byte as they do it, with invented names and keys.
namespace proviso::points::internal {

struct RgwQuestion {
  std::string_view method = "GET";
  std::string_view uri = "/bk-a/o1";
  std::string_view params = {};
  std::string_view user = "proj-a";
  std::string_view owner = "proj-a";  // "-": the request is about no bucket
  std::string_view object = "o1";     // "-": about no object
  std::string_view secret = "SK-INVENTED";
};

// Ceph's object gateway, 16.2.15.
inline std::string RgwBody(const RgwQuestion& q) {
  const std::string uri(q.uri);
  const std::string user(q.user);
  const bool anonymous = user == "anonymous";
  std::string body = R"({"input":{"method":")" + std::string(q.method) + R"(","relative_uri":")" +
                     uri + R"(","decoded_uri":")" + uri + R"(","params":")" +
                     std::string(q.params) + R"(","request_uri_aws4":")" + uri + "\",";
  if (q.object != "-") body += R"("object_name":")" + std::string(q.object) + "\",";
  body += R"("subuser":"","user_info":{"user_id":")" + user +
          R"(","display_name":"Project A","email":"","suspended":0,"max_buckets":1000,)"
          R"("subusers":[],"keys":[)";
  if (!anonymous) {
    body += R"({"user":")" + user + R"(","access_key":"AK-INVENTED","secret_key":")" +
            std::string(q.secret) + "\"}";
  }
  body += R"(],"swift_keys":[],"caps":[],"op_mask":"read, write, delete",)"
          R"("default_placement":"","default_storage_class":"","placement_tags":[],)"
          R"("bucket_quota":{"enabled":false,"check_on_raw":false,"max_size":-1,)"
          R"("max_size_kb":0,"max_objects":-1},"user_quota":{"enabled":false,)"
          R"("check_on_raw":false,"max_size":-1,"max_size_kb":0,"max_objects":-1},)"
          R"("temp_url_keys":[],"type":")" +
          std::string(anonymous ? "none" : "rgw") + R"(","mfa_ids":[]})";
  if (q.owner != "-") {
    body += R"(,"bucket_info":{"bucket":{"name":"bk-a","marker":"0b1e.4112.1",)"
            R"("bucket_id":"0b1e.4112.1","tenant":"","explicit_placement":{"data_pool":"",)"
            R"("data_extra_pool":"","index_pool":""}},)"
            R"("creation_time":"2026-11-21T23:34:05.224035Z","owner":")" +
            std::string(q.owner) +
            R"(","flags":0,"zonegroup":"301d","placement_rule":"default-placement",)"
            R"("has_instance_obj":"false","quota":{"enabled":false,"check_on_raw":false,)"
            R"("max_size":-1,"max_size_kb":0,"max_objects":-1},"num_shards":11,)"
            R"("bi_shard_hash_type":0,"requester_pays":"false","has_website":"false",)"
            R"("swift_versioning":"false","swift_ver_location":"","index_type":0,)"
            R"("mdsearch_config":[],"reshard_status":0,"new_bucket_instance_id":""})";
  }
  return body + "}}";
}

// MinIO. `claims` is an object, as text.
inline std::string MinioBody(std::string_view account, std::string_view action,
                             std::string_view claims = "{}") {
  return R"({"input":{"account":")" + std::string(account) + R"(","groups":null,"action":")" +
         std::string(action) +
         R"(","originalAction":"","bucket":"bk-a",)"
         R"("conditions":{"Authorization":["AWS4-HMAC-SHA256 Credential=AK-INVENTED/202612)"
         R"(01/us-east-1/s3/aws4_request"],"CurrentTime":["2026-12-01T08:31:41Z"],)"
         R"("SourceIp":["127.0.0.1"],"username":["proj-a"],"userid":["proj-a"],)"
         R"("principaltype":["User"],"versionid":[""]},"owner":false,"object":"o1",)"
         R"("claims":)" +
         std::string(claims) + R"(,"denyOnly":false}})";
}

// Trino. `rest` are the members of the action after its operation: `,"resource":{...}`.
inline std::string TrinoBody(std::string_view user, std::string_view operation,
                             std::string_view rest = "") {
  return R"({"input":{"context":{"identity":{"user":")" + std::string(user) +
         R"(","groups":["analysts"]},"queryId":"20261201_081710_03427_trino",)"
         R"("softwareStack":{"trinoVersion":"434"}},"action":{"operation":")" +
         std::string(operation) + "\"" + std::string(rest) + "}}}";
}

// The OPA authorizer of Kafka. Its README calls one member `data` that the program calls `name`.
inline std::string KafkaBody(std::string_view principal, std::string_view operation,
                             std::string_view header = "name",
                             std::string_view resource = "TOPIC") {
  return R"({"input":{"requestContext":{"clientAddress":"/127.0.0.1",)"
         R"("clientInformation":{"softwareName":"unknown","softwareVersion":"unknown"},)"
         R"("connectionId":"127.0.0.1:9092-127.0.0.1:58864-0","header":{")" +
         std::string(header) +
         R"(":{"clientId":"rdkafka","correlationId":5,"requestApiKey":3,)"
         R"("requestApiVersion":2},"headerVersion":1},"listenerName":"SASL_PLAINTEXT",)"
         R"("principal":{"principalType":"User","name":")" +
         std::string(principal) +
         R"("},"securityProtocol":"SASL_PLAINTEXT"},)"
         R"("action":{"resourcePattern":{"resourceType":")" +
         std::string(resource) +
         R"(","name":"topic-a",)"
         R"("patternType":"LITERAL","unknown":false},"operation":")" +
         std::string(operation) +
         R"(","resourceReferenceCount":1,"logIfAllowed":true,"logIfDenied":true}}})";
}

}  // namespace proviso::points::internal
